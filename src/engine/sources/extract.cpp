#include "engine/sources/extract.hpp"

#include <algorithm>
#include <set>

#include "engine/duckdb/sql_text.hpp"
#include "engine/duckdb/types.hpp"
#include "engine/sources/attached.hpp"
#include "support/checksum.hpp"
#include "support/file.hpp"

namespace matview::engine {

namespace fs = std::filesystem;

namespace {

bool has_column(const std::vector<Column>& columns, const std::string& name) {
  return std::any_of(columns.begin(), columns.end(), [&](const Column& column) { return column.name == name; });
}

/// Writes extracts one after the other.
class ExtractWriter {
 public:
  ExtractWriter(Database& database, const std::vector<PinnedReference>& references, const Extracts& extracts,
                const std::string& key, const ExtractOptions& options)
      : database_(database), references_(references), extracts_(extracts), key_(key), options_(options) {}

  void take_account_of(const RetainedFile& file) {
    const auto status = support::status_of(options_.store_root / file.path);
    if (status && *status && paths_.insert(file.path).second) bytes_ += (*status)->size;
  }

  /// What is retained of it; nothing if that cannot be.
  std::vector<RetainedFile> write(const WantedExtract& wanted, const SourceState& state) {
    const auto* reference = only_use_of(wanted.source);
    const auto columns = extracts_.columns_read(wanted.source);
    if (reference == nullptr || columns.empty()) return {};
    const auto stored = storage_columns(columns);
    auto single = state;
    single.files = wanted.files;
    const auto rows = rows_of(database_, *reference, single, {});
    if (!stored || !rows) return {};
    const auto name =
        options_.directory / extract_directory(key_, wanted.source) / (std::to_string(number_++) + ".parquet");
    const auto path = options_.store_root / name;
    std::error_code failed;
    fs::create_directories(path.parent_path(), failed);
    const auto sql = encode_sql(select_columns(columns, "(" + *rows + ")"), *stored);
    const auto written =
        database_.execute("COPY (" + sql + ") TO " + quote_literal(path.string()) + " (FORMAT parquet)");
    const auto status = support::status_of(path);
    auto checksum = support::file_checksum(path);
    if (!written || !status || !*status || !checksum || bytes_ + (*status)->size > options_.limit) {
      (void)support::remove_file(path);
      return {};
    }
    bytes_ += (*status)->size;
    std::vector<RetainedFile> retained;
    for (const auto& file : wanted.files) retained.push_back({file, name.string(), true, *checksum});
    return retained;
  }

 private:
  /// A reference to a source that all others read in the same way; null if they do not.
  const PinnedReference* only_use_of(std::size_t source) const {
    const PinnedReference* found = nullptr;
    for (const auto& reference : references_) {
      if (reference.resolved.kind == Resolved::Kind::other || reference.source != source) continue;
      if (found != nullptr && found->use != reference.use) return nullptr;
      found = &reference;
    }
    return found;
  }

  Database& database_;
  const std::vector<PinnedReference>& references_;
  const Extracts& extracts_;
  const std::string& key_;
  const ExtractOptions& options_;
  std::set<std::string> paths_;
  std::int64_t bytes_ = 0;
  int number_ = 0;
};

}  // namespace

Extracts::Extracts(const RetainedFiles& retained, const SourceReads& reads,
                   const std::vector<PinnedReference>& references)
    : retained_(retained), reads_(reads), references_(references) {}

std::string Extracts::path_of(std::size_t source, const std::vector<FileState>& files) const {
  std::string path;
  for (const auto& file : files) {
    const auto* found = retained_.find_extract(file, reads_.key, source);
    if (found == nullptr || (!path.empty() && retained_.path_of(*found) != path)) return "";
    path = retained_.path_of(*found);
  }
  return path;
}

std::vector<Column> Extracts::columns_read(std::size_t source) const {
  std::vector<Column> columns;
  for (std::size_t i = 0; i < references_.size() && i < reads_.columns.size(); ++i) {
    if (references_[i].resolved.kind == Resolved::Kind::other || references_[i].source != source) continue;
    for (const auto& column : references_[i].columns()) {
      const auto& read = reads_.columns[i];
      if (std::find(read.begin(), read.end(), column.name) != read.end() && !has_column(columns, column.name))
        columns.push_back(column);
    }
  }
  return columns;
}

std::string Extracts::masked_list(const PinnedReference& reference) const {
  const auto read = columns_read(reference.source);
  std::string list;
  for (const auto& column : reference.columns()) {
    const auto name = quote_identifier(column.name);
    list += (list.empty() ? "" : ", ") +
            (has_column(read, column.name) ? name : "CAST(NULL AS " + column.type + ") AS " + name);
  }
  return list;
}

std::string Extracts::masked(const PinnedReference& reference, const std::string& rows) const {
  return "SELECT " + masked_list(reference) + " FROM (" + rows + ")";
}

Result<std::string> Extracts::rows(const PinnedReference& reference, const std::string& path) const {
  const auto read = columns_read(reference.source);
  MATVIEW_ASSIGN(const auto stored, storage_columns(read));
  const auto file = "read_parquet([" + quote_literal(path) + "], hive_partitioning = false)";
  return masked(reference, decode_sql("(" + select_columns(read, file) + ")", stored));
}

Result<void> write_extracts(Database& database, const ViewDefinition& definition, const SourceReads& reads,
                            const UpstreamLookup& upstream, const ExtractOptions& options, KeptFiles& kept) {
  if (kept.extracts.empty() || reads.key.empty()) return {};
  MATVIEW_ASSIGN(const auto syntax, analyze_known(database, definition.sql));
  MATVIEW_ASSIGN(const auto attachments, parse_attachments(definition.attachments));
  MATVIEW_ASSIGN(const auto references, pinned_references(definition, syntax, attachments, upstream));
  const RetainedFiles none({}, options.store_root);
  const Extracts extracts(none, reads, references);
  ExtractWriter writer(database, references, extracts, reads.key, options);
  for (const auto& file : kept.retained)
    if (is_extract(file)) writer.take_account_of(file);
  for (const auto& wanted : kept.extracts)
    for (auto& file : writer.write(wanted, kept.sources.at(wanted.source))) kept.retained.push_back(std::move(file));
  kept.extracts.clear();
  return {};
}

}  // namespace matview::engine
