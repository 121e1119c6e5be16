#pragma once

#include <mutex>
#include <vector>

#include "matview/http.hpp"

namespace matview::http {

/// Sends nothing: keeps each request and answers with what the request assumes.
class DryRunTransport final : public Transport {
 public:
  Result<HttpResponse> send(const HttpRequest& request, Control& control) override;

  /// What would have been sent, in order.
  std::vector<HttpRequest> requests() const;

 private:
  mutable std::mutex mutex_;
  std::vector<HttpRequest> requests_;
};

}  // namespace matview::http
