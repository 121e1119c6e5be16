#include "engine/sources/attached.hpp"

#include "engine/duckdb/sql_text.hpp"
#include "engine/sources/listing.hpp"
#include "support/edit_distance.hpp"
#include "support/file.hpp"

namespace matview::engine {

Result<void> attach_duckdb(Database& database, const Attachment& attachment) {
  MATVIEW_ASSIGN(const auto status, support::status_of(attachment.path));
  const auto prefix = "cannot attach '" + attachment.path + "' as " + attachment.alias + ": ";
  if (!status) return fail(ErrorCode::failed, prefix + "no such file");
  auto attached = database.execute(attachment.statement());
  if (attached) return {};
  auto error = std::move(attached).error();
  if (error.message.find("lock") != std::string::npos) {
    error.hint = "another process has it open for writing: wait until it closes, or attach a copy";
    error.retryable = true;
  }
  return fail(std::move(error).with_context(prefix));
}

Result<std::vector<Column>> attached_columns(Database& database, const Pinned& pinned) {
  MATVIEW_ASSIGN(const auto tables,
                 database.rows("SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = " +
                               quote_literal(pinned.attachment)));
  std::vector<std::string> names;
  for (const auto& row : tables) {
    const auto schema = row.at(0).value_or("");
    const auto table = row.at(1).value_or("");
    if (fold_case(schema) == fold_case(pinned.schema) && fold_case(table) == fold_case(pinned.table))
      return database.describe("FROM " + quote_identifier(pinned.attachment) + "." + quote_identifier(schema) + "." +
                               quote_identifier(table));
    names.push_back(table);
  }
  MATVIEW_ASSIGN(const auto views,
                 database.rows("SELECT view_name FROM duckdb_views() WHERE NOT internal AND database_name = " +
                               quote_literal(pinned.attachment)));
  for (const auto& row : views)
    if (fold_case(row.at(0).value_or("")) == fold_case(pinned.table))
      return fail(Error(ErrorCode::usage, "'" + pinned.table + "' in " + pinned.attachment +
                                              " is a view, whose own sources cannot be watched")
                      .with_hint("write its query into the definition"));
  Error error(ErrorCode::usage,
              "there is no table '" + pinned.table + "' in schema '" + pinned.schema + "' of " + pinned.attachment);
  if (const auto near = support::nearest(pinned.table, names)) error.hint = "did you mean '" + *near + "'?";
  return fail(std::move(error));
}

Result<std::vector<FileState>> attached_files(const Attachment& attachment) {
  MATVIEW_ASSIGN(auto files, list_files(literal_path(attachment.path)));
  if (files.empty()) return fail(ErrorCode::failed, "cannot read '" + attachment.path + "': no such file");
  MATVIEW_ASSIGN(const auto log, list_files(literal_path(attachment.path) + "[.]wal"));
  // An empty log comes and goes with a writer that wrote nothing.
  for (const auto& file : log)
    if (file.size > 0) files.push_back(file);
  return files;
}

Result<LakeTable> lake_table(const Attachment& attachment, const Pinned& pinned, std::optional<std::int64_t> snapshot) {
  MATVIEW_ASSIGN(const auto lake, Lake::open(attachment.path));
  return lake->table(pinned.schema, pinned.table, snapshot);
}

Result<RowsChange> lake_changes(const Attachment& attachment, const Pinned& pinned, std::int64_t from_snapshot,
                                std::int64_t to_snapshot) {
  MATVIEW_ASSIGN(const auto lake, Lake::open(attachment.path));
  return lake->changes(pinned.schema, pinned.table, from_snapshot, to_snapshot);
}

}  // namespace matview::engine
