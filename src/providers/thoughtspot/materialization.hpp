#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "matview/result.hpp"
#include "providers/thoughtspot/request.hpp"

namespace matview::providers::thoughtspot {

/// How a server materializes views, from admin/configinfo.
struct Materialization {
  std::optional<bool> enabled;
  std::optional<std::int64_t> most_views;  ///< materialized at a time
  std::string window;                      ///< "20:00-04:00", in the server's time; empty if it is not told
  Value raw;                               ///< the object as it came
};

/// GET admin/configinfo: for administrators. Software 7.1.1 and later.
HttpRequest configuration_request(const Address& address);

/// Takes the one object out of the answer and leaves everything else: it holds secrets of other parts of the server.
/// Empty where the object is not there.
Result<std::optional<Materialization>> read_configuration(const HttpResponse& response);

/// "20:00-04:00" of a start ("08:00PM", "8:00 pm", "20:00") and a number of hours. Empty for what cannot be read.
std::string window_text(std::string_view start, double hours);

/// GET system of REST 2.0.
HttpRequest system_request(const Address& address);

struct System {
  std::string version;
  std::string kind;  ///< as Software, Cloud
  std::string time_zone;
};

Result<System> read_system(const HttpResponse& response);

}  // namespace matview::providers::thoughtspot
