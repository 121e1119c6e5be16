#include "providers/postgres/libpq/api.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

namespace matview::providers::postgres {

namespace {

constexpr const char* k_name = "libpq.so.5";  // since 2006

Error cannot_load(std::string message) {
  return Error(ErrorCode::unavailable, std::move(message)).with_hint("install libpq (Debian: libpq5)");
}

Result<PqApi> load() {
  void* library = dlopen(k_name, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    const char* reason = dlerror();
    return fail(cannot_load("cannot load libpq, which profiles of provider 'postgres' need")
                    .with_detail(reason ? reason : k_name));
  }
  PqApi api;
#define MATVIEW_PQ_RESOLVE(name)                                          \
  api.name = reinterpret_cast<decltype(api.name)>(dlsym(library, #name)); \
  if (!api.name) return fail(cannot_load("libpq is too old: it has no function " #name));
  MATVIEW_PQ_FUNCTIONS(MATVIEW_PQ_RESOLVE)
#undef MATVIEW_PQ_RESOLVE
  return api;
}

}  // namespace

Result<const PqApi*> pq_api() {
  static const Result<PqApi> api = load();
  if (!api) return fail(api.error());
  return &*api;
}

}  // namespace matview::providers::postgres
