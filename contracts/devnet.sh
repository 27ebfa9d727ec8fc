#!/bin/sh
# A local Ethereum node (anvil) whose address, log and state live in a folder. `devnet.sh help` says how.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
command -v node >/dev/null || { echo "devnet: node (18 or newer) is not installed" >&2; exit 4; }
exec node "$here/devnet.mjs" "$@"
