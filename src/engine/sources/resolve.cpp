#include "engine/sources/resolve.hpp"

#include <algorithm>
#include <array>

#include "engine/duckdb/sql_text.hpp"

namespace matview::engine {

namespace {

constexpr std::string_view k_lake_prefix = "ducklake:";

/// Table functions that hang on their arguments alone.
constexpr std::array<std::string_view, 7> k_pure{"range",      "generate_series", "unnest",   "repeat",
                                                 "repeat_row", "json_each",       "json_tree"};

Result<Resolved> resolve_function(const Reference& reference) {
  Resolved resolved;
  const bool qualified = !reference.catalog.empty() || !reference.schema.empty();
  if (qualified || std::find(k_pure.begin(), k_pure.end(), reference.name) == k_pure.end()) {
    if (!qualified) {
      MATVIEW_ASSIGN(resolved.call, file_call(reference));
    }
    if (!resolved.call)
      return fail(
          Error(ErrorCode::usage, "a view cannot read from " + reference.name +
                                      "(): what it returns depends on more than its arguments, or is not known here")
              .with_hint("read files with read_parquet, read_csv, read_json, read_text or read_blob"));
    resolved.kind = Resolved::Kind::files;
    resolved.name = resolved.call->name();
  }
  return resolved;
}

/// "alias.table" and "alias.schema.table".
std::optional<Resolved> resolve_attached(const Reference& reference, const std::vector<Attachment>& attachments) {
  const bool three = !reference.catalog.empty();
  const auto* attachment = find_attachment(attachments, three ? reference.catalog : reference.schema);
  if (!attachment) return std::nullopt;
  Resolved resolved;
  resolved.kind = attachment->is_lake ? Resolved::Kind::ducklake : Resolved::Kind::duckdb;
  resolved.attachment = attachment->alias;
  resolved.schema = three ? reference.schema : "main";
  resolved.table = reference.name;
  resolved.name = attachment->alias + (three ? "." + reference.schema : "") + "." + reference.name;
  return resolved;
}

}  // namespace

std::string Attachment::statement() const {
  return "ATTACH IF NOT EXISTS " + quote_literal(path) + " AS " + quote_identifier(alias) + " (TYPE duckdb, READ_ONLY)";
}

Result<std::vector<Attachment>> parse_attachments(const std::vector<std::string>& specifications) {
  std::vector<Attachment> attachments;
  for (const auto& text : specifications) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
      return fail(Error(ErrorCode::usage, "'" + text + "' is no attachment")
                      .with_hint("write alias=path.duckdb or alias=ducklake:path/catalog.sqlite"));
    Attachment attachment{text.substr(0, equals), text.substr(equals + 1)};
    attachment.is_lake = attachment.path.starts_with(k_lake_prefix);
    if (attachment.is_lake) attachment.path.erase(0, k_lake_prefix.size());
    if (attachment.path.find("://") != std::string::npos)
      return fail(ErrorCode::usage, "cannot attach '" + attachment.path + "': views read local files only");
    for (const std::string_view taken : {"memory", "system", "temp", "main", "pg_catalog", "information_schema"})
      if (fold_case(attachment.alias) == taken)
        return fail(ErrorCode::usage, "'" + attachment.alias + "' is DuckDB's own name: attach under another alias");
    if (find_attachment(attachments, attachment.alias))
      return fail(ErrorCode::usage, "two attachments are called '" + attachment.alias + "'");
    attachments.push_back(std::move(attachment));
  }
  return attachments;
}

const Attachment* find_attachment(const std::vector<Attachment>& attachments, std::string_view alias) {
  for (const auto& attachment : attachments)
    if (fold_case(attachment.alias) == fold_case(alias)) return &attachment;
  return nullptr;
}

std::string_view to_string(Resolved::Kind kind) {
  switch (kind) {
    case Resolved::Kind::files: return "files";
    case Resolved::Kind::view: return "view";
    case Resolved::Kind::duckdb: return "duckdb";
    case Resolved::Kind::ducklake: return "ducklake";
    case Resolved::Kind::other: break;
  }
  return "other";
}

Result<Resolved> resolve(const Reference& reference, const ViewDefinition& definition,
                         const std::vector<Attachment>& attachments, const UpstreamLookup& upstream) {
  if (reference.is_function) return resolve_function(reference);
  if (auto attached = resolve_attached(reference, attachments)) return *std::move(attached);
  Resolved resolved;
  if (!reference.schema.empty()) {
    for (const std::string_view hidden : {"information_schema", "pg_catalog", "system", "temp"})
      if (fold_case(reference.schema) == hidden || fold_case(reference.catalog) == hidden)
        return fail(ErrorCode::usage, "a view cannot read from " + reference.schema + "." + reference.name +
                                          ": it describes DuckDB, not data");
    return resolved;
  }
  if (fold_case(reference.name) == fold_case(definition.name))
    return fail(ErrorCode::usage, "view '" + definition.name + "' would read itself");
  MATVIEW_ASSIGN(resolved.view, upstream(reference.name));
  if (resolved.view) {
    resolved.kind = Resolved::Kind::view;
    resolved.name = resolved.table = reference.name;
    return resolved;
  }
  MATVIEW_ASSIGN(resolved.call, file_call(reference));
  if (resolved.call) {
    resolved.kind = Resolved::Kind::files;
    resolved.name = resolved.call->name();
  }
  return resolved;
}

}  // namespace matview::engine
