#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/duckdb/database.hpp"
#include "engine/store/records.hpp"
#include "matview/result.hpp"

namespace matview::engine {

/// Upstream views by name, as the definition's binder sees them.
struct UpstreamView {
  std::int64_t view_id = 0;
  std::int64_t version = 0;
  std::string select_sql;  ///< decoded rows of that version, empty typed rows if it was never filled
  std::int64_t rows = 0;
  std::int64_t bytes = 0;
  std::vector<DataFile> files = {};        ///< what `select_sql` reads
  std::vector<StoredColumn> columns = {};  ///< how they store its columns
};

/// Finds an upstream view; empty optional if no view has that name.
using UpstreamLookup = std::function<Result<std::optional<UpstreamView>>(std::string_view name)>;

/// What `create` learns from a definition.
struct BoundDefinition {
  std::vector<PinnedSource> sources;
  std::vector<std::string> depends_on;
  std::vector<Column> columns;  ///< of the query
  /// Functions that duckdb_functions().stability does not call CONSISTENT, as written: "random()", "now()".
  std::vector<std::string> unstable_functions;
  bool only_clocks = false;  ///< those tell the time of the refresh and nothing else (see clock.hpp)
};

/// Checks and binds a definition: exactly one SELECT by statement type, no recursion onto `self`, sources resolved
/// (upstream view, attached table, file) and pinned, columns typed. Refusals are `usage` with DuckDB's own message and
/// position where DuckDB found the fault. `definition` needs name, sql, base_dir, attachments.
Result<BoundDefinition> bind_definition(Database& database, const ViewDefinition& definition,
                                        const UpstreamLookup& upstream);

/// Looks at every source without running anything: lists files (a pattern once), stats them, asks for versions.
/// `failed` where a directory cannot be read; a pattern without files is a state with none.
Result<SourceVector> observe_sources(const ViewDefinition& definition, const UpstreamLookup& upstream);

/// The query over exactly the sources of `states`, as SQL, and what must be attached before it runs.
/// `failed`, naming the path, where a source is gone or no longer fits its pinned columns.
struct ExecutableQuery {
  std::vector<std::string> setup;  ///< statements to run first (ATTACH … READ_ONLY)
  std::string sql;
};
Result<ExecutableQuery> build_query(Database& database, const ViewDefinition& definition, const SourceVector& states,
                                    const UpstreamLookup& upstream);

/// True for a name that DuckDB may have made of the text of a subquery: where nobody named a column, its text with what
/// stands for the sources in it is its name.
bool holds_subquery(std::string_view name);

/// The query `sql` of a definition, its columns named as the definition has them where one of these names may be such a
/// text. Columns of a program's view are not those of its query, and stay as they are.
std::string with_names(const ViewDefinition& definition, const std::string& sql);

/// What differs between two looks at a source.
struct SourceChange {
  std::string source;
  std::int64_t added = 0;
  std::int64_t removed = 0;
  std::int64_t rewritten = 0;                                     ///< same path, other content as far as stat tells
  std::optional<std::pair<std::int64_t, std::int64_t>> versions;  ///< from, to
  std::optional<std::pair<std::int64_t, std::int64_t>> clock;     ///< from, to: microseconds since 1970
  bool upstream = false;  ///< the source is a view of the same store, whose old versions are still there

  /// "3 files added, 1 rewritten (orders)"; "version 4 -> 6 (daily)".
  std::string to_string() const;
};

/// The changes from `before` to `after`; empty when nothing changed.
std::vector<SourceChange> compare_sources(const SourceVector& before, const SourceVector& after);

}  // namespace matview::engine
