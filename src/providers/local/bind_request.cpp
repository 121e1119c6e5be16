#include "providers/local/bind_request.hpp"

#include <fmt/format.h>

#include <set>

#include "engine/duckdb/sql_text.hpp"
#include "engine/duckdb/types.hpp"
#include "engine/ivm/make_plan.hpp"
#include "engine/refresh/fingerprint.hpp"
#include "engine/refresh/refresh_mode.hpp"
#include "engine/schedule/window.hpp"
#include "engine/sources/clock.hpp"
#include "engine/sources/definition.hpp"
#include "providers/local/program_options.hpp"
#include "providers/local/stored_views.hpp"
#include "providers/local/suggest_table.hpp"

namespace matview::providers {

namespace {

using engine::ViewDefinition;
using engine::ViewRecord;

/// Follows what the definition reads upwards: it must not come back to itself.
Result<void> require_no_cycle(engine::Store& store, const ViewDefinition& definition,
                              const std::optional<ViewRecord>& existing) {
  std::set<std::string> seen;
  std::vector<std::string> open(definition.depends_on);
  while (!open.empty()) {
    const auto name = std::move(open.back());
    open.pop_back();
    if (existing && name == existing->definition.name)
      return fail(ErrorCode::usage, fmt::format("the view '{}' would read from itself", definition.name));
    if (!seen.insert(name).second) continue;
    MATVIEW_ASSIGN(const auto record, store.find_view(name));
    if (record) open.insert(open.end(), record->definition.depends_on.begin(), record->definition.depends_on.end());
  }
  return {};
}

/// How its changes will be computed, or why they cannot be.
Result<void> add_plan(engine::Database& database, ViewDefinition& definition, engine::RunSources& sources) {
  // What a program changes is found out by its own means (see refresh/program_refresh.hpp).
  if (!engine::allows_incremental(definition) || !definition.program.empty()) return {};
  MATVIEW_ASSIGN(const auto plan, engine::ivm::make_plan(database, definition, sources.upstream()));
  definition.plan = engine::ivm::to_json(plan);
  return {};
}

}  // namespace

Result<ViewDefinition> bind_request(const Binding& binding, const CreateRequest& request,
                                    const std::optional<ViewRecord>& existing) {
  if (existing && !request.replace)
    return fail(Error(ErrorCode::conflict, fmt::format("the view '{}' exists already", request.name))
                    .with_hint("--replace changes it, --if-not-exists leaves it as it is"));
  MATVIEW_TRY(check_program_options(request));
  MATVIEW_ASSIGN(auto definition, read_definition(request, binding.settings, binding.environment.working_directory()));
  if (!definition.schedule.empty()) MATVIEW_TRY(engine::read_schedule(definition, binding.zones));
  auto database_options = binding.settings.database;
  database_options.time_zone = definition.time_zone;
  MATVIEW_ASSIGN(const auto database, engine::Database::open(database_options));
  auto bound_definition = engine::bind_definition(*database, definition, binding.sources.upstream());
  if (!bound_definition) return fail(suggest_table(std::move(bound_definition).error(), binding.store));
  auto& bound = *bound_definition;
  definition.sources = std::move(bound.sources);
  for (const auto& name : bound.depends_on) {
    // As the store spells it: the query may write it in another case.
    MATVIEW_ASSIGN(const auto upstream, find_view(binding.store, name));
    definition.depends_on.push_back(upstream.definition.name);
  }
  if (!bound.unstable_functions.empty() && bound.only_clocks)
    definition.sources.push_back(engine::clock_source());
  else
    definition.unstable_functions = std::move(bound.unstable_functions);
  if (request.kind != "query") {
    MATVIEW_ASSIGN(const auto program, read_program(*database, request, bound.columns, binding.environment));
    bound.columns = engine::udtf::view_columns(request.kind, program);
    definition.program = engine::udtf::to_json(program);
  }
  for (const auto& column : bound.columns)
    if (engine::fold_case(column.name).starts_with("__matview_"))
      return fail(
          Error(ErrorCode::usage, fmt::format("the column '{}' has a name that matview keeps for itself", column.name))
              .with_hint("give it another one with AS"));
  MATVIEW_ASSIGN(definition.columns, engine::storage_columns(bound.columns));
  MATVIEW_TRY(require_no_cycle(binding.store, definition, existing));
  definition.fingerprint = engine::definition_fingerprint(definition);
  MATVIEW_TRY(add_plan(*database, definition, binding.sources));
  return definition;
}

Result<void> require_refresh_mode(const ViewDefinition& definition) {
  if (!definition.program.empty()) return {};
  const auto plan = engine::ivm::plan_from_json(definition.plan);
  return engine::require_mode(definition, plan.code, plan.reason);
}

}  // namespace matview::providers
