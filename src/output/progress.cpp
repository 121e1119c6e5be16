#include "output/progress.hpp"

#include <algorithm>
#include <mutex>
#include <vector>

#include "output/message.hpp"
#include "output/progress_line.hpp"
#include "support/json.hpp"

namespace matview::output {

namespace {

using namespace std::chrono_literals;
using TimePoint = std::chrono::steady_clock::time_point;

constexpr auto k_bar_delay = 500ms;     // shorter work needs no bar
constexpr auto k_bar_interval = 100ms;  // a person reads no faster
constexpr auto k_plain_interval = 5s;
constexpr auto k_json_interval = 1s;
constexpr int k_most_lines = 8;  // more than that nobody reads while it moves

/// One view at work.
struct Running {
  Progress progress;
  TimePoint started;
  std::optional<TimePoint> shown;
  std::string shown_step = {};
};

}  // namespace

std::optional<ProgressMode> progress_mode_from(std::string_view text) {
  if (text == "auto") return ProgressMode::automatic;
  if (text == "plain") return ProgressMode::plain;
  if (text == "json") return ProgressMode::json;
  if (text == "none") return ProgressMode::none;
  return std::nullopt;
}

struct ProgressDisplay::State {
  Sink& sink;
  ProgressMode mode;
  Format format;
  Style style;
  SteadyClock clock;
  TerminalSizer sizer;
  mutable std::mutex mutex = {};
  std::vector<Running> running = {};  ///< in the order in which they began
  std::optional<TimePoint> drawn = {};
  LiveLines lines = {};

  bool has_bar() const { return mode == ProgressMode::automatic && style.terminal; }

  TerminalSize size() const { return sizer ? sizer() : TerminalSize{style.width, 24}; }

  void put(const std::string& text) {
    // Progress that cannot be shown is no reason to stop the work it is about.
    if (!text.empty() && sink.write(text)) std::ignore = sink.flush();
  }

  Running& of(const std::string& view, TimePoint now) {
    const auto found =
        std::find_if(running.begin(), running.end(), [&](const Running& r) { return r.progress.view == view; });
    if (found != running.end()) return *found;
    return running.emplace_back(Running{{}, now, {}, {}});
  }

  void erase() { put(lines.erase(size())); }

  /// A line for each view at work. Those that began first stand above and stay; the rest is a number.
  std::vector<std::string> frame(TimePoint now, TerminalSize terminal) const {
    const auto room = static_cast<std::size_t>(std::clamp(terminal.rows - 2, 1, k_most_lines));
    const std::size_t shown = running.size() <= room ? running.size() : std::max<std::size_t>(1, room - 1);
    const std::size_t others = running.size() - shown;
    Style narrow = style;
    narrow.width = terminal.columns;
    const std::size_t untold = room == 1 ? others : 0;
    const auto elapsed = [&](std::size_t i) { return std::chrono::duration_cast<Duration>(now - running[i].started); };
    int widest = 0;
    int narrowest = terminal.columns;
    for (std::size_t i = 0; i < shown; ++i) {
      widest = std::max(widest, progress_name_width(running[i].progress));
      narrowest = std::min(narrowest, progress_name_room(running[i].progress, elapsed(i), untold, narrow));
    }
    std::vector<std::string> result;
    for (std::size_t i = 0; i < shown; ++i)
      result.push_back(progress_bar(running[i].progress, elapsed(i), untold, narrow, std::min(widest, narrowest)));
    if (others > 0 && room > 1) result.push_back(more_at_work(others, narrow));
    return result;
  }

  void draw(TimePoint now, bool at_once) {
    if (running.empty()) return erase();
    if (now - running.front().started < k_bar_delay && !lines.visible()) return;
    if (!at_once && drawn && now - *drawn < k_bar_interval) return;
    const auto terminal = size();
    put(lines.draw(frame(now, terminal), terminal));
    drawn = now;
  }

  /// Writes above the lines, which are drawn again below it, all in one piece.
  void put_above(const std::string& text) {
    const bool redraw = lines.visible();
    std::string all = lines.erase(size()) + text;
    if (redraw && !running.empty()) {
      const auto now = clock();
      const auto terminal = size();
      all += lines.draw(frame(now, terminal), terminal);
      drawn = now;
    }
    put(all);
  }

  void show_line(Running& view, TimePoint now) {
    const auto interval = mode == ProgressMode::json ? k_json_interval : std::chrono::seconds(k_plain_interval);
    if (view.shown && view.shown_step == view.progress.step && now - *view.shown < interval) return;
    view.shown = now;
    view.shown_step = view.progress.step;
    const auto elapsed = std::chrono::duration_cast<Duration>(now - view.started);
    put((mode == ProgressMode::json ? support::to_json(progress_event(view.progress))
                                    : plain_progress(view.progress, elapsed)) +
        "\n");
  }
};

ProgressDisplay::ProgressDisplay(Sink& sink, ProgressMode mode, Format format, const Style& style, SteadyClock clock,
                                 TerminalSizer sizer)
    : state_(new State{sink, style.quiet ? ProgressMode::none : mode, format, style, std::move(clock),
                       std::move(sizer)}) {}

ProgressDisplay::~ProgressDisplay() { clear(); }

void ProgressDisplay::progress(const Progress& progress) {
  auto& state = *state_;
  if (state.mode == ProgressMode::none || (state.mode == ProgressMode::automatic && !state.has_bar())) return;
  const std::lock_guard lock(state.mutex);
  const auto now = state.clock();
  auto& view = state.of(progress.view, now);
  view.progress = progress;
  if (state.has_bar())
    state.draw(now, false);
  else
    state.show_line(view, now);
}

void ProgressDisplay::warning(std::string_view text) {
  auto& state = *state_;
  if (state.style.quiet) return;
  const std::lock_guard lock(state.mutex);
  const auto format = state.mode == ProgressMode::json ? Format::jsonl : state.format;
  state.put_above(render_warning(text, format, state.style));
}

void ProgressDisplay::print(std::string_view text) {
  auto& state = *state_;
  const std::lock_guard lock(state.mutex);
  state.put_above(std::string(text));
}

void ProgressDisplay::finished(const std::string& view) {
  auto& state = *state_;
  const std::lock_guard lock(state.mutex);
  std::erase_if(state.running, [&](const Running& running) { return running.progress.view == view; });
  if (state.lines.visible()) state.draw(state.clock(), true);
}

void ProgressDisplay::tick() {
  auto& state = *state_;
  if (!state.has_bar()) return;
  const std::lock_guard lock(state.mutex);
  if (!state.running.empty()) state.draw(state.clock(), false);
}

bool ProgressDisplay::visible() const {
  const std::lock_guard lock(state_->mutex);
  return state_->lines.visible();
}

void ProgressDisplay::clear() {
  const std::lock_guard lock(state_->mutex);
  state_->erase();
}

}  // namespace matview::output
