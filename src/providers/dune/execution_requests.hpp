#pragma once

#include <string_view>

#include "matview/http.hpp"

namespace matview::providers::dune {

/// How an execution is doing. Free of charge, unlike its results, which nothing here ever fetches.
HttpRequest execution_status(std::string_view api, std::string_view execution_id);

/// Has no body.
HttpRequest cancel_execution(std::string_view api, std::string_view execution_id);

}  // namespace matview::providers::dune
