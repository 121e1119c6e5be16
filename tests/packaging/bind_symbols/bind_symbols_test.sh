#!/usr/bin/env bash
# A bound library finds its own functions whoever else has one of the name; what is no such library is copied.
# Our own copy of libduckdb is bound.
#   bind_symbols_test.sh BIND_SYMBOLS SAMPLE CHECK [LIBDUCKDB]
set -euo pipefail
bind=$1 sample=$2 check=$3 libduckdb=${4:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

expect() {
  [ "$2" = "$3" ] && return
  printf '%s: got "%s", expected "%s"\n' "$1" "$2" "$3" >&2
  exit 1
}

expect "as it was linked" "$("$check" "$sample")" "program program program"
"$bind" "$sample" "$work/bound.so"
if [ "$(uname -m)" = x86_64 ]; then
  expect "bound" "$("$check" "$work/bound.so")" "library library library"
  # Looked up at once instead of one by one, functions are found as before.
  expect "bound, without laziness" "$(LD_BIND_NOW=1 "$check" "$work/bound.so")" "program library library"
fi
"$bind" "$work/bound.so" "$work/twice.so"
cmp "$work/bound.so" "$work/twice.so"

if [ -n "$libduckdb" ]; then
  "$bind" "$libduckdb" "$work/libduckdb.so"
  cmp "$libduckdb" "$work/libduckdb.so"
fi

printf 'no library' >"$work/text"
"$bind" "$work/text" "$work/copy"
cmp "$work/text" "$work/copy"

for bytes in 100 600 5000; do
  head -c "$bytes" "$sample" >"$work/short.so"
  if "$bind" "$work/short.so" "$work/no.so" 2>"$work/error"; then
    printf 'a library of %s bytes was taken for whole\n' "$bytes" >&2
    exit 1
  fi
  [ ! -e "$work/no.so" ] && grep -q "short.so" "$work/error"
done
if "$bind" "$work/missing" "$work/no.so" 2>"$work/error"; then exit 1; fi
grep -q "cannot be read" "$work/error"
expect "the number of files left" "$(find "$work" -name '*.new' | wc -l)" 0
