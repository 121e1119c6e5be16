#pragma once

#include <memory>

#include "matview/http.hpp"

namespace matview::test {

/// A network without anybody in it.
class SilentTransport final : public Transport {
 public:
  Result<HttpResponse> send(const HttpRequest&, Control&) override {
    return fail(ErrorCode::unavailable, "nobody is there");
  }
};

inline std::unique_ptr<Transport> open_silent_transport(const TransportOptions&) {
  return std::make_unique<SilentTransport>();
}

}  // namespace matview::test
