#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "matview/result.hpp"

namespace matview::engine {

struct ViewName {
  std::string name;
  std::vector<std::string> tags;
};

struct JobName {
  std::string id;
  std::string view;
  std::string state;
};

/// The names in a store and nothing else, for who needs them while a person types: a fraction of what `Store::views`
/// costs. In the order of the names; none where there is no store. Nothing is made, locked or waited for.
Result<std::vector<ViewName>> view_names(const std::filesystem::path& store);

/// The newest jobs of all views, newest first.
Result<std::vector<JobName>> job_names(const std::filesystem::path& store, std::int64_t limit);

}  // namespace matview::engine
