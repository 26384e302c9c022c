#!/bin/sh
# Pins all dependencies anew from pyproject.toml, with hashes; needs uv. `sh requirements/compile.sh --upgrade` takes newer versions.
#
# base.txt: what every command needs. test.txt: base, test tools and every extra, so that nothing goes untested.
# <extra>.txt: what the extra adds to the base, in the versions of test.txt.
set -eu
cd "$(dirname "$0")/.."

compile() { uv pip compile pyproject.toml -q --universal --generate-hashes --no-annotate --no-header --python-version 3.11 "$@"; }

# Entries (a line and its hashes, which are indented) of the second file that the first one lacks.
added() { awk 'FNR == NR { known[$1]; next } /^[^ ]/ { mine = !($1 in known) } mine' "$1" "$2"; }

extras='dask s3'
compile "$@" -o requirements/base.txt
with=''
for extra in $extras; do with="$with --extra $extra"; done
# shellcheck disable=SC2086
compile "$@" --extra test $with -c requirements/base.txt -o requirements/test.txt
for extra in $extras; do
    whole=$(mktemp)
    compile --extra "$extra" -c requirements/test.txt -o "$whole" >/dev/null
    added requirements/base.txt "$whole" >"requirements/$extra.txt"
    rm -f "$whole"
done
