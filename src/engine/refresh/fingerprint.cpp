#include "engine/refresh/fingerprint.hpp"

#include <fmt/format.h>

#include <string_view>

#include "engine/udtf/program.hpp"
#include "support/checksum.hpp"

namespace matview::engine {

namespace {

/// Lengths keep apart what concatenation would run together.
void append(std::string& text, std::string_view part) { text += fmt::format("{}:{};", part.size(), part); }

}  // namespace

std::string definition_fingerprint(const ViewDefinition& definition) {
  std::string text;
  append(text, definition.kind);
  append(text, definition.sql);
  append(text, definition.base_dir);
  append(text, definition.time_zone);
  for (const auto& attachment : definition.attachments) append(text, attachment);
  for (const auto& source : definition.sources) {
    append(text, source.kind);
    append(text, source.name);
    append(text, source.pinned);
  }
  for (const auto& column : definition.columns) {
    append(text, column.name);
    append(text, column.type);
  }
  if (!definition.program.empty()) {
    const auto program = udtf::program_from_json(definition.program);
    append(text, program ? udtf::identity(*program) : definition.program);
  }
  return support::checksum(text);
}

}  // namespace matview::engine
