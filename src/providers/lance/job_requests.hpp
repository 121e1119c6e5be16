#pragma once

#include <string_view>

#include "providers/lance/wire.hpp"

namespace matview::providers::lance {

// Jobs, as LanceDB's services have them beyond the specification: another server answers 404, 405 or 406.

HttpRequest list_jobs(const Endpoint& endpoint, std::string_view token);
HttpRequest describe_job(const Endpoint& endpoint, std::string_view id);
HttpRequest cancel_job(const Endpoint& endpoint, std::string_view id);

}  // namespace matview::providers::lance
