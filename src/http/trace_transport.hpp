#pragma once

#include <functional>
#include <string_view>

#include "http/redactor.hpp"
#include "matview/environment.hpp"
#include "matview/http.hpp"

namespace matview::http {

/// Where a trace goes: called with one whole exchange at a time, lines with ends.
using TraceSink = std::function<void(std::string_view text)>;

/// Writes each exchange, both directions, secrets masked: time and purpose, `> POST url`, `> Header: value`, the body,
/// then `< 200` and so on with the time it took, or the error. Bodies are cut at 16 KiB, what is not text is told by
/// its size.
class TraceTransport final : public Transport {
 public:
  TraceTransport(Transport& next, TraceSink sink, const Redactor& redactor, const Environment& environment);
  Result<HttpResponse> send(const HttpRequest& request, Control& control) override;

 private:
  Transport& next_;
  TraceSink sink_;
  const Redactor& redactor_;
  const Environment& environment_;
};

}  // namespace matview::http
