#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/sources/definition.hpp"
#include "engine/sources/pinned.hpp"
#include "engine/sources/resolve.hpp"
#include "engine/sources/syntax.hpp"

namespace matview::engine {

/// A reference of a definition with what it was found to be at `create`.
struct PinnedReference {
  Reference reference;
  Resolved resolved;
  Pinned pinned;           ///< of its source; nothing for the kind `other`
  std::size_t source = 0;  ///< its place among ViewDefinition::sources; means nothing for the kind `other`
  std::size_t use = 0;     ///< of files: its place in `pinned.uses`

  /// The columns that the query sees, in their order.
  const std::vector<Column>& columns() const;

  /// The name by which the query may call it: the user's or the one it has without.
  std::string name() const;
};

/// The references of the definition's SQL, by position. A name that was files or a view at `create` is still that,
/// whatever has been made since.
Result<std::vector<PinnedReference>> pinned_references(const ViewDefinition& definition, const Syntax& syntax,
                                                       const std::vector<Attachment>& attachments,
                                                       const UpstreamLookup& upstream);

/// Text for a FROM that stands for the reference where its source is in `state`; empty where the name can stand for
/// itself. A view is read as `reference.resolved.view` says. `failed`, naming what is at fault, where the source is
/// gone or no longer fits.
Result<std::string> relation_of(Database& database, const PinnedReference& reference, const SourceState& state,
                                const std::vector<Attachment>& attachments);

/// The same as a SELECT of its columns.
Result<std::string> rows_of(Database& database, const PinnedReference& reference, const SourceState& state,
                            const std::vector<Attachment>& attachments);

/// "SELECT a, b FROM relation".
std::string select_columns(const std::vector<Column>& columns, const std::string& relation);

}  // namespace matview::engine
