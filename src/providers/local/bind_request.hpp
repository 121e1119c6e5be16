#pragma once

#include <filesystem>
#include <optional>

#include "engine/refresh/run_sources.hpp"
#include "engine/store/store.hpp"
#include "matview/environment.hpp"
#include "matview/request.hpp"
#include "providers/local/options.hpp"

namespace matview::providers {

/// What a definition is checked against.
struct Binding {
  const LocalSettings& settings;
  const Environment& environment;
  const std::filesystem::path& zones;  ///< where descriptions of time zones lie
  engine::Store& store;
  engine::RunSources& sources;
};

/// The request's definition, checked and bound, with how its changes will be computed; nothing is stored. `existing` is
/// the view of its name: `conflict` unless it is to be replaced.
Result<engine::ViewDefinition> bind_request(const Binding& binding, const CreateRequest& request,
                                            const std::optional<engine::ViewRecord>& existing);

/// --refresh-mode may ask for more than the definition can have; that is known at create.
Result<void> require_refresh_mode(const engine::ViewDefinition& definition);

}  // namespace matview::providers
