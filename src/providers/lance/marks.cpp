#include "providers/lance/marks.hpp"

#include "providers/remote/fields.hpp"
#include "support/json.hpp"

namespace matview::providers::lance {

namespace {

constexpr std::string_view k_geneva = "geneva::view::";

/// Reads one text of the metadata; empty where there is none.
class Metadata {
 public:
  explicit Metadata(const std::map<std::string, std::string>& texts) : texts_(texts) {}

  std::string text(const std::string& key) const {
    const auto found = texts_.find(key);
    return found == texts_.end() ? std::string() : found->second;
  }
  bool has(const std::string& key) const { return texts_.contains(key); }
  std::string geneva(std::string_view key) const { return text(std::string(k_geneva).append(key)); }
  bool has_geneva(std::string_view key) const { return has(std::string(k_geneva).append(key)); }

  /// Numbers are texts here.
  std::optional<std::int64_t> integer(const std::string& key) const {
    Value value;
    value.set("x", text(key));
    return remote::integer(value, "x");
  }
  std::optional<Time> millis(const std::string& key) const {
    Value value;
    value.set("x", text(key));
    return remote::time_from_millis(value, "x");
  }

 private:
  const std::map<std::string, std::string>& texts_;
};

std::string geneva_kind(const Metadata& metadata) {
  const auto version = metadata.geneva("version");
  if (version == "udtf" || metadata.has_geneva("udtf")) return "udtf";
  for (const char* old : {"chunker", "scalar_udtf"})
    if (version == old || metadata.has_geneva(old)) return "chunker";
  return "query";
}

}  // namespace

Marks read_marks(const Table& table) {
  const Metadata metadata(table.metadata);
  Marks marks;
  for (const auto& [key, value] : table.metadata)
    if (key.starts_with(k_geneva)) marks.is_view = true;
  if (marks.is_view) {
    marks.kind = geneva_kind(metadata);
    marks.definition = metadata.geneva("query");
    marks.source = metadata.geneva("base_table");
    marks.source_database = metadata.geneva("base_table_db_uri");
    marks.source_version = metadata.integer(std::string(k_geneva) + "base_table_version");
    if (const auto space = metadata.geneva("namespace_path"); !space.empty())
      if (auto path = split_path(space, k_delimiter)) marks.space = *std::move(path);
  } else if (metadata.has("mv.definition")) {
    marks.is_view = true;
    marks.definition = metadata.text("mv.definition");
    if (const auto definition = support::parse_json(marks.definition))
      marks.source = remote::text(*definition, "source_table");
    marks.source_version = metadata.integer("mv.source_version");
    marks.refreshed_at = metadata.millis("mv.refreshed_at_ms");
  } else if (!table.columns.empty() && table.columns.front().name == "__source_row_id") {
    // Whoever describes a table without its metadata still shows that its rows come from another's.
    marks.is_view = true;
    for (const auto& column : table.columns)
      if (column.name == "__child_index") marks.kind = "chunker";
  }
  return marks;
}

}  // namespace matview::providers::lance
