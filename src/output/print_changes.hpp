#pragma once

#include <string>
#include <vector>

#include "matview/provider.hpp"
#include "matview/value.hpp"
#include "output/format.hpp"
#include "output/sink.hpp"

namespace matview::output {

// What `diff` and `apply` have to say. A change is the document that it is in JSON: {"action", "view", "profile",
// "provider", "reason", "effect", "where", "fields", "diff", "depends_on", "error"}, and for `apply` also "state" and
// "remark".

/// The changes for people, each with what differs and a unified diff of its query. What is unchanged is left out unless
/// `whole`.
std::string changes_text(const std::vector<Value>& changes, bool whole, const Style& style);

/// `summary` stands beside the changes in a JSON document.
Result<void> print_changes(Sink& sink, const std::vector<Value>& changes, const Value& summary, Format format,
                           const Style& style);

/// The outcome of `apply`: a line each, with its state.
Result<void> print_applied(Sink& sink, const std::vector<Value>& changes, const Value& summary, Format format,
                           const Style& style);

/// A view as its provider tells its definition.
struct Definition {
  std::string profile;
  const ProviderInfo* provider = nullptr;
  CreateRequest request;
};

/// Views as a views file has them, in TOML.
Result<void> print_definitions(Sink& sink, const std::vector<Definition>& definitions, const Style& style);

}  // namespace matview::output
