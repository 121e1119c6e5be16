#include "http/dry_run_transport.hpp"

namespace matview::http {

Result<HttpResponse> DryRunTransport::send(const HttpRequest& request, Control&) {
  const std::lock_guard lock(mutex_);
  requests_.push_back(request);
  return request.assumed;
}

std::vector<HttpRequest> DryRunTransport::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

}  // namespace matview::http
