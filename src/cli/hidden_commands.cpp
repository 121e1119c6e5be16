#include "cli/hidden_commands.hpp"

#include <algorithm>

#include "app/name_completion.hpp"
#include "cli/completion_parts.hpp"
#include "cli/manual.hpp"
#include "config/config.hpp"
#include "providers/external/discover.hpp"
#include "providers/table.hpp"
#include "support/duration.hpp"
#include "support/text.hpp"

namespace matview::cli {

namespace {

using Words = std::vector<std::string>;

constexpr Duration k_time_to_complete = std::chrono::milliseconds(100);

struct CompletionRequest {
  std::string kind;
  std::string word;
  config::LoadOptions options;
};

CompletionRequest read_request(const Words& words) {
  CompletionRequest request;
  request.kind = words.size() > 1 ? words[1] : "";
  bool only_words = false;
  for (std::size_t i = 2; i < words.size(); ++i) {
    const auto& word = words[i];
    const bool has_next = i + 1 < words.size();
    if (only_words || !word.starts_with('-'))
      request.word = word;
    else if (word == "--")
      only_words = true;
    else if ((word == "-P" || word == "--profile") && has_next)
      request.options.profile = words[++i];
    else if (word == "--config" && has_next)
      request.options.config_file = words[++i];
    else if (word.starts_with("--profile="))
      request.options.profile = word.substr(word.find('=') + 1);
    else if (word.starts_with("--config="))
      request.options.config_file = word.substr(word.find('=') + 1);
    else if (word.starts_with("-P"))
      request.options.profile = word.substr(2);
  }
  return request;
}

std::vector<app::Suggestion> suggestions(const CompletionRequest& request, const Environment& environment,
                                         Registry registry) {
  std::vector<ProviderInfo> known;
  for (const auto& entry : registry) known.push_back(entry.info());
  const auto config = config::Config::load(environment, known, request.options);
  if (!config) return {};
  if (request.kind == "view") return app::suggest_views(*config, environment, request.word);
  if (request.kind == "selector") return app::suggest_selectors(*config, environment, request.word);
  if (request.kind == "profile") return app::suggest_profiles(*config);
  if (request.kind == "job") return app::suggest_jobs(*config, environment);
  if (request.kind == "tag") return app::suggest_tags(*config, environment);
  return {};
}

int complete(const Words& words, World& world) {
  Duration limit = k_time_to_complete;
  if (const auto given = world.environment.variable("MATVIEW_COMPLETION_TIMEOUT"))
    limit = support::parse_duration(*given).value_or(limit);
  if (world.end_after) world.end_after(limit);
  // A profile may be of a provider that is a program of its own; none of them is run.
  const auto entries =
      providers::with_external_providers(providers::builtin_providers(), world.environment, world.stop);
  std::string text;
  for (const auto& [word, remark] : suggestions(read_request(words), world.environment, entries)) {
    // A name with a control character cannot be typed, and would be taken for two.
    if (support::strip_control(word) != word) continue;
    text += word + "\t" + support::strip_control(remark) + "\n";
  }
  // All at once or nothing: the time may be up in between.
  (void)world.out.write(text);
  (void)world.out.flush();
  return 0;
}

int print_manual(const Words& words, World& world) {
  const auto commands = offered_commands(command_rows(providers::builtin_providers()));
  std::string text;
  if (words.size() < 2) {
    for (const auto& name : manual_pages(commands)) text += name + "\n";
  } else {
    const auto part = manual_part(words[1], commands);
    text = part ? *part : manual_page(words[1], commands).value_or("");
  }
  if (text.empty()) return exit_code(ErrorCode::usage);
  const bool written = world.out.write(text) && world.out.flush();
  return written ? 0 : exit_code(ErrorCode::failed);
}

}  // namespace

std::optional<int> run_hidden(const Words& words, World& world) {
  if (words.empty() || !words.front().starts_with("__")) return std::nullopt;
  if (words.front() == "__complete") return complete(words, world);
  if (words.front() == "__manual") return print_manual(words, world);
  return std::nullopt;
}

}  // namespace matview::cli
