#pragma once

#include <vector>

#include "engine/refresh/freshness.hpp"
#include "engine/store/store.hpp"
#include "matview/view.hpp"

namespace matview::providers {

/// The common form of a view of the store. Without `report` freshness is told as far as the catalog alone knows it.
View to_view(const engine::ViewRecord& record, const engine::FreshnessReport* report);

std::vector<Column> to_columns(const std::vector<engine::StoredColumn>& columns);

Version to_version(const engine::VersionRecord& record);

}  // namespace matview::providers
