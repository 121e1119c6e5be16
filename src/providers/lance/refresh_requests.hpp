#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "matview/environment.hpp"
#include "matview/request.hpp"
#include "matview/result.hpp"
#include "providers/lance/wire.hpp"

namespace matview::providers::lance {

/// A refresh, checked as far as that goes without the server. What was not said is empty and not sent: no field has a
/// default that is known here.
struct RefreshSpec {
  std::optional<std::int64_t> src_version;
  std::optional<std::int64_t> max_rows_per_fragment;
  std::optional<std::int64_t> concurrency;
  std::optional<std::int64_t> intra_applier_concurrency;
  std::optional<std::int64_t> source_task_size;
  std::string cluster;
  std::optional<std::int64_t> output_limit;
  std::string manifest;                              ///< JSON
  std::vector<std::pair<std::string, Value>> extra;  ///< passed through to the job
};

/// `usage` for what the server would refuse, and for flags that mean nothing here.
Result<RefreshSpec> read_refresh(const RefreshRequest& request, const Environment& environment);

/// "KEY=VALUE" of --set. A value that reads as a JSON scalar is one, any other is text.
Result<std::pair<std::string, Value>> parse_assignment(std::string_view text);

HttpRequest refresh_view(const Endpoint& endpoint, const Identifier& view, const RefreshSpec& spec);

/// The id of the job, from any 2xx; empty if the server gives none.
Result<std::string> read_refreshed(const HttpResponse& response);

}  // namespace matview::providers::lance
