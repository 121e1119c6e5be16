#include "http/curl/api.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <string>

namespace matview::http {

namespace {

// The name has been the same since 2006. Debian builds the same library with GnuTLS under the second one.
constexpr const char* k_names[] = {"libcurl.so.4", "libcurl-gnutls.so.4"};

// CURLOPT_PREREQFUNCTION (7.80), without which nobody knows whether a request left, and CURLOPT_QUICK_EXIT.
constexpr unsigned k_oldest = 0x075700;

Error cannot_load(std::string message) {
  return Error(ErrorCode::unavailable, std::move(message)).with_hint("install libcurl (Debian: libcurl4)");
}

Result<CurlApi> resolve(void* library) {
  CurlApi api;
#define MATVIEW_CURL_RESOLVE(name)                                                \
  api.name = reinterpret_cast<decltype(api.name)>(dlsym(library, "curl_" #name)); \
  if (!api.name) return fail(cannot_load("libcurl has no function curl_" #name));
  MATVIEW_CURL_FUNCTIONS(MATVIEW_CURL_RESOLVE)
#undef MATVIEW_CURL_RESOLVE
  return api;
}

Result<CurlApi> load() {
  std::string tried;
  for (const auto* name : k_names) {
    void* library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
      const char* reason = dlerror();
      tried.append(reason ? reason : name).append("\n");
      continue;
    }
    MATVIEW_ASSIGN(auto api, resolve(library));
    const auto* version = api.version_info(CURLVERSION_NOW);
    if (version->version_num < k_oldest)
      return fail(cannot_load(fmt::format("libcurl {} is too old: 7.87 is the oldest that serves", version->version)));
    if (const auto code = api.global_init(CURL_GLOBAL_DEFAULT); code != CURLE_OK)
      return fail(cannot_load(fmt::format("libcurl cannot start: {}", api.easy_strerror(code))));
    return api;
  }
  return fail(cannot_load("cannot load libcurl, which remote profiles need").with_detail(std::move(tried)));
}

}  // namespace

Result<const CurlApi*> curl_api() {
  static const Result<CurlApi> api = load();
  if (!api) return fail(api.error());
  return &*api;
}

}  // namespace matview::http
