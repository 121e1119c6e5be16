#pragma once

#include <curl/curl.h>

#include <memory>

#include "matview/result.hpp"

namespace matview::http {

/// The functions of libcurl that this folder calls.
#define MATVIEW_CURL_FUNCTIONS(X) \
  X(global_init)                  \
  X(version_info)                 \
  X(free)                         \
  X(slist_append)                 \
  X(slist_free_all)               \
  X(url)                          \
  X(url_cleanup)                  \
  X(url_set)                      \
  X(url_get)                      \
  X(easy_init)                    \
  X(easy_cleanup)                 \
  X(easy_reset)                   \
  X(easy_setopt)                  \
  X(easy_getinfo)                 \
  X(easy_strerror)                \
  X(multi_init)                   \
  X(multi_cleanup)                \
  X(multi_add_handle)             \
  X(multi_remove_handle)          \
  X(multi_perform)                \
  X(multi_poll)                   \
  X(multi_wakeup)                 \
  X(multi_info_read)              \
  X(multi_setopt)

/// Pointers into libcurl, typed by its own prototypes: `api.easy_init()` is `curl_easy_init()`. It is loaded when the
/// first request is sent and not linked: with all it needs it would triple the time in which `matview --version` ends.
struct CurlApi {
#define MATVIEW_CURL_MEMBER(name) decltype(&::curl_##name) name = nullptr;
  MATVIEW_CURL_FUNCTIONS(MATVIEW_CURL_MEMBER)
#undef MATVIEW_CURL_MEMBER
};

/// Loads and initializes libcurl on the first call, from any thread. It stays loaded. `unavailable` says where it was
/// looked for, or that it is older than 7.87.
Result<const CurlApi*> curl_api();

}  // namespace matview::http
