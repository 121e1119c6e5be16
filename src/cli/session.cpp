#include "cli/session.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <map>

#include "cli/trace_file.hpp"
#include "output/message.hpp"
#include "output/print.hpp"
#include "support/duration.hpp"

namespace matview::cli {

namespace {

bool is_special(std::string_view output) { return output == "curl" || output::drawing_from(output); }

bool is_set(const std::optional<std::string>& variable) { return variable && !variable->empty(); }

/// CI systems set CI=true; nobody is there to answer.
bool under_ci(const Environment& environment) {
  const auto value = environment.variable("CI");
  return is_set(value) && *value != "false" && *value != "0";
}

std::map<std::string, std::string> general_flags(const Arguments& arguments) {
  std::map<std::string, std::string> flags;
  for (const char* name : {"output", "color", "progress", "timeout", "retries"})
    if (const auto value = arguments.value(name)) flags[name] = *value;
  // No way to print every result, and so no setting.
  if (is_special(flags["output"]) || flags["output"].empty()) flags.erase("output");
  if (arguments.has("quiet")) flags["quiet"] = "true";
  if (arguments.has("dry-run")) flags["dry_run"] = "true";
  if (arguments.has("no-input")) flags["no_input"] = "true";
  if (arguments.has("yes")) flags["yes"] = "true";
  if (arguments.has("verbose")) flags["verbose"] = std::to_string(arguments.count("verbose"));
  return flags;
}

std::vector<ProviderInfo> infos(Registry registry) {
  std::vector<ProviderInfo> result;
  for (const auto& entry : registry) result.push_back(entry.info());
  return result;
}

}  // namespace

Session::Session(World& world, Registry registry, std::string command, Arguments arguments)
    : world_(world), registry_(registry), command_(std::move(command)), arguments_(std::move(arguments)) {
  auto wanted = arguments_.value("output");
  if (!wanted) wanted = world.environment.variable("MATVIEW_OUTPUT");
  if (wanted && is_special(*wanted)) special_ = *wanted;
  if (wanted) format_ = output::format_from(*wanted).value_or(format_);
  out_style_.quiet = err_style_.quiet = arguments_.has("quiet");
  out_style_.terminal = world.out_is_terminal;
  err_style_.terminal = world.err_is_terminal;
  for (auto* style : {&out_style_, &err_style_}) {
    style->width = world.width;
    style->now = world.environment.now();
  }
  style_streams(arguments_.value("color").value_or("auto"));
  start_reporting(output::ProgressMode::none);
}

void Session::style_streams(std::string_view color) {
  const bool plain =
      is_set(world_.environment.variable("NO_COLOR")) || world_.environment.variable("TERM").value_or("") == "dumb";
  for (auto* style : {&out_style_, &err_style_})
    style->color = color == "always" || (color != "never" && style->terminal && !plain);
}

void Session::start_reporting(output::ProgressMode mode) {
  progress_ = std::make_unique<output::ProgressDisplay>(world_.err, mode, format_, err_style_);
  events_.reset();
  if (format_ == output::Format::jsonl && !quiet()) events_ = std::make_unique<output::EventWriter>(world_.out);
  Observer& observer = events_ ? static_cast<Observer&>(*events_) : *progress_;
  control_.emplace(Control{observer, world_.stop, std::nullopt});
}

config::LoadOptions Session::load_options() const {
  config::LoadOptions options;
  if (const auto file = arguments_.value("config")) options.config_file = *file;
  options.profile = arguments_.value("profile");
  options.flags = general_flags(arguments_);
  return options;
}

Result<void> Session::load_configuration() {
  const auto known = infos(registry_);
  MATVIEW_ASSIGN(config_, config::Config::load(world_.environment, known, load_options()));

  const auto setting = [&](std::string_view key) {
    const auto found = config_->setting(key);
    return found ? found->value : std::string();
  };
  format_ = output::format_from(setting("output")).value_or(output::Format::table);
  out_style_.quiet = err_style_.quiet = setting("quiet") == "true";
  out_style_.default_profile = err_style_.default_profile = config_->default_profile().name;
  style_streams(setting("color"));
  dry_run_ = setting("dry_run") == "true";
  yes_ = setting("yes") == "true";
  verbosity_ = std::atoi(setting("verbose").c_str());
  interactive_ =
      world_.in_is_terminal && world_.err_is_terminal && setting("no_input") != "true" && !under_ci(world_.environment);

  auto mode = output::progress_mode_from(setting("progress")).value_or(output::ProgressMode::automatic);
  if (mode == output::ProgressMode::automatic && under_ci(world_.environment)) mode = output::ProgressMode::none;
  start_reporting(mode);
  if (const auto timeout = setting("timeout"); !timeout.empty()) MATVIEW_TRY(limit_time(timeout));

  MATVIEW_ASSIGN(auto access, remote_access());
  workspace_.emplace(registry_, *config_, world_.environment, std::move(access));
  return {};
}

Result<void> Session::limit_time(const std::string& timeout) {
  MATVIEW_ASSIGN(const Duration limit, support::parse_duration(timeout));
  control_->deadline = std::chrono::steady_clock::now() + limit;
  return {};
}

Result<app::RemoteAccess> Session::remote_access() {
  app::RemoteAccess access;
  access.open_transport = world_.open_transport;
  auto trace = arguments_.value("trace-http");
  if (const auto variable = world_.environment.variable("MATVIEW_TRACE_HTTP"); !trace && is_set(variable))
    trace = variable;
  if (trace == "-") trace = "";
  if (trace && trace->empty()) access.trace = [this](std::string_view text) { progress_->print(text); };
  if (trace && !trace->empty()) {
    const auto path = world_.environment.working_directory() / *trace;
    MATVIEW_ASSIGN(access.trace, open_trace_file(path));
  }
  return access;
}

Result<bool> Session::confirm(std::string_view question) {
  progress_->clear();
  MATVIEW_TRY(world_.err.write(fmt::format("{} [y/N] ", question)));
  MATVIEW_TRY(world_.err.flush());
  auto answer = world_.in.read_line();
  if (!answer) {
    (void)world_.err.write("\n");
    return fail(std::move(answer).error());
  }
  return *answer == "y" || *answer == "Y" || *answer == "yes" || *answer == "Yes";
}

Result<void> Session::print_plans(const std::vector<Plan>& plans) {
  if (special_ == "curl") return output::print_curl(out(), plans, style());
  return output::print_plans(out(), plans, format(), style());
}

Result<void> Session::check_special_output(bool has_plans) const {
  if (drawing() && command_ != "graph")
    return fail(Error(ErrorCode::usage, fmt::format("'{}' has no graph to print as {}", command_, special_))
                    .with_hint(fmt::format("'matview graph -o {}' draws one", special_)));
  if (special_ != "curl" || (has_plans && dry_run_)) return {};
  if (has_plans)
    return fail(Error(ErrorCode::usage, "'-o curl' prints the requests of a dry run").with_hint("add --dry-run"));
  return fail(Error(ErrorCode::usage, fmt::format("'{}' has no dry run to print as curl", command_))
                  .with_hint("'-o curl' is for create, refresh, drop and cancel with --dry-run"));
}

void Session::report(Error error) {
  if (error.hint.empty()) error.hint = app::general_hint(error, registry());
  // Other threads may be telling of their progress.
  progress_->print(output::render_error(error, format_, err_style_));
}

void Session::note(std::string_view text) { progress_->print(output::render_note(text, format_, err_style_)); }

void Session::finished(const std::string& view) { progress_->finished(view); }

}  // namespace matview::cli
