#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "matview/http.hpp"
#include "matview/result.hpp"
#include "matview/view.hpp"
#include "providers/lance/identifier.hpp"

namespace matview::providers::lance {

/// One page of names.
struct Page {
  std::vector<std::string> names;
  std::string next;  ///< the token of the next page; empty at the end
};

Result<Page> read_tables(const HttpResponse& response);

/// What a server tells of a table. Credentials of its storage, which may come along, are not kept.
struct Table {
  std::optional<std::int64_t> version;
  std::vector<Column> columns;
  std::map<std::string, std::string> metadata;  ///< of the schema and of the table
  std::string location;                         ///< without a query, which may sign it
  std::optional<std::int64_t> fragments;
  std::optional<std::int64_t> deleted_rows;
  std::optional<bool> only_declared;  ///< named, and never written
};

Result<Table> read_table(const HttpResponse& response);

struct TableVersion {
  std::int64_t version = 0;
  std::optional<Time> created_at;
};

/// Newest first.
Result<std::vector<TableVersion>> read_versions(const HttpResponse& response);

struct TableStats {
  std::optional<std::int64_t> rows;
  std::optional<std::int64_t> bytes;
};

Result<TableStats> read_stats(const HttpResponse& response);

}  // namespace matview::providers::lance
