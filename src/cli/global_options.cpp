#include "cli/command_table.hpp"
#include "output/format.hpp"

namespace matview::cli {

namespace {

std::vector<std::string> output_choices() {
  auto names = output::format_names();
  names.insert(names.end(), {"toml", "curl", "dot", "mermaid"});
  return names;
}

}  // namespace

const std::vector<OptionRow>& global_options() {
  static const std::vector<OptionRow> k_options{
      {"profile", 'P', "NAME", ValueKind::profile, "the profile that names without PROFILE: belong to"},
      {"config", '\0', "FILE", ValueKind::file, "read this configuration file instead of the user's"},
      {"output", 'o', "FORMAT", ValueKind::choice,
       "how the result is printed; toml of show and list, curl with --dry-run, dot and mermaid of a graph", false,
       false, output_choices()},
      {"quiet", 'q', "", ValueKind::none, "print nothing but errors"},
      {"verbose", 'v', "", ValueKind::none, "say more about what is done; more of it when repeated", true},
      {"color", '\0', "WHEN", ValueKind::choice, "colour on a terminal", false, false, {"auto", "always", "never"}},
      {"progress",
       '\0',
       "HOW",
       ValueKind::choice,
       "how progress is shown on stderr",
       false,
       false,
       {"auto", "plain", "json", "none"}},
      {"dry-run", 'n', "", ValueKind::none, "say what would be done and change nothing"},
      {"timeout", '\0', "DURATION", ValueKind::duration, "give up after so long, as 90s, 15m or 2h"},
      {"retries", '\0', "N", ValueKind::number, "how often a remote request is tried again"},
      {"trace-http", '\0', "FILE", ValueKind::file, "write remote requests, without secrets, to stderr or FILE", false,
       true},
      {"log-file", '\0', "FILE", ValueKind::file, "append what happens to FILE, line by line; also under --quiet"},
      {"log-format", '\0', "FORMAT", ValueKind::choice, "how the log is written", false, false, {"text", "json"}},
      {"no-input", '\0', "", ValueKind::none, "never ask"},
      {"yes", 'y', "", ValueKind::none, "answer every question with yes"},
      {"help", 'h', "", ValueKind::none, "show help"},
      {"version", '\0', "", ValueKind::none, "show the version"},
  };
  return k_options;
}

}  // namespace matview::cli
