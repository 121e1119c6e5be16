#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "matview/request.hpp"
#include "matview/result.hpp"
#include "providers/dune/names.hpp"
#include "providers/dune/query_answers.hpp"
#include "providers/dune/settings.hpp"
#include "providers/dune/view_answers.hpp"
#include "providers/dune/view_requests.hpp"

namespace matview::providers::dune {

/// A create as it was asked for, checked as far as that goes without the service. What was not said is empty.
struct CreateSpec {
  ViewName name;
  std::string sql;
  std::optional<std::int64_t> query_id;
  std::optional<bool> is_private;
  std::optional<std::string> performance;
  std::optional<std::string> cron;  ///< "" for --no-schedule
  std::optional<Time> expires_at;
  std::vector<std::string> tags;
  bool if_not_exists = false;
  bool replace = false;
};

/// `usage` for whatever is wrong in itself; `unsupported` for a kind other than query and for --no-data: the service
/// always runs the query.
Result<CreateSpec> read_create(const CreateRequest& request, const Settings& settings, Time now);

/// The settings of a new view.
ViewSettings new_settings(const CreateSpec& spec, const Settings& settings, std::int64_t query_id);

/// The settings a view will have, and in which words they differ from those it has.
struct Merged {
  ViewSettings settings;
  std::vector<std::string> changes;
};

/// What is asked for over what is there: an upsert would drop whatever it does not repeat. `usage` for what makes no
/// sense together.
Result<Merged> merge_settings(const StoredView& stored, const CreateSpec& spec, const Settings& settings, Time now);

/// Whether two texts are the same query but for the space around them.
bool same_sql(std::string_view a, std::string_view b);

}  // namespace matview::providers::dune
