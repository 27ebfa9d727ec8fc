#!/bin/sh
# Installs what building and testing need and is not there: Debian 12 packages, then the devnet's npm packages.
# Tests for the command or the .pc file first, so that a machine that has them from elsewhere is left alone.
set -eu
cd "$(dirname "$0")/../.."

missing=""
command_from() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
library_from() { pkg-config --exists "$1" 2>/dev/null || missing="$missing $2"; }

command_from gcc gcc
command_from make make
command_from awk mawk
command_from objdump binutils
command_from pkg-config pkg-config
command_from tmux tmux
command_from pkill procps
command_from unshare util-linux
command_from sqlite3 sqlite3
command_from jq jq
command_from bc bc
command_from ip iproute2
command_from openssl openssl
# A report's page is opened and printed as its readers do.
command_from chromium chromium
command_from pdftotext poppler-utils
library_from libsecp256k1 libsecp256k1-dev
library_from nettle nettle-dev
library_from libsodium libsodium-dev
library_from libcurl libcurl4-openssl-dev
library_from ncursesw libncurses-dev
library_from sqlite3 libsqlite3-dev
library_from libseccomp libseccomp-dev
library_from libutf8proc libutf8proc-dev
library_from cmocka libcmocka-dev
library_from jansson libjansson-dev
[ -e /usr/include/stdio.h ] || missing="$missing libc6-dev"
[ -e /usr/include/linux/seccomp.h ] || missing="$missing linux-libc-dev"
# apt's npm conflicts with a vendor's nodejs: each only when its command is missing.
command_from node nodejs
command_from npm npm

if [ -n "$missing" ]; then
	sudo=""
	[ "$(id -u)" = 0 ] || sudo="sudo"
	echo "deps: installing$missing"
	export DEBIAN_FRONTEND=noninteractive
	$sudo apt-get update -q
	# shellcheck disable=SC2086  # a list of names
	$sudo apt-get install -y -q --no-install-recommends $missing
fi

installed=contracts/node_modules/.package-lock.json
if [ -e contracts/package-lock.json ] && ! [ "$installed" -nt contracts/package-lock.json ]; then
	echo "deps: npm ci in contracts/"
	(cd contracts && npm ci --no-audit --no-fund)
	touch "$installed"
fi
