#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matview/result.hpp"

namespace matview::config {

/// A key of a configuration file with its value, free of the parser's types. Also a value from the environment or a
/// flag, which has no type of its own yet.
struct Entry {
  enum class Kind { string, integer, floating, boolean, date_or_time, array, table, untyped };

  std::string key;
  Kind kind = Kind::untyped;
  std::string text;  ///< of a scalar: a string's characters, a number's digits, "true", a time as RFC 3339 has it
  std::vector<Entry> members;  ///< of a table by key, of an array in order
  std::size_t line = 0;        ///< of the key, from 1
};

/// "a string", "a whole number", "a table", … for messages.
std::string_view description(Entry::Kind kind);

/// Parses TOML. `name` stands for the file in messages. `usage` with file, line and column for a syntax error.
Result<std::vector<Entry>> parse_document(std::string_view text, const std::string& name);

/// Reads a file and parses it; empty where there is none. At most 1 MiB.
Result<std::optional<std::vector<Entry>>> read_document(const std::filesystem::path& file);

/// The whole file as text; empty where there is none. `usage` naming it where it cannot be read or is too large.
Result<std::optional<std::string>> read_text(const std::filesystem::path& file);

/// The strings of a list as a TOML array on one line, and back. `usage` for anything but a list of strings.
std::string format_list(const std::vector<std::string>& items);
Result<std::vector<std::string>> parse_list(std::string_view text);

}  // namespace matview::config
