#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "matview/view.hpp"
#include "providers/postgres/connection.hpp"
#include "providers/postgres/names.hpp"

namespace matview::providers::postgres {

/// A materialized view as pg_catalog has it.
struct StoredView {
  std::int64_t oid = 0;
  QualifiedName name;  ///< with its schema
  std::string shown;   ///< how it is called here
  bool populated = false;
  std::string query;  ///< as the server writes it; empty while a refresh holds the view
  std::optional<std::int64_t> bytes;
  std::string tablespace;
  std::vector<Column> columns;
  std::vector<std::string> uncomparable;  ///< columns of types without equality
  Value indexes;                          ///< [{name, definition, unique, valid, covers_all}]
  Value running;                          ///< {pid, user, since} of the refresh that is at work; null if none
  std::optional<std::int64_t> estimated_rows;
  std::string owner;
  std::string comment;

  /// Why it cannot be refreshed CONCURRENTLY; empty if it can.
  std::string why_not_concurrently() const;
};

/// What the rules of views read: `reader` reads `source`.
struct Edge {
  std::int64_t reader = 0;
  std::int64_t source = 0;
  QualifiedName reader_name;
  QualifiedName source_name;
  char reader_kind = ' ';  ///< pg_class.relkind: 'm', 'v'
  char source_kind = ' ';  ///< 'r', 'p', 'f', 'm', 'v', …
};

struct Catalog {
  std::string current_schema;
  std::vector<StoredView> views;
  std::vector<Edge> edges;
};

/// The catalog in one state; of all views, or of those of one name (with all edges).
Result<Catalog> read_catalog(Connection& connection, const std::optional<QualifiedName>& only, Control& control);

/// The one view of that name; `not_found` if there is none, `usage` where it is something else than a materialized
/// view.
Result<StoredView> find_view(Connection& connection, const std::string& name, Control& control);

/// Materialized views that the view reads, itself or through plain views.
std::vector<std::string> upstream_of(const Catalog& catalog, std::int64_t oid);
/// Materialized views that read it, likewise.
std::vector<std::string> downstream_of(const Catalog& catalog, std::int64_t oid);
/// All views, plain ones too, that read it themselves: what stands in the way of dropping it.
std::vector<std::string> readers_of(const Catalog& catalog, std::int64_t oid);
/// The relations it reads itself.
std::vector<Source> sources_of(const Catalog& catalog, std::int64_t oid);

}  // namespace matview::providers::postgres
