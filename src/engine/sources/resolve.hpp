#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sources/definition.hpp"
#include "engine/sources/files.hpp"
#include "engine/sources/syntax.hpp"

namespace matview::engine {

/// A `--attach alias=path` of a definition.
struct Attachment {
  std::string alias;
  std::string path;  ///< absolute
  bool is_lake = false;

  std::string statement() const;  ///< ATTACH … (READ_ONLY), for a DuckDB file
};

/// `usage` for what is not "alias=path" or "alias=ducklake:path", and for an alias given twice.
Result<std::vector<Attachment>> parse_attachments(const std::vector<std::string>& specifications);

const Attachment* find_attachment(const std::vector<Attachment>& attachments, std::string_view alias);

/// What a reference stands for. A pure table function, and a name that DuckDB will not find either, are `other`.
struct Resolved {
  enum class Kind { other, files, view, duckdb, ducklake } kind = Kind::other;
  std::string name;  ///< PinnedSource::name
  std::optional<FileCall> call;
  std::optional<UpstreamView> view;
  std::string attachment;
  std::string schema;
  std::string table;
};

/// PinnedSource::kind of a kind.
std::string_view to_string(Resolved::Kind kind);

/// Finds what `reference` stands for: an upstream view, a table of an attachment, files. `usage` for a view that would
/// read itself and for functions a view cannot use.
Result<Resolved> resolve(const Reference& reference, const ViewDefinition& definition,
                         const std::vector<Attachment>& attachments, const UpstreamLookup& upstream);

}  // namespace matview::engine
