#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "app/refresh.hpp"
#include "app/selection.hpp"
#include "app/workspace.hpp"
#include "cli/arguments.hpp"
#include "cli/log_file.hpp"
#include "cli/ticker.hpp"
#include "cli/world.hpp"
#include "config/config.hpp"
#include "matview/control.hpp"
#include "output/events.hpp"
#include "output/graph.hpp"
#include "output/print.hpp"
#include "output/progress.hpp"

namespace matview::cli {

/// One command at work: its words, the configuration in effect, where its output goes and how it looks.
class Session {
 public:
  /// Before the configuration is known: formats and styles as far as the command line and the environment tell.
  Session(World& world, Registry registry, std::string command, Arguments arguments);

  /// Where the configuration is read from, and what the command line says over it.
  config::LoadOptions load_options() const;

  /// Gives all that follows no longer than `timeout` ("15m").
  Result<void> limit_time(const std::string& timeout);

  /// How remote backends are reached, and traced if that was asked for.
  Result<app::RemoteAccess> remote_access();

  /// Reads the configuration and opens the workspace; what a command without configuration does without.
  Result<void> load_configuration();

  const Arguments& arguments() const { return arguments_; }
  World& world() { return world_; }
  Registry registry() const { return registry_; }
  const std::string& command() const { return command_; }

  const config::Config& config() const { return *config_; }
  app::Workspace& workspace() { return *workspace_; }

  /// What long operations report to and are stopped by. With -o jsonl progress goes to stdout as events.
  Control& control() { return *control_; }
  /// The writer of -o jsonl's events; null with every other format.
  output::EventWriter* events() { return events_.get(); }

  output::Sink& out() { return world_.out; }
  output::Format format() const { return format_; }
  const output::Style& style() const { return out_style_; }
  bool quiet() const { return out_style_.quiet; }
  bool dry_run() const { return dry_run_; }
  int verbosity() const { return verbosity_; }

  /// True where a person is there to be asked: terminals, not CI, not --no-input.
  bool interactive() const { return interactive_; }
  bool yes() const { return yes_; }

  /// Asks on stderr and reads a line. `interrupted` or `terminated` if the answer is a signal.
  Result<bool> confirm(std::string_view question);

  /// How messages call a view: with its profile unless that is the one in use.
  std::string shown(std::string_view profile, std::string_view view) const;

  /// What a dry run found, in the format asked for.
  Result<void> print_plans(const std::vector<Plan>& plans, const output::Failures& failures = {});
  /// The same for a run, of which some may not be planned: these are told of. The exit code, or the error that is left.
  Result<int> print_plans(const app::RefreshPlans& plans);
  /// `usage` where `-o curl` was asked for, which only a dry run that has plans can print, or a drawing, which is one
  /// of a graph.
  Result<void> check_special_output(bool has_plans) const;
  /// The language of -o in which a graph is to be drawn, if it was asked for one.
  std::optional<output::Drawing> drawing() const { return output::drawing_from(special_); }

  /// -o toml: definitions, by the commands that have any.
  bool wants_toml() const { return special_ == "toml"; }
  /// `usage` where `-o toml` was asked of a command that has no definitions to print.
  Result<void> check_toml(bool has_definitions) const;

  /// On stderr, with a hint where there can be one.
  void report(Error error);
  void note(std::string_view text);
  /// The view's progress is over.
  void finished(const std::string& view);
  /// On stderr, as it is and also under --quiet: what was asked for by an option of its own.
  void print_aside(std::string_view text);

  /// The log of --log-file; null without one.
  LogFile* log() { return log_ ? &*log_ : nullptr; }
  void log_end(int exit_code);

  /// While the object lives, what a terminal shows is kept up to date, and the first Ctrl-C is answered with what
  /// `on_stop` says. That is called from another thread.
  std::unique_ptr<Ticker> attend(std::function<std::string()> on_stop);

 private:
  void style_streams(std::string_view color);
  void start_reporting(output::ProgressMode mode);
  Result<void> start_log();

  World& world_;
  Registry registry_;
  std::string command_;
  Arguments arguments_;
  std::optional<config::Config> config_;
  output::Format format_ = output::Format::table;
  output::Style out_style_;
  output::Style err_style_;
  std::string special_;  ///< an output that not every command has: curl, toml, dot, mermaid
  bool dry_run_ = false;
  bool yes_ = false;
  bool interactive_ = false;
  int verbosity_ = 0;
  std::unique_ptr<output::ProgressDisplay> progress_;
  std::unique_ptr<output::EventWriter> events_;
  std::optional<LogFile> log_;
  std::unique_ptr<LoggingObserver> logging_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::optional<Control> control_;
  /// Goes first: a provider may log out then, and a trace shows that.
  std::optional<app::Workspace> workspace_;
};

}  // namespace matview::cli
