#include <fmt/format.h>

#include "providers/local/local_provider.hpp"
#include "providers/local/options.hpp"

namespace matview::providers {

const ProviderInfo& local_info() {
  static const ProviderInfo k_info = [] {
    using enum Operation;
    ProviderInfo info;
    info.name = "local";
    info.summary = "The built-in engine: refreshes with DuckDB on this machine, stores a DuckLake";
    info.operations = {definition, create, refresh, list, describe, drop,   query,
                       history,    verify, explain, gc,   job,      doctor, suspend};
    info.options = local_options();
    info.settings = {"store",  "timezone",   "threads",      "memory_limit",
                     "retain", "retain_for", "keep_sources", "keep_sources_limit"};
    for (const auto* key : {"min_changed_files", "min_changed_bytes", "cooldown"})
      info.settings.push_back(fmt::format("auto_refresh.{}", key));
    return info;
  }();
  return k_info;
}

}  // namespace matview::providers
