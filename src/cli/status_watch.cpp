#include "cli/status_watch.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <thread>

#include "output/message.hpp"
#include "output/print.hpp"
#include "output/table.hpp"
#include "output/values.hpp"
#include "support/pause.hpp"
#include "support/text.hpp"
#include "support/time_text.hpp"

namespace matview::cli {

namespace {

constexpr std::chrono::milliseconds k_look_at_size{100};

/// What a look warns of is shown with it: written to the terminal it would tear the table.
class KeptWarnings final : public Observer {
 public:
  explicit KeptWarnings(LogFile* log) : log_(log) {}

  void warning(std::string_view text) override {
    if (log_ != nullptr) log_->write(output::LogLevel::warning, "warning", {{"message", text}});
    const std::lock_guard lock(mutex_);
    last_ = std::string(text);
  }

  std::string take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(last_, {});
  }

 private:
  LogFile* log_;
  std::mutex mutex_;
  std::string last_;
};

bool ends_the_watch(const Control& control, const Error& error, bool first) {
  if (error.code == ErrorCode::interrupted || error.code == ErrorCode::terminated) return true;
  if (control.deadline && std::chrono::steady_clock::now() >= *control.deadline) return true;
  // A name that is wrong stays wrong; a backend that is away comes back.
  return first && error.code != ErrorCode::unavailable && error.code != ErrorCode::timeout;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

/// One table on a terminal.
class Screen {
 public:
  Screen(Session& session, const WatchOptions& options) : session_(session), options_(options) {}
  ~Screen() { leave(); }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  void views(std::vector<View> views) {
    views_ = std::move(views);
    looked_ = session_.world().environment.now();
    trouble_.clear();
  }
  void trouble(std::string text) { trouble_ = std::move(text); }

  Result<void> draw() {
    const auto terminal = size();
    auto lines = table(terminal);
    std::vector<std::string> foot;
    for (auto& line : lines_of(trouble_)) foot.push_back(support::truncate(line, terminal.columns - 1));
    foot.push_back(footer(terminal));
    // What has scrolled away cannot be drawn again.
    const auto room = static_cast<std::size_t>(std::max(2, terminal.rows - 1 - static_cast<int>(foot.size())));
    if (lines.size() > room) {
      const auto more = lines.size() - room + 1;
      lines.resize(room - 1);
      lines.push_back(support::truncate(fmt::format("… and {} more", more), terminal.columns - 1));
    }
    lines.insert(lines.end(), foot.begin(), foot.end());
    if (session_.world().midline != nullptr) session_.world().midline->store(STDOUT_FILENO);
    drawn_for_ = terminal;
    return write(live_.draw(lines, terminal));
  }

  /// The table stays as it was seen last, without what is of use only while it is drawn.
  Result<void> end() {
    ended_ = true;
    return looked_ ? draw() : Result<void>();
  }

  /// Draws again if the terminal has changed its size.
  Result<void> follow_size() {
    const auto terminal = size();
    if (terminal.columns == drawn_for_.columns && terminal.rows == drawn_for_.rows) return {};
    return draw();
  }

 private:
  output::TerminalSize size() const {
    const auto& sizer = session_.world().out_size;
    return sizer ? sizer() : output::TerminalSize{session_.world().width, 24};
  }

  std::vector<std::string> table(output::TerminalSize terminal) const {
    output::Style style = session_.style();
    style.width = terminal.columns - 1;
    style.now = session_.world().environment.now();
    output::StringSink text;
    if (looked_)
      std::ignore =
          output::print_views(text, views_, session_.format(), style, options_.fields, output::ViewTable::status);
    return lines_of(text.text());
  }

  std::string footer(output::TerminalSize terminal) const {
    std::string text = ended_ ? "" : fmt::format("every {} s; Ctrl-C ends", options_.interval.count());
    if (looked_) {
      const auto seconds = std::chrono::floor<std::chrono::seconds>(*looked_);
      text = fmt::format("as of {}{}{}", support::format_rfc3339(seconds), ended_ ? "" : "; ", text);
    }
    return output::paint(support::truncate(text, terminal.columns - 1), output::Tone::dim, session_.style());
  }

  Result<void> write(const std::string& text) {
    MATVIEW_TRY(session_.out().write(text));
    return session_.out().flush();
  }

  /// The table stays, and whatever comes next has a line of its own.
  void leave() {
    std::ignore = write(live_.leave());
    if (session_.world().midline != nullptr) session_.world().midline->store(0);
  }

  Session& session_;
  const WatchOptions& options_;
  output::LiveLines live_;
  output::TerminalSize drawn_for_;
  std::vector<View> views_;
  std::optional<Time> looked_;
  std::string trouble_;
  bool ended_ = false;
};

/// The views that are not what they were when they were printed last.
class Changes {
 public:
  explicit Changes(const std::vector<std::string>& fields) : fields_(fields) {}

  std::vector<View> take(const std::vector<View>& views) {
    std::vector<View> changed;
    std::map<std::pair<std::string, std::string>, Value> now;
    for (const auto& view : views) {
      Value document = shown(view);
      const std::pair key(view.profile, view.name);
      const auto before = seen_.find(key);
      if (before == seen_.end() || !(before->second == document)) changed.push_back(view);
      now.emplace(key, std::move(document));
    }
    for (const auto& [key, document] : seen_)
      if (!now.contains(key)) gone_.push_back(key.second);
    seen_ = std::move(now);
    return changed;
  }

  std::vector<std::string> take_gone() { return std::exchange(gone_, {}); }

  /// What is printed of a view.
  Value shown(const View& view) const {
    const Value document = output::to_value(view);
    if (fields_.empty()) return document;
    Value::Object members;
    for (const auto& field : fields_) members.emplace_back(field, document.at(field));
    return members;
  }

 private:
  const std::vector<std::string>& fields_;
  std::map<std::pair<std::string, std::string>, Value> seen_;
  std::vector<std::string> gone_;
};

/// Where lines follow each other: a file, a pipe, or a terminal with a format that is no table.
class Printer {
 public:
  Printer(Session& session, const WatchOptions& options)
      : session_(session), options_(options), changes_(options.fields) {}

  Result<void> views(const std::vector<View>& views) {
    const auto changed = changes_.take(views);
    for (const auto& name : changes_.take_gone())
      session_.note(fmt::format("view '{}' is gone", support::strip_control(name)));
    const bool first = std::exchange(first_, false);
    if (!first && changed.empty()) return {};
    if (auto* events = session_.events()) {
      for (const auto& view : changed) events->result("view", changes_.shown(view));
      return {};
    }
    output::Style style = session_.style();
    style.now = session_.world().environment.now();
    output::StringSink text;
    MATVIEW_TRY(
        output::print_views(text, changed, session_.format(), style, options_.fields, output::ViewTable::status));
    std::string_view rest = text.text();
    // One file of CSV has one header.
    if (!first && session_.format() == output::Format::csv) rest.remove_prefix(rest.find('\n') + 1);
    MATVIEW_TRY(session_.out().write(rest));
    return session_.out().flush();
  }

  /// Once, and not again with every look.
  void trouble(const std::vector<Error>& errors) {
    std::string all;
    for (const auto& error : errors) all += error.message + "\n";
    if (std::exchange(last_trouble_, all) == all) return;
    for (const auto& error : errors) session_.report(error);
  }

 private:
  Session& session_;
  const WatchOptions& options_;
  Changes changes_;
  bool first_ = true;
  std::string last_trouble_;
};

/// Until the next look is due; an error where there will be none.
Result<void> wait_in_place(Session& session, const WatchOptions& options, Screen& screen) {
  const auto next = std::chrono::steady_clock::now() + options.interval;
  while (std::chrono::steady_clock::now() < next) {
    MATVIEW_TRY(support::pause(k_look_at_size, session.control()));
    MATVIEW_TRY(screen.follow_size());
  }
  return {};
}

Result<int> watch_in_place(Session& session, const WatchOptions& options, Reporter& reporter) {
  KeptWarnings warnings(session.log());
  Control control{warnings, session.control().stop, session.control().deadline};
  Screen screen(session, options);
  Result<void> going_on;
  for (bool first = true; going_on; first = false) {
    auto found = options.look(control);
    const auto warning = warnings.take();
    if (found) {
      MATVIEW_TRY(reporter.write_metrics(found->views));
      screen.views(std::move(found->views));
      std::string trouble;
      if (!warning.empty()) trouble = output::render_warning(warning, output::Format::table, session.style());
      for (const auto& error : found->unreachable)
        trouble += output::render_error(error, output::Format::table, session.style());
      screen.trouble(std::move(trouble));
    } else if (ends_the_watch(session.control(), found.error(), first)) {
      going_on = fail(std::move(found).error());
      break;
    } else {
      screen.trouble(output::render_error(found.error(), output::Format::table, session.style()));
    }
    MATVIEW_TRY(screen.draw());
    if (session.out().closed()) return 0;
    going_on = wait_in_place(session, options, screen);
  }
  MATVIEW_TRY(screen.end());
  // Who ended it knows why it ended.
  if (going_on.error().code == ErrorCode::interrupted) return exit_code(ErrorCode::interrupted);
  return fail(std::move(going_on).error());
}

Result<int> watch_by_line(Session& session, const WatchOptions& options, Reporter& reporter) {
  Printer printer(session, options);
  for (bool first = true;; first = false) {
    const auto found = options.look(session.control());
    if (!found && ends_the_watch(session.control(), found.error(), first)) return fail(found.error());
    if (found) {
      MATVIEW_TRY(reporter.write_metrics(found->views));
      MATVIEW_TRY(printer.views(found->views));
      printer.trouble(found->unreachable);
    } else {
      printer.trouble({found.error()});
    }
    if (session.out().closed()) return 0;
    MATVIEW_TRY(support::pause(options.interval, session.control()));
  }
}

}  // namespace

Result<int> watch_status(Session& session, const WatchOptions& options, Reporter& reporter) {
  const bool table = session.format() == output::Format::table || session.format() == output::Format::wide;
  auto outcome = session.style().terminal && table && !session.quiet() ? watch_in_place(session, options, reporter)
                                                                       : watch_by_line(session, options, reporter);
  auto* events = session.events();
  if (events == nullptr || outcome) return outcome;
  output::Summary summary;
  summary.operation = "status";
  summary.exit_code = exit_code(outcome.error().code);
  MATVIEW_TRY(events->summary(summary));
  return outcome;
}

}  // namespace matview::cli
