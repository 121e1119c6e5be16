#include "providers/local/stored_views.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace matview::providers {

Result<engine::ViewRecord> find_view(engine::Store& store, const std::string& name) {
  MATVIEW_ASSIGN(auto record, store.find_view(name));
  if (!record) return fail(ErrorCode::not_found, fmt::format("there is no view '{}'", name));
  return *std::move(record);
}

Result<std::vector<std::string>> downstream_of(engine::Store& store, const std::string& name) {
  MATVIEW_ASSIGN(const auto records, store.views());
  std::vector<std::string> names;
  for (const auto& record : records) {
    const auto& upstream = record.definition.depends_on;
    if (std::find(upstream.begin(), upstream.end(), name) != upstream.end()) names.push_back(record.definition.name);
  }
  return names;
}

Result<void> require_no_downstream(engine::Store& store, const std::string& name) {
  MATVIEW_ASSIGN(const auto names, downstream_of(store, name));
  if (names.empty()) return {};
  return fail(Error(ErrorCode::conflict, fmt::format("it is read by '{}'", fmt::join(names, "', '")))
                  .with_hint("drop those first"));
}

}  // namespace matview::providers
