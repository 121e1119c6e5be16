#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/sources/changes.hpp"
#include "engine/sources/keep.hpp"
#include "engine/sources/relations.hpp"
#include "engine/sources/retained.hpp"

namespace matview::engine {

/// Extracts of sources as the last refresh left them: what the plan reads of a file, or of a table of a DuckDB file,
/// that is too large to be copied and was changed before.
class Extracts {
 public:
  /// All are to live as long as this.
  Extracts(const RetainedFiles& retained, const SourceReads& reads, const std::vector<PinnedReference>& references);

  /// Where the extract of a source is that consists of these files; empty if there is none that is intact.
  std::string path_of(std::size_t source, const std::vector<FileState>& files) const;

  /// Its rows with all columns of the reference; those that the plan does not read are NULL.
  Result<std::string> rows(const PinnedReference& reference, const std::string& path) const;

  /// Rows of the reference with such NULLs.
  std::string masked(const PinnedReference& reference, const std::string& rows) const;

  /// Of the columns of all references to a source those that the plan reads.
  std::vector<Column> columns_read(std::size_t source) const;

 private:
  std::string masked_list(const PinnedReference& reference) const;

  const RetainedFiles& retained_;
  const SourceReads& reads_;
  const std::vector<PinnedReference>& references_;
};

struct ExtractOptions {
  std::filesystem::path store_root;
  std::filesystem::path directory;  ///< below the store, of this refresh alone
  std::int64_t limit = 0;           ///< bytes of all extracts of a view
};

/// Writes the extracts that `kept` asks for and adds them to what it retains. One that would exceed the limit is left
/// out, and so is one that cannot be written: then there is no history. What the sources are is attached already.
Result<void> write_extracts(Database& database, const ViewDefinition& definition, const SourceReads& reads,
                            const UpstreamLookup& upstream, const ExtractOptions& options, KeptFiles& kept);

}  // namespace matview::engine
