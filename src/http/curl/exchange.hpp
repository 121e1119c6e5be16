#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "http/curl/api.hpp"
#include "http/curl/loop.hpp"
#include "matview/http.hpp"

namespace matview::http {

/// Why we broke an exchange off ourselves.
enum class Cutoff { none, stop, stall, total, too_large };

/// What became of sending one request once.
struct Exchange {
  CURLcode code = CURLE_OK;
  Cutoff cutoff = Cutoff::none;
  bool connected = false;  ///< connection, proxy and TLS stood: the request's turn had come
  bool sent = false;       ///< bytes of the request left
  bool answered = false;   ///< bytes of an answer came
  HttpResponse response = {};
  std::string reason = {};  ///< libcurl's words
  long os_error = 0;        ///< errno of a connection that failed
  long proxy_status = 0;    ///< what a proxy answered to CONNECT
};

struct ExchangeOptions {
  const TransportOptions* transport = nullptr;
  std::string user_agent;
  std::chrono::steady_clock::time_point total_deadline;
};

/// Sends `request` to `url` on the handle, which keeps nothing of it.
Exchange exchange(const CurlApi& api, CurlLoop& loop, CURL* easy, const HttpRequest& request, const std::string& url,
                  const ExchangeOptions& options, const Control& control);

}  // namespace matview::http
