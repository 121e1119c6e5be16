#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/duckdb/database.hpp"
#include "engine/schedule/auto_refresh.hpp"
#include "engine/store/records.hpp"
#include "matview/provider.hpp"

namespace matview::providers {

/// The flags of the local engine, as help and completion show them.
std::vector<OptionSpec> local_options();

/// What a profile of provider `local` says, typed. Paths are absolute.
struct LocalSettings {
  std::string store;
  std::string time_zone = "UTC";
  engine::DatabaseOptions database;
  engine::Retention retention;
  std::string keep_sources = "link";
  std::int64_t keep_sources_limit = std::int64_t{64} << 20;  ///< bytes
  engine::AutoRefreshPolicy auto_refresh;
};

/// Reads a profile's keys; `usage` naming the key whose value is wrong.
Result<LocalSettings> read_settings(const ProviderContext& context);

/// The database options of one command: the profile's, overruled by --threads and --memory-limit.
Result<engine::DatabaseOptions> read_database_options(const LocalSettings& settings, const OptionValues& options);

/// The definition a create request asks for, not yet bound. Relative paths count from `working_directory`, or from
/// --base-dir where it is given.
Result<engine::ViewDefinition> read_definition(const CreateRequest& request, const LocalSettings& settings,
                                               const std::filesystem::path& working_directory);

}  // namespace matview::providers
