#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace matview::test {

/// Commands that belong together, as a document shows them.
struct Example {
  std::string where;                              ///< for messages
  std::string script;                             ///< for bash
  std::map<std::string, std::string> files = {};  ///< that the document shows beside them, by name
};

/// Those below "Examples:" in the help of a command, each on its own.
std::vector<Example> examples_of_help(const std::string& command, std::string_view help);

/// Those of a page in mdoc(7): displays below EXAMPLES. Lines that set credentials are left out.
std::vector<Example> examples_of_page(const std::string& name, std::string_view page);

/// The blocks of a document in Markdown that are indented by four, without those of crontabs. A block of Python is the
/// file that its first line names.
std::vector<Example> examples_of_markdown(const std::string& name, std::string_view document);

}  // namespace matview::test
