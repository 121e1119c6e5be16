#include "engine/store/view_names.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>

#include "engine/store/paths.hpp"
#include "engine/store/sqlite.hpp"
#include "support/file.hpp"
#include "support/json.hpp"

namespace matview::engine {

namespace {

/// Runs `read(SQLite::Database&)` on the catalog; what it answers for no store is empty.
template <typename Names, typename Read>
Result<Names> names_in(const std::filesystem::path& store, Read&& read) {
  const auto file = StorePaths{store}.catalog();
  MATVIEW_ASSIGN(const auto status, support::status_of(file));
  if (!status) return Names{};
  MATVIEW_ASSIGN(const auto catalog, Catalog::open(file, Catalog::Access::read));
  return catalog->read([&](SQLite::Database& database) -> Result<Names> { return read(database); });
}

std::vector<std::string> texts(const std::string& json) {
  std::vector<std::string> result;
  const auto document = support::parse_json(json);
  if (!document || document->if_array() == nullptr) return result;
  for (const auto& item : *document->if_array())
    if (const auto* text = item.if_string()) result.push_back(*text);
  return result;
}

}  // namespace

Result<std::vector<ViewName>> view_names(const std::filesystem::path& store) {
  return names_in<std::vector<ViewName>>(store, [](SQLite::Database& database) {
    std::vector<ViewName> names;
    SQLite::Statement query(database,
                            "SELECT name, json_extract(definition, '$.tags') FROM matview_view ORDER BY name");
    while (query.executeStep())
      names.push_back({query.getColumn(0).getString(), texts(query.getColumn(1).getString())});
    return names;
  });
}

Result<std::vector<JobName>> job_names(const std::filesystem::path& store, std::int64_t limit) {
  return names_in<std::vector<JobName>>(store, [&](SQLite::Database& database) {
    std::vector<JobName> names;
    SQLite::Statement query(database,
                            "SELECT j.job_id, v.name, j.state FROM matview_job j"
                            " JOIN matview_view v ON v.view_id = j.view_id ORDER BY j.sequence DESC LIMIT ?");
    SQLite::bind(query, limit);
    while (query.executeStep())
      names.push_back({query.getColumn(0).getString(), query.getColumn(1).getString(), query.getColumn(2).getString()});
    return names;
  });
}

}  // namespace matview::engine
