#include "providers/external/discover.hpp"

#include <algorithm>

#include "providers/external/external_provider.hpp"
#include "providers/external/greeting.hpp"
#include "support/subprocess.hpp"

namespace matview::providers {

namespace {

constexpr std::string_view k_prefix = "matview-provider-";

}  // namespace

std::vector<ProviderEntry> with_external_providers(Registry table, const Environment& environment,
                                                   const std::atomic<int>& stop) {
  std::vector<ProviderEntry> entries(table.begin(), table.end());
  for (const auto& [file, path] : support::find_programs(k_prefix, environment)) {
    const auto name = file.substr(k_prefix.size());
    if (!external::is_provider_name(name) || find_provider(table, name) != nullptr) continue;
    const auto program = std::make_shared<external::Program>(name, path, environment, stop);
    entries.push_back({[program]() -> const ProviderInfo& { return program->info(); },
                       [program](const ProviderContext& context) { return external::open(program, context); }});
  }
  return entries;
}

bool is_external(const ProviderInfo& info) {
  return std::find(info.settings.begin(), info.settings.end(), "start_timeout") != info.settings.end();
}

}  // namespace matview::providers
