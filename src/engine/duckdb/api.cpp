#include "engine/duckdb/api.hpp"

#include <dlfcn.h>

#include <filesystem>
#include <string>
#include <vector>

namespace matview::engine {

namespace {

/// Where an installed program has its library, then where this one was built with, then the system's.
std::vector<std::string> candidates() {
  std::vector<std::string> paths;
  std::error_code ignored;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored);
  if (!program.empty()) {
    const auto prefix = program.parent_path().parent_path();
    paths.push_back((prefix / "lib" / "matview" / "libduckdb.so").string());
    paths.push_back((prefix / "lib" / "libduckdb.so").string());
  }
  paths.emplace_back(MATVIEW_DUCKDB_LIBRARY);
  paths.emplace_back("libduckdb.so");
  return paths;
}

Result<DuckDbApi> resolve(void* library) {
  DuckDbApi api;
#define MATVIEW_DUCKDB_RESOLVE(name)                                                \
  api.name = reinterpret_cast<decltype(api.name)>(dlsym(library, "duckdb_" #name)); \
  if (!api.name) return fail(ErrorCode::failed, "libduckdb has no function duckdb_" #name);
  MATVIEW_DUCKDB_FUNCTIONS(MATVIEW_DUCKDB_RESOLVE)
#undef MATVIEW_DUCKDB_RESOLVE
  return api;
}

Result<DuckDbApi> load() {
  std::string tried;
  for (const auto& path : candidates()) {
    const bool named = path.find('/') != std::string::npos;
    std::error_code ignored;
    if (named && !std::filesystem::exists(path, ignored)) {
      tried += path + ": no such file\n";
      continue;
    }
    if (void* library = dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL)) return resolve(library);
    const char* reason = dlerror();
    tried += reason ? std::string(reason) + "\n" : path + "\n";
  }
  return fail(Error(ErrorCode::failed, "cannot load libduckdb, which the local engine needs")
                  .with_detail(std::move(tried))
                  .with_hint("run scripts/install-deps, or install libduckdb.so where the linker finds it"));
}

}  // namespace

Result<const DuckDbApi*> duckdb_api() {
  static const Result<DuckDbApi> api = load();
  if (!api) return fail(api.error());
  return &*api;
}

}  // namespace matview::engine
