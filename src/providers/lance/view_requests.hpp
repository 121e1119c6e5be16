#pragma once

#include <string_view>

#include "matview/result.hpp"
#include "providers/lance/table_answers.hpp"
#include "providers/lance/wire.hpp"

namespace matview::providers::lance {

// The routes that newer services have for views themselves (the dialect "views"), and what they answer.

HttpRequest list_views(const Endpoint& endpoint, const Identifier& space, std::string_view token);
Result<Page> read_views(const HttpResponse& response);

HttpRequest describe_view(const Endpoint& endpoint, const Identifier& view);
/// The query.
Result<std::string> read_view(const HttpResponse& response);

/// Has no body. The service may go about it as a job, which is its own affair: the view is gone.
HttpRequest drop_view(const Endpoint& endpoint, const Identifier& view);

}  // namespace matview::providers::lance
