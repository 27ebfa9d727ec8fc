#!/bin/sh
# embed.sh FILE…: prints each file as a C initializer {"path", (const uint8_t[]){bytes}, length}, for an array of them.
set -eu
for file in "$@"; do
	printf '{ "%s", (const uint8_t[]){' "$file"
	od -An -v -tu1 "$file" | sed 's/  */,/g; s/^,//; s/$/,/'
	printf '0 }, %s },\n' "$(wc -c <"$file" | tr -d ' ')"
done
