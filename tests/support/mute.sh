#!/bin/sh
# A setgov-net that reads and never answers.
cat >/dev/null
