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
constexpr std::string_view k_erase_line = "\r\x1b[K";

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
  std::mutex mutex = {};
  std::vector<Running> running = {};  ///< in the order in which they began
  std::optional<TimePoint> drawn = {};
  bool visible = false;

  bool has_bar() const { return mode == ProgressMode::automatic && style.terminal; }

  void put(const std::string& text) {
    // Progress that cannot be shown is no reason to stop the work it is about.
    if (sink.write(text)) std::ignore = sink.flush();
  }

  Running& of(const std::string& view, TimePoint now) {
    const auto found =
        std::find_if(running.begin(), running.end(), [&](const Running& r) { return r.progress.view == view; });
    if (found != running.end()) return *found;
    return running.emplace_back(Running{{}, now, {}, {}});
  }

  void erase() {
    if (visible) put(std::string(k_erase_line));
    visible = false;
  }

  void draw(TimePoint now, bool at_once) {
    if (running.empty()) return erase();
    const auto& first = running.front();
    if (now - first.started < k_bar_delay) {
      if (at_once) erase();
      return;
    }
    if (!at_once && drawn && now - *drawn < k_bar_interval) return;
    const auto elapsed = std::chrono::duration_cast<Duration>(now - first.started);
    put(std::string(k_erase_line) + progress_bar(first.progress, elapsed, running.size() - 1, style));
    visible = true;
    drawn = now;
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

ProgressDisplay::ProgressDisplay(Sink& sink, ProgressMode mode, Format format, const Style& style, SteadyClock clock)
    : state_(new State{sink, style.quiet ? ProgressMode::none : mode, format, style, std::move(clock)}) {}

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
  const bool redraw = state.visible;
  state.erase();
  const auto format = state.mode == ProgressMode::json ? Format::jsonl : state.format;
  state.put(render_warning(text, format, state.style));
  if (redraw) state.draw(state.clock(), true);
}

void ProgressDisplay::print(std::string_view text) {
  auto& state = *state_;
  const std::lock_guard lock(state.mutex);
  const bool redraw = state.visible;
  state.erase();
  state.put(std::string(text));
  if (redraw) state.draw(state.clock(), true);
}

void ProgressDisplay::finished(const std::string& view) {
  auto& state = *state_;
  const std::lock_guard lock(state.mutex);
  std::erase_if(state.running, [&](const Running& running) { return running.progress.view == view; });
  if (state.visible) state.draw(state.clock(), true);
}

void ProgressDisplay::clear() {
  const std::lock_guard lock(state_->mutex);
  state_->erase();
}

}  // namespace matview::output
