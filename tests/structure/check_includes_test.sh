#!/usr/bin/env bash
# Shows that check_includes finds what it is there to find, and nothing else.
set -euo pipefail
check=$(dirname "$0")/check_includes
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree"/include/matview "$tree"/src/{core,support,engine/duckdb,engine/store,output,app,cli,strange}

cat >"$tree/include/matview/view.hpp" <<'C'
#include <tl/expected.hpp>
#include <vector>
C
printf '#include <nlohmann/json.hpp>\n' >"$tree/include/matview/json.hpp"
printf '#include "matview/view.hpp"\n#include "support/file.hpp"\n' >"$tree/src/core/view.cpp"
printf '#include <sys/stat.h>\n#include <unistd.h>\n#include <xxhash.h>\n' >"$tree/src/support/file.cpp"
printf '#include <xxhash.h>\n' >"$tree/src/support/file.hpp"
printf '#include <duckdb.h>\n' >"$tree/src/engine/duckdb/api.hpp"
printf '#include <duckdb.h>\n' >"$tree/src/engine/store/store.cpp"
printf '#include <CLI/CLI.hpp>\n' >"$tree/src/cli/command.hpp"
printf '#include <CLI/CLI.hpp>\n#include "engine/store/store.hpp"\n' >"$tree/src/app/use_case.cpp"
printf '#include "app/use_case.hpp"\n#include "view.hpp"\n' >"$tree/src/output/table.cpp"
printf '\n' >"$tree/src/strange/thing.cpp"

expected="include/matview/json.hpp:1: <nlohmann/json.hpp>: a third-party header may not stand in a header of ours
src/app/use_case.cpp:1: <CLI/CLI.hpp> belongs to src/cli/ alone
src/core/view.cpp:2: \"support/file.hpp\": core may not include support
src/engine/store/store.cpp:1: <duckdb.h> belongs to src/engine/duckdb/ alone
src/output/table.cpp:1: \"app/use_case.hpp\": output may not include app
src/output/table.cpp:2: \"view.hpp\" does not begin with a layer: write it as seen from src or include
src/strange/thing.cpp:1: folder 'strange' has no rank: give it one in tests/structure/check_includes
src/support/file.hpp:1: <xxhash.h>: a third-party header may not stand in a header of ours"

status=0
found=$("$check" "$tree") || status=$?
[ "$found" = "$expected" ] || {
  diff <(echo "$expected") <(echo "$found")
  exit 1
}
[ "$status" = 1 ] || {
  echo "exit code $status, not 1"
  exit 1
}
