#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matview/time.hpp"

namespace matview::output {

/// How a result is printed.
enum class Format {
  table,
  wide,   ///< the table with more columns
  json,   ///< one document
  jsonl,  ///< one event a line
  csv,
  name,  ///< names only, one a line
};

std::string_view to_string(Format format);
std::optional<Format> format_from(std::string_view text);

/// All names, for help, completion and messages.
const std::vector<std::string>& format_names();

/// True for the formats whose errors and warnings are JSON as well.
bool is_json(Format format);

/// What the stream that is written to can show, and how the user wants it. Stdout and stderr each have their own.
struct Style {
  bool color = false;
  bool terminal = false;  ///< people read it: relative times, human sizes, cut to `width`
  int width = 80;         ///< columns of the terminal
  Time now;               ///< what relative times count from
  bool quiet = false;
  std::string default_profile = {};  ///< views of this one are named without their profile
};

}  // namespace matview::output
