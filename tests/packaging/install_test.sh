#!/usr/bin/env bash
# install_test.sh BUILD: what is installed and packaged from a build folder runs wherever it is put, with nothing of the
# build folder: it loads the libduckdb that came with it and no other.
set -euo pipefail
build=$1
source=$(sed -n 's/^CMAKE_HOME_DIRECTORY:[^=]*=//p' "$build/CMakeCache.txt")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "install_test: $*" >&2
  exit 1
}

# run TREE ARGUMENT...: the tree's matview, as a user with next to no environment has it.
run() {
  local tree=$1
  shift
  env -i PATH=/usr/bin:/bin HOME="$work/home" LC_ALL=C.UTF-8 LD_DEBUG=files LD_DEBUG_OUTPUT="$work/loaded" \
    "$tree/bin/matview" "$@" </dev/null
}

# try TREE: a first session there, from create to query.
try() {
  local tree=$1 path version answer
  echo "install_test: trying ${tree#"$work"/}"
  for path in bin/matview lib/matview/libduckdb.so share/doc/matview/{LICENSE,README.md} \
    share/doc/matview/third-party/{duckdb,libfmt-dev} share/man/man1/{matview,matview-create,matview-profile}.1 \
    share/man/man5/matview-store.5 share/man/man7/matview-local.7 share/matview/schemas/{definitions,views}.json \
    share/bash-completion/completions/matview share/zsh/site-functions/_matview \
    share/fish/vendor_completions.d/matview.fish; do
    [ -s "$tree/$path" ] || fail "$path is missing"
  done

  rm -rf "$work/home" "$work/session" "$work"/loaded.*
  mkdir "$work/home" "$work/session"
  cd "$work/session"
  printf 'city,amount\nBonn,1\nBonn,2\nUlm,39\n' >sales.csv

  version=$(run "$tree" version)
  [[ $version == *"$(sed -n 's/^CMAKE_PROJECT_VERSION:[^=]*=//p' "$build/CMakeCache.txt")"* ]] || fail "version says: $version"
  run "$tree" create by_city --query "SELECT city, sum(amount) AS total FROM 'sales.csv' GROUP BY city" --quiet
  run "$tree" refresh by_city --quiet
  answer=$(run "$tree" query 'SELECT city, total FROM by_city ORDER BY city' -o csv)
  [ "$answer" = $'city,total\nBonn,3\nUlm,39' ] || fail "query answers: $answer"

  # glibc's own record of what was loaded from where.
  sed -n 's/.*calling init: //p' "$work"/loaded.* | LC_ALL=C sort -u >"$work/libraries"
  grep -qxF "$(realpath "$tree")/lib/matview/libduckdb.so" <(xargs -d '\n' realpath <"$work/libraries") || fail "libduckdb of the tree was not loaded"
  if grep -E 'duckdb|libfmt' "$work/libraries" | xargs -d '\n' realpath | grep -vF "$(realpath "$tree")/lib/matview/"; then
    fail "a library of another place was loaded"
  fi
  if grep -qF -e "$build/" -e "$source/src/" -e "$source/.deps/" "$tree/bin/matview"; then fail "the binary names the folder it was built in"; fi
  cd "$work"
}

cmake --install "$build" --prefix "$work/first" --strip >/dev/null
mkdir "$work/moved here"
mv "$work/first" "$work/moved here/tree"
try "$work/moved here/tree"

(cd "$work" && cpack --config "$build/CPackConfig.cmake" -B "$work/packages" >cpack.log 2>&1) || {
  cat "$work/cpack.log" >&2
  fail "cpack failed"
}
mkdir "$work/tgz" "$work/deb"
tar -xzf "$work"/packages/*.tgz -C "$work/tgz" --strip-components=1
try "$work/tgz"
dpkg-deb -x "$work"/packages/*.deb "$work/deb"
try "$work/deb/usr"

# What the package says it needs, beside the C and C++ runtime that every Debian has and libcurl, of whatever name, it
# must not need.
depends=$(dpkg-deb -f "$work"/packages/*.deb Depends)
while read -r package _; do
  case $package in
    libc6 | libgcc-s1 | libstdc++6 | libcurl4 | libcurl4t64 | libcurl3-gnutls) ;;
    *) fail "the package depends on $package (of: $depends)" ;;
  esac
done < <(tr ',|' '\n\n' <<<"$depends")
[ -n "$depends" ] || fail "the package names no dependencies"
echo "install_test: passed (Depends: $depends)"
