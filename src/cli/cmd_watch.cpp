#include "cli/cmd_watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <limits>
#include <thread>

#include "app/watch.hpp"
#include "cli/inputs.hpp"
#include "cli/reporter.hpp"
#include "cli/running.hpp"
#include "cli/session.hpp"
#include "cli/watch_log.hpp"
#include "support/duration.hpp"
#include "support/service_notifier.hpp"
#include "support/text.hpp"
#include "support/time_text.hpp"

namespace matview::cli {

namespace {

constexpr Duration k_default_interval = std::chrono::minutes(1);
// Signal handlers only set flags; this often they are looked at.
constexpr std::chrono::milliseconds k_look{100};

/// "waiting until 2026-11-21T13:00:00Z; 12 views scheduled, 1 refreshing itself, 2 suspended"
std::string status_of(const app::Round& round, Time wake) {
  return fmt::format("waiting until {}; {} scheduled, {} refreshing themselves, {} suspended",
                     support::format_rfc3339(std::chrono::ceil<std::chrono::seconds>(wake)),
                     support::count_noun(round.scheduled, "view"), round.automatic, round.suspended);
}

class Watch {
 public:
  Watch(Session& session, app::Selector selector, app::RefreshOptions options, Duration interval,
        const std::atomic<int>* hangups, Reporter& reporter)
      : session_(session),
        selector_(std::move(selector)),
        options_(std::move(options)),
        interval_(interval),
        hangups_(hangups),
        reporter_(reporter),
        notifier_(session.world().environment),
        log_(session) {}

  /// Until a signal says stop: the exit code.
  Result<int> run() {
    while (stop() == 0) {
      if (hangups() != seen_hangups_) reload();
      const auto round = run_round();
      if (auto told = reporter_.write_metrics(log_.succeeded(), log_.failed(), log_.skipped()); !told)
        log_.report(told.error());
      if (stop() != 0) break;
      const Time wake = wake_after(round);
      if (std::exchange(ready_, true))
        notifier_.status(status_of(round, wake));
      else
        notifier_.ready(status_of(round, wake));
      sleep(wake);
    }
    notifier_.stopping();
    log_.note("stopped");
    // A service that was told to stop has not failed; a person's Ctrl-C is told as everywhere.
    const int code = stop() == SIGTERM ? 0 : exit_code(ErrorCode::interrupted);
    if (auto* events = session_.events())
      MATVIEW_TRY(events->summary({"watch", log_.succeeded(), log_.failed(), log_.skipped(), code, std::nullopt}));
    return code;
  }

 private:
  int stop() const { return session_.control().stop.load(); }
  int hangups() const { return hangups_ == nullptr ? 0 : hangups_->load(); }

  app::Round run_round() {
    // --timeout is for each round; the watch itself has no end.
    Control control{session_.control().observer, session_.control().stop, std::nullopt};
    if (const auto limit = time_limit()) control.deadline = std::chrono::steady_clock::now() + *limit;
    auto round = app::watch_round(session_.workspace(), selector_, options_, log_, control);
    if (stop() == 0)
      for (const auto& error : round.errors) log_.report(error);
    return round;
  }

  std::optional<Duration> time_limit() const {
    const auto setting = session_.config().setting("timeout");
    if (!setting || setting->value.empty()) return std::nullopt;
    const auto limit = support::parse_duration(setting->value);
    return limit ? std::optional(*limit) : std::nullopt;
  }

  /// When there may be something to do: a schedule ticks, or it is time to look at what others have changed.
  Time wake_after(const app::Round& round) const {
    const Time latest = now() + interval_;
    return round.next ? std::min(*round.next, latest) : latest;
  }

  Time now() const { return session_.world().environment.now(); }

  /// Until `wake` by the wall clock, which may be set meanwhile, or at most for the interval.
  void sleep(Time wake) const {
    const auto end = std::chrono::steady_clock::now() + interval_;
    while (stop() == 0 && hangups() == seen_hangups_ && now() < wake && std::chrono::steady_clock::now() < end)
      std::this_thread::sleep_for(
          std::min<std::chrono::steady_clock::duration>(k_look, end - std::chrono::steady_clock::now()));
  }

  /// A configuration that is wrong changes nothing: the one there was stays in effect.
  void reload() {
    seen_hangups_ = hangups();
    notifier_.reloading();
    if (auto loaded = session_.load_configuration())
      log_.note("the configuration was read again");
    else
      log_.report(std::move(loaded).error().with_context("the configuration stays as it was: "));
    ready_ = false;
  }

  Session& session_;
  app::Selector selector_;
  app::RefreshOptions options_;
  Duration interval_;
  const std::atomic<int>* hangups_;
  Reporter& reporter_;
  int seen_hangups_ = 0;
  bool ready_ = false;
  support::ServiceNotifier notifier_;
  WatchLog log_;
};

Result<int> run(Session& session) {
  const auto& arguments = session.arguments();
  Duration interval = k_default_interval;
  if (const auto text = arguments.value("interval")) {
    MATVIEW_ASSIGN(interval, support::parse_duration(*text));
    if (interval <= Duration{0}) return fail(ErrorCode::usage, "--interval must be longer than nothing");
  }
  MATVIEW_ASSIGN(app::Selector selector, read_selector(session, false));
  for (const auto& profile : profiles_of(session, selector)) {
    MATVIEW_TRY(session.workspace().require(profile, Operation::refresh));
    MATVIEW_TRY(check_provider_options(session, profile, Operation::refresh));
  }
  app::RefreshOptions options;
  options.unattended = true;
  options.if_locked = app::IfLocked::skip;  // the next round comes
  options.options = arguments.provider_options();
  MATVIEW_ASSIGN(options.jobs, jobs_of(arguments));
  if (session.dry_run()) {
    MATVIEW_ASSIGN(const auto plans, app::plan_round(session.workspace(), selector, options, session.control()));
    return session.print_plans(plans);
  }
  const auto* hangups = session.world().catch_hangup == nullptr ? nullptr : &session.world().catch_hangup();
  MATVIEW_ASSIGN(const auto reporter, Reporter::open(session));
  reporter->covers(selector);
  return Watch(session, std::move(selector), std::move(options), interval, hangups, *reporter).run();
}

}  // namespace

Command watch_command() {
  CommandRow row{"watch",
                 "[SELECTOR...]",
                 ValueKind::selector,
                 0,
                 std::numeric_limits<std::size_t>::max(),
                 "refresh views when they are due, until stopped",
                 "",
                 {}};
  row.description =
      "Stays in the foreground and does what 'refresh --due' and 'refresh --auto' do: when a schedule ticks, and every "
      "--interval for what others have changed. Without a selector: every view of the profile. A refresh that fails, "
      "or "
      "a view that cannot be looked at, is told of and tried again; it ends nothing. SIGTERM stops a refresh that runs "
      "and exits with 0, SIGHUP reads the configuration again. Under systemd it is a service of Type=notify.";
  row.options = selector_options();
  row.options.push_back(
      {"interval", '\0', "DURATION", ValueKind::duration, "look at what has changed at least this often (default 1m)"});
  row.options.push_back(jobs_option());
  row.options.push_back(metrics_option());
  row.operation = Operation::refresh;
  row.examples = {"matview watch", "matview watch --tag hourly --interval 10s", "matview watch --quiet --dry-run"};
  return {std::move(row), run, true, true};
}

}  // namespace matview::cli
