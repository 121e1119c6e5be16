# What the benchmarks share. Each compares matview with something well known in one run on one machine and prints the
# ratio; absolute times are for orientation only. Sourced, not run.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$root/build/release
# Made once and kept for the next run: gigabytes, so somebody may want it on another disk.
data=${MATVIEW_BENCH_DATA:-$root/build/bench}

die() {
  printf 'bench: %s\n' "$*" >&2
  exit 1
}

# prepare TARGET...: builds matview and the named helpers, and makes an empty store and folder for this run.
prepare() {
  (cd "$root" && cmake --preset release >/dev/null && cmake --build --preset release --target matview "$@" >/dev/null)
  mkdir -p "$data"
  work=$(mktemp -d "$data/run.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  unset "${!MATVIEW_@}"
  export HOME=$work PATH=$build/bin:$PATH
  export XDG_CONFIG_HOME=$work/config XDG_DATA_HOME=$work/share XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache
  cd "$work"
}

# duckdb SQL: plain DuckDB, with the same libduckdb.
duckdb() { "$build/tests/duckdb_shell" :memory: <<<"$1"; }

# milliseconds COMMAND...: wall time of one run, in $elapsed (with microseconds); its output goes to $work/output.
milliseconds() {
  local from=${EPOCHREALTIME/[.,]/} to
  "$@" >"$work/output" 2>&1 </dev/null || die "failed: $* ($(tail -n 3 "$work/output"))"
  to=${EPOCHREALTIME/[.,]/}
  elapsed=$(awk -v t=$((to - from)) 'BEGIN {printf "%.3f", t / 1000}')
}

# Called before each round, not timed.
before_round() { :; }

# compare ROUNDS LABEL A B: runs the functions A and B in turn, so that both meet the same machine, and prints the
# quickest run of each, the median, and how they compare.
compare() {
  local rounds=$1 label=$2 a=$3 b=$4 round
  : >"$work/a" >"$work/b"
  for ((round = 0; round < rounds; round++)); do
    before_round
    milliseconds "$b" && echo "$elapsed" >>"$work/b"
    milliseconds "$a" && echo "$elapsed" >>"$work/a"
  done
  paste <(sort -n "$work/a") <(sort -n "$work/b") | awk -v label="$label" -v a="$a" -v b="$b" '
    {x[NR] = $1; y[NR] = $2}
    END {
      m = int((NR + 1) / 2)
      printf "%s (%d rounds)\n", label, NR
      printf "  %-24s min %10.2f ms   median %10.2f ms\n", a, x[1], x[m]
      printf "  %-24s min %10.2f ms   median %10.2f ms\n", b, y[1], y[m]
      printf "  ratio %s / %s: %.2f (min), %.2f (median)\n", a, b, x[1] / y[1], x[m] / y[m]
    }'
}
