#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "output/table.hpp"

namespace matview::output {

/// Lines of "LABEL  value", the values aligned. On a terminal long values go on below themselves.
class Pairs {
 public:
  /// Nothing is added for an empty value.
  void add(std::string label, Cell value);
  std::string render(const Style& style) const;

 private:
  std::vector<std::pair<std::string, Cell>> pairs_;
};

/// A blank line, a heading, and the text below it, indented. Nothing for an empty text.
std::string section(std::string_view heading, std::string_view text, const Style& style);

/// The style for what stands in a section: narrower by its indentation.
Style inside_section(Style style);

}  // namespace matview::output
