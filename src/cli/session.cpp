#include "cli/session.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <map>

#include "app/names.hpp"
#include "cli/trace_file.hpp"
#include "output/message.hpp"
#include "output/print.hpp"
#include "output/values.hpp"
#include "support/duration.hpp"
#include "support/members.hpp"
#include "support/text.hpp"

namespace matview::cli {

namespace {

/// How often a terminal is looked after: lines of progress move on, Ctrl-C is answered.
constexpr std::chrono::milliseconds k_tick{100};

bool is_special(std::string_view output) {
  return output == "curl" || output == "toml" || output::drawing_from(output);
}

bool is_set(const std::optional<std::string>& variable) { return variable && !variable->empty(); }

/// CI systems set CI=true; nobody is there to answer.
bool under_ci(const Environment& environment) {
  const auto value = environment.variable("CI");
  return is_set(value) && *value != "false" && *value != "0";
}

/// The setting of a flag: "log_file" for "log-file".
std::string key_of(std::string flag) {
  std::replace(flag.begin(), flag.end(), '-', '_');
  return flag;
}

std::map<std::string, std::string> general_flags(const Arguments& arguments) {
  std::map<std::string, std::string> flags;
  for (const char* name : {"output", "color", "progress", "timeout", "retries", "log-file", "log-format"})
    if (const auto value = arguments.value(name)) flags[key_of(name)] = *value;
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
  progress_ = std::make_unique<output::ProgressDisplay>(world_.err, mode, format_, err_style_,
                                                        output::system_steady_clock(), world_.err_size);
  events_.reset();
  if (format_ == output::Format::jsonl && !quiet()) events_ = std::make_unique<output::EventWriter>(world_.out);
  Observer& observer = events_ ? static_cast<Observer&>(*events_) : *progress_;
  if (log_) logging_ = std::make_unique<LoggingObserver>(observer, *log_);
  control_.emplace(Control{log_ ? *logging_ : observer, world_.stop, std::nullopt});
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

  MATVIEW_TRY(start_log());
  auto mode = output::progress_mode_from(setting("progress")).value_or(output::ProgressMode::automatic);
  if (mode == output::ProgressMode::automatic && under_ci(world_.environment)) mode = output::ProgressMode::none;
  start_reporting(mode);
  if (const auto timeout = setting("timeout"); !timeout.empty()) MATVIEW_TRY(limit_time(timeout));

  MATVIEW_ASSIGN(auto access, remote_access());
  workspace_.emplace(registry_, *config_, world_.environment, std::move(access));
  return {};
}

Result<void> Session::start_log() {
  const auto file = config_->setting("log_file");
  const auto format = config_->setting("log_format");
  if (!file) {
    if (arguments_.has("log-format"))
      return fail(Error(ErrorCode::usage, "--log-format says how the log is written, but there is none")
                      .with_hint("--log-file says where it goes"));
    return {};
  }
  const auto mask = [this](std::string_view text) { return workspace_ ? workspace_->mask(text) : std::string(text); };
  const auto complain = [this](const Error& error) {
    progress_->warning(fmt::format("the log is not written: {}", error.message));
  };
  log_.emplace(file->value, output::log_format_from(format ? format->value : "text").value_or(output::LogFormat::text),
               command_, world_.environment, mask, complain);
  MATVIEW_TRY(log_->check());
  log_->write(output::LogLevel::info, "start", {{"profile", config_->default_profile().name}});
  return {};
}

void Session::log_end(int exit_code) {
  if (!log_) return;
  const auto elapsed = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - began_);
  log_->write(exit_code == 0 ? output::LogLevel::info : output::LogLevel::error, "end",
              {{"exit_code", exit_code}, {"elapsed_seconds", output::seconds_value(elapsed)}});
}

std::unique_ptr<Ticker> Session::attend(std::function<std::string()> on_stop) {
  if (!err_style_.terminal || quiet()) return nullptr;
  return std::make_unique<Ticker>(k_tick, [this, on_stop = std::move(on_stop), told = false]() mutable {
    if (!told && world_.stop.load() == SIGINT) {
      told = true;
      if (const auto text = on_stop(); !text.empty()) progress_->print(output::render_note(text, format_, err_style_));
    }
    progress_->tick();
    if (world_.midline != nullptr) world_.midline->store(progress_->visible() ? STDERR_FILENO : 0);
  });
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
    Error error = std::move(answer).error();
    if (error.code == ErrorCode::interrupted || error.code == ErrorCode::terminated)
      error.message = "stopped at the question: nothing was done";
    return fail(std::move(error));
  }
  if (world_.in.ended()) (void)world_.err.write("\n");
  return *answer == "y" || *answer == "Y" || *answer == "yes" || *answer == "Yes";
}

std::string Session::shown(std::string_view profile, std::string_view view) const {
  return support::strip_control(app::display_name(profile, view, workspace_->profile_in_use()));
}

Result<void> Session::print_plans(const std::vector<Plan>& plans, const output::Failures& failures) {
  if (special_ == "curl") return output::print_curl(out(), plans, style());
  return output::print_plans(out(), plans, format(), style(), failures);
}

Result<int> Session::print_plans(const app::RefreshPlans& plans) {
  const bool one = plans.plans.empty() && plans.failed.size() == 1;
  // The error of a single one is the error of the command.
  if (one) return fail(*plans.error);
  output::Failures failures;
  for (const auto& [key, error] : plans.failed) failures.push_back({key.first, key.second, error});
  if (!output::is_json(format()))
    for (const auto& failure : failures) report(failure.error);
  if (!plans.plans.empty() || output::is_json(format())) MATVIEW_TRY(print_plans(plans.plans, failures));
  if (plans.error) return fail(*plans.error);
  return 0;
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

Result<void> Session::check_toml(bool has_definitions) const {
  if (!wants_toml() || has_definitions) return {};
  return fail(Error(ErrorCode::usage, fmt::format("'{}' has no definitions to print as TOML", command_))
                  .with_hint("'-o toml' is for show and list"));
}

void Session::report(Error error) {
  if (error.hint.empty()) error.hint = app::general_hint(error, registry());
  if (log_) {
    Value::Object fields{{"profile", support::text_or_null(error.profile)}};
    for (auto& field : output::log_fields(error)) fields.push_back(std::move(field));
    log_->write(output::LogLevel::error, "error", std::move(fields));
  }
  // Other threads may be telling of their progress.
  progress_->print(output::render_error(error, format_, err_style_));
}

void Session::note(std::string_view text) { progress_->print(output::render_note(text, format_, err_style_)); }

void Session::finished(const std::string& view) { progress_->finished(view); }

void Session::print_aside(std::string_view text) { progress_->print(text); }

}  // namespace matview::cli
