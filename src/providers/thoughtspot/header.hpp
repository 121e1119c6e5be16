#pragma once

#include <optional>
#include <string>
#include <vector>

#include "matview/time.hpp"
#include "matview/value.hpp"

namespace matview::providers::thoughtspot {

/// The subtypes of logical tables that are views.
inline constexpr std::string_view k_view = "AGGR_WORKSHEET";  ///< a saved search; the only kind that is materialized
inline constexpr std::string_view k_sql_view = "SQL_VIEW";

/// What a listing tells of one object.
struct Header {
  std::string id;
  std::string name;
  std::string type;  ///< subtype; empty where the server does not tell
  std::string description;
  std::string author;  ///< the name where it is told, else the id
  std::string author_id;
  std::string modified_by;
  std::optional<Time> created;
  std::optional<Time> modified;
  std::vector<std::string> tags;
  Value materialization;  ///< members of the header that speak of it, as they came; null if there are none
};

/// Empty for what has no id, and for what is deleted.
std::optional<Header> read_header(const Value& value);

bool is_view(const Header& header);

/// "a view", "an SQL view", "a worksheet", …
std::string_view kind_of(const Header& header);

/// The members of an object whose name speaks of materialization. No public sample of the API has any.
Value materialization_members(const Value& object);

}  // namespace matview::providers::thoughtspot
