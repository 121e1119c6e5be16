#include "engine/refresh/verify.hpp"

#include <fmt/format.h>

#include "engine/duckdb/types.hpp"
#include "engine/refresh/difference.hpp"
#include "engine/refresh/program_run.hpp"

namespace matview::engine {

namespace {

/// The changes that make it impossible to compute again what a version was computed from. A file that was added is
/// simply not read; a view's recorded version is still in the store.
std::vector<SourceChange> disturbing(const std::vector<SourceChange>& changes) {
  std::vector<SourceChange> found;
  for (auto change : changes) {
    change.added = 0;
    if (change.removed > 0 || change.rewritten > 0 || (change.versions && !change.upstream)) found.push_back(change);
  }
  return found;
}

std::vector<RowStream::Row> to_rows(const TextRows& rows) {
  std::vector<RowStream::Row> converted;
  for (const auto& row : rows) {
    auto& target = converted.emplace_back();
    for (const auto& cell : row) target.push_back(cell ? Value(*cell) : Value());
  }
  return converted;
}

}  // namespace

Result<Verification> verify_view(const EngineContext& context, const VerifyRequest& request, Control& control) {
  MATVIEW_ASSIGN(const auto view, context.store.find_view(request.name));
  if (!view) return fail(ErrorCode::not_found, fmt::format("there is no view '{}'", request.name));
  const auto& definition = view->definition;
  if (!view->current)
    return fail(Error(ErrorCode::conflict, fmt::format("the view '{}' was never filled", request.name))
                    .with_hint("refresh it first"));
  if (!definition.unstable_functions.empty())
    return fail(ErrorCode::unsupported,
                fmt::format("the result of {} changes with every refresh", definition.unstable_functions.front()));
  MATVIEW_ASSIGN(const auto fingerprint, effective_fingerprint(definition));
  if (view->current->fingerprint != fingerprint)
    return fail(Error(ErrorCode::conflict,
                      fmt::format("it is not what its rows were computed with: {}",
                                  fingerprint_difference(definition, view->current->fingerprint, fingerprint)))
                    .with_hint("refresh it first"));

  MATVIEW_ASSIGN(const auto stored, context.store.pin(request.name, view->current->version));
  auto held = context.sources.hold();
  MATVIEW_ASSIGN(const auto recorded, context.store.sources_of(view->view_id, stored.version.version));
  MATVIEW_ASSIGN(const auto observed, context.sources.observe(definition));
  held.unlock();
  if (const auto changes = disturbing(compare_sources(recorded, observed)); !changes.empty())
    return fail(Error(ErrorCode::conflict, fmt::format("what version {} read is gone: {}", stored.version.version,
                                                       changes.front().to_string()))
                    .with_hint("refresh it first"));

  MATVIEW_ASSIGN(const auto opened, open_database(context, database_needs(definition)));
  auto& database = *opened.database;
  MATVIEW_ASSIGN(auto query, build_query(database, definition, recorded, context.sources.upstream_at(recorded)));
  for (const auto& statement : query.setup) MATVIEW_TRY(database.execute(statement));
  if (!definition.program.empty()) {
    // How many rows may be wrong is said of the rows of one refresh, and these are those of all.
    auto all_rows = context;
    all_rows.program.skips_any = true;
    MATVIEW_ASSIGN(const auto expansion, run_program(all_rows, definition, opened, query.sql, "", control));
    query.sql = view_rows_sql(expansion);
  }
  const auto& columns = stored.version.columns;
  MATVIEW_ASSIGN(const auto difference, tolerant_difference(database, compared_sql(query.sql, columns),
                                                            compared_sql(select_of(stored), columns), columns,
                                                            request.samples, control, request.name));

  Verification verification;
  verification.view = request.name;
  verification.version = stored.version.version;
  verification.rows_stored = stored.version.rows;
  verification.rows_missing = difference.only_left;
  verification.rows_extra = difference.only_right;
  verification.equal = difference.only_left == 0 && difference.only_right == 0;
  for (const auto& column : stored.version.columns) verification.columns.push_back({column.name, column.type});
  verification.missing_sample = to_rows(difference.left_sample);
  verification.extra_sample = to_rows(difference.right_sample);
  return verification;
}

}  // namespace matview::engine
