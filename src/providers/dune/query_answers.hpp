#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "matview/http.hpp"
#include "matview/result.hpp"

namespace matview::providers::dune {

struct SavedQuery {
  std::int64_t id = 0;
  std::string name;
  std::string sql;
  std::string owner;  ///< the account's handle: the middle of the full names of its views
  bool is_private = false;
  bool is_archived = false;
  bool is_unsaved = false;
  bool is_temporary = false;
  std::optional<std::int64_t> version;  ///< counts its edits
  std::vector<std::string> tags;
  std::vector<std::string> parameters;  ///< their keys
};

Result<SavedQuery> read_query(const HttpResponse& response, std::int64_t id);

/// The id in the answer to a query's creation.
Result<std::int64_t> read_query_id(const HttpResponse& response);

/// Success or the error.
Result<void> read_query_changed(const HttpResponse& response);

/// The full names of the views that the query reads itself.
Result<std::vector<std::string>> read_lineage(const HttpResponse& response, std::int64_t query_id);

/// `usage` where no view can be made from the query, saying why: archived, never saved, temporary, with parameters.
Result<void> check_usable(const SavedQuery& query);

}  // namespace matview::providers::dune
