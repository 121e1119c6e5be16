#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "matview/http.hpp"
#include "matview/time.hpp"

namespace matview::providers::dune {

/// All that an upsert sets. It overwrites: what is left out is lost.
struct ViewSettings {
  std::string name;  ///< bare
  std::int64_t query_id = 0;
  bool is_private = false;
  std::string performance;  ///< empty: the service's default
  std::string cron;         ///< empty: no schedule
  std::optional<Time> expires_at;
  bool operator==(const ViewSettings&) const = default;
};

/// Makes the view or replaces its settings, and starts a billed execution either way.
HttpRequest upsert_view(std::string_view api, const ViewSettings& settings);

// The names in paths are full ones.
HttpRequest get_view(std::string_view api, std::string_view full_name);
HttpRequest list_views(std::string_view api, std::int64_t limit, std::int64_t offset);

/// Starts a billed execution.
HttpRequest refresh_view(std::string_view api, std::string_view full_name, std::string_view performance);
HttpRequest delete_view(std::string_view api, std::string_view full_name);

}  // namespace matview::providers::dune
