#include "cli/inputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <system_error>

#include "app/names.hpp"
#include "app/refresh.hpp"
#include "support/glob.hpp"
#include "support/text.hpp"

namespace matview::cli {

namespace {

/// One name a line; empty lines are skipped, so that nothing selects nothing.
std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) lines.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

Result<std::string> read_sql_file(Session& session, const std::string& file) {
  if (file == "-") return session.world().in.read_all();
  std::filesystem::path path = file;
  if (path.is_relative()) path = session.world().environment.working_directory() / path;
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    return fail(ErrorCode::usage, fmt::format("--query-file '{}' is a directory", file));
  std::ifstream stream(path, std::ios::binary);
  if (!stream)
    return fail(ErrorCode::usage, fmt::format("cannot read --query-file '{}': {}", file, std::strerror(errno)));
  return std::string{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

Result<void> check_values(const OptionSpec& spec, const std::vector<std::string>& values) {
  if (spec.check == nullptr) return {};
  for (const auto& value : values)
    if (auto checked = spec.check(value); !checked)
      return fail(std::move(checked).error().with_context(fmt::format("--{}: ", spec.name)));
  return {};
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

}  // namespace

std::vector<OptionRow> selector_options() {
  return {
      {"all", '\0', "", ValueKind::none, "every view of the profile"},
      {"stale", '\0', "", ValueKind::none, "of these, the views that are stale or were never filled"},
      {"due", '\0', "", ValueKind::none, "of these, the views whose schedule has ticked since they were refreshed"},
      {"auto", '\0', "", ValueKind::none, "of these, the views that refresh themselves and whose sources have changed"},
      {"failed", '\0', "", ValueKind::none, "of these, the views that failed last, or that the last run did not do"},
      {"tag", '\0', "TAG", ValueKind::tag, "of these, the views with this tag, or one of several", true},
      {"exclude", '\0', "GLOB", ValueKind::selector, "but not the views of these names", true},
  };
}

OptionRow all_profiles_option() { return {"all-profiles", '\0', "", ValueKind::none, "the views of every profile"}; }

OptionRow fields_option() {
  return {"fields", '\0', "KEYS", ValueKind::fields, "only these keys, separated by commas, in this order"};
}

OptionRow kind_option() {
  OptionRow row{"kind", '\0', "KIND", ValueKind::choice, "what the view is made by"};
  row.choices = {"query", "udtf", "chunker", "scalar_udtf"};
  return row;
}

std::string kind_of(const Arguments& arguments) {
  auto kind = arguments.value("kind").value_or("query");
  return kind == "scalar_udtf" ? "chunker" : kind;
}

Result<app::Selector> read_selector(Session& session, bool needed) {
  const Arguments& arguments = session.arguments();
  app::Selector selector;
  selector.all = arguments.has("all");
  selector.stale = arguments.has("stale");
  selector.failed = arguments.has("failed");
  selector.due = arguments.has("due");
  selector.auto_due = arguments.has("auto");
  selector.all_profiles = arguments.has("all-profiles");
  selector.tags = arguments.values("tag");
  selector.exclude = arguments.values("exclude");
  bool from_input = false;
  for (const auto& word : arguments.words()) {
    selector.terms_given = true;
    if (word != "-") {
      MATVIEW_TRY(app::parse_reference(word));
      selector.terms.push_back(word);
    } else if (!from_input) {
      from_input = true;
      MATVIEW_ASSIGN(const std::string text, session.world().in.read_all());
      for (auto& line : lines_of(text)) selector.terms.push_back(std::move(line));
    }
  }
  for (const auto& [flag, given] :
       {std::pair("--all", selector.all), std::pair("--all-profiles", selector.all_profiles)})
    if (given && selector.terms_given)
      return fail(ErrorCode::usage, fmt::format("{} and names of views contradict each other", flag));
  if (needed && selector.empty())
    return fail(
        Error(ErrorCode::usage, fmt::format("'{}' needs to know which views", session.command()))
            .with_hint("give names, a glob in quotes, --all, --stale, --due, --failed or --tag; see 'matview help "
                       "selectors'"));
  return selector;
}

std::set<std::string> profiles_of(Session& session, const app::Selector& selector) {
  const std::string& in_use = session.workspace().profile_in_use();
  std::set<std::string> profiles;
  if (selector.all_profiles) return profiles;
  for (const auto& term : selector.terms) {
    const auto reference = app::parse_reference(term.starts_with('+') ? term.substr(1) : term);
    if (reference && !support::has_glob(reference->profile))
      profiles.insert(reference->profile.empty() ? in_use : reference->profile);
  }
  if (selector.terms.empty()) profiles.insert(in_use);
  return profiles;
}

int report_unreachable(Session& session, const std::vector<Error>& errors, std::string_view what) {
  const std::size_t profiles = session.config().profiles().size();
  const auto error = app::combined_error(errors, profiles, profiles - errors.size(), what);
  if (!error) return 0;
  if (output::is_json(session.format()))
    session.report(*error);
  else
    for (const auto& single : errors) session.report(single);
  return exit_code(error->code);
}

output::Failures failures_of(const std::vector<Error>& unreachable) {
  output::Failures failures;
  for (const auto& error : unreachable) failures.push_back({error.profile, "", error});
  return failures;
}

Result<std::vector<std::string>> read_job_ids(Session& session) {
  std::vector<std::string> ids;
  bool from_input = false;
  for (const auto& word : session.arguments().words()) {
    if (word.empty()) return fail(ErrorCode::usage, "the id of a job is empty");
    if (word != "-") {
      ids.push_back(word);
    } else if (!from_input) {
      from_input = true;
      MATVIEW_ASSIGN(const std::string text, session.world().in.read_all());
      for (auto& line : lines_of(text)) ids.push_back(std::move(line));
    }
  }
  return ids;
}

Result<void> check_provider_options(Session& session, std::string_view profile, Operation operation) {
  MATVIEW_ASSIGN(const ProviderInfo* const info, session.workspace().info(profile));
  const auto spec_of = [&](const ProviderInfo& provider, const std::string& option) -> const OptionSpec* {
    for (const auto& spec : provider.options)
      if (spec.name == option && spec.operations.contains(operation)) return &spec;
    return nullptr;
  };
  for (const auto& [option, values] : session.arguments().provider_options()) {
    if (const auto* spec = spec_of(*info, option)) {
      MATVIEW_TRY(check_values(*spec, values));
      continue;
    }
    std::vector<std::string> owners;
    for (const auto& entry : session.registry())
      if (spec_of(entry.info(), option)) owners.push_back(entry.info().name);
    Error error(ErrorCode::usage, fmt::format("the provider '{}' has no option --{}", info->name, option));
    error.hint = fmt::format("it is an option of: {}", fmt::join(owners, ", "));
    return fail(session.workspace().attribute(std::move(error), profile));
  }
  return {};
}

Result<std::string> read_sql(Session& session, const std::optional<std::string>& text) {
  const auto file = session.arguments().value("query-file");
  if (text && file) return fail(ErrorCode::usage, "the query is given twice: as text and with --query-file");
  if (!text && !file) return std::string();
  std::string sql;
  if (text) {
    sql = *text;
  } else {
    MATVIEW_ASSIGN(sql, read_sql_file(session, *file));
  }
  if (is_blank(sql)) return fail(ErrorCode::usage, "the query is empty");
  if (sql.find('\0') != std::string::npos) return fail(ErrorCode::usage, "the query is not text: it holds a zero byte");
  if (support::valid_utf8(sql) != sql) return fail(ErrorCode::usage, "the query is not valid UTF-8");
  return sql;
}

Result<void> forbid_together(const Arguments& arguments, const std::vector<std::string>& options) {
  std::vector<std::string> given;
  for (const auto& option : options)
    if (arguments.has(option)) given.push_back("--" + option);
  if (given.size() < 2) return {};
  return fail(ErrorCode::usage, fmt::format("{} contradict each other", fmt::join(given, " and ")));
}

}  // namespace matview::cli
