#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace matview::cli {

/// What `matview help TOPIC` prints: plain text of at most 80 columns, its last line ended. Empty for no topic.
std::optional<std::string> help_topic(std::string_view name);

struct HelpTopic {
  std::string_view name;
  std::string_view summary;  ///< one line, no full stop
};

/// The topics there are, in the order they are listed.
const std::vector<HelpTopic>& help_topics();

}  // namespace matview::cli
