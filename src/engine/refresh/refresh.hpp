#pragma once

#include <functional>
#include <memory>
#include <string>

#include "engine/refresh/decision.hpp"
#include "engine/refresh/run_sources.hpp"
#include "engine/store/store.hpp"
#include "engine/udtf/program.hpp"
#include "matview/control.hpp"
#include "matview/environment.hpp"
#include "matview/provider.hpp"

namespace matview::engine {

constexpr std::int64_t k_keep_sources_limit = std::int64_t{64} << 20;

/// What the operations of the engine work with. Owned by the caller for the time of a call.
struct EngineContext {
  Store& store;
  RunSources& sources;
  const Environment& environment;
  DatabaseOptions database;  ///< without time zone and temporary directory, which are filled in for each view
  std::int64_t keep_sources_limit = k_keep_sources_limit;  ///< bytes; larger source files are not copied
  udtf::RunOptions program = {};                           ///< what this command says of how programs are run
  std::filesystem::path zones = "/usr/share/zoneinfo";     ///< the time zones that schedules are told in
  bool any_window = false;  ///< refresh although the view was refreshed in this window of its schedule
};

/// Brings one view up to date: takes its lock, decides, computes, writes, commits. Every attempt but one that met a
/// lock or a window that was served leaves a job on record. On failure the old rows stay and no file is left. Errors:
/// `locked`, `not_found`, `conflict` (definition or version changed underneath, or a scheduled view was refreshed in
/// this window already and is asked for by name), `interrupted`, `terminated`, `timeout`, `failed` with DuckDB's or the
/// system's reason.
Result<Job> refresh_view(const EngineContext& context, const RefreshRequest& request, Control& control);

/// What `refresh_view` would do, with the SQL it would run.
Result<Plan> plan_refresh(const EngineContext& context, const RefreshRequest& request, Control& control);

}  // namespace matview::engine
