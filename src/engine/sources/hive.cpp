#include <algorithm>

#include "engine/duckdb/sql_text.hpp"
#include "engine/sources/file_formats.hpp"

namespace matview::engine {

namespace {

/// The keys of "…/year=2024/month=1/file"; as DuckDB finds them, the file's own name included.
std::vector<std::string> hive_keys(const std::string& path) {
  std::vector<std::string> keys;
  for (std::size_t at = 0; at < path.size();) {
    const auto end = std::min(path.find('/', at), path.size());
    const auto part = path.substr(at, end - at);
    if (std::count(part.begin(), part.end(), '=') == 1) keys.push_back(part.substr(0, part.find('=')));
    at = end + 1;
  }
  return keys;
}

}  // namespace

std::vector<std::string> pin_hive(const FileCall& call, const std::vector<FileState>& files, FileUse& use) {
  const auto* switched = find_argument(call, "hive_partitioning");
  if (switched && !is_on(call, "hive_partitioning")) return {};
  const auto keys = hive_keys(files.front().path);
  std::string types;
  std::vector<std::string> names;
  for (const auto& column : use.columns) {
    const auto key = std::find_if(keys.begin(), keys.end(),
                                  [&](const auto& name) { return fold_case(name) == fold_case(column.name); });
    if (key == keys.end()) continue;
    types += (types.empty() ? "" : ", ") + quote_identifier(*key) + ": " + quote_literal(column.type);
    names.push_back(column.name);
  }
  use.replaced.insert(use.replaced.end(), {"hive_partitioning", "hive_types", "hive_types_autocast"});
  use.pins += use.pins.empty() ? "" : ", ";
  use.pins += types.empty() ? "hive_partitioning = false" : "hive_partitioning = true, hive_types = {" + types + "}";
  return names;
}

}  // namespace matview::engine
