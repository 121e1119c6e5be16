#pragma once

#include <string_view>

#include "matview/http.hpp"

namespace matview::providers::dune {

/// How an execution is doing. Free of charge, unlike its results, which nothing here ever fetches. A dry run takes
/// `assumed_state` for the answer.
HttpRequest execution_status(std::string_view api, std::string_view execution_id, std::string_view assumed_state);

/// Has no body.
HttpRequest cancel_execution(std::string_view api, std::string_view execution_id);

}  // namespace matview::providers::dune
