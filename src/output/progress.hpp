#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "matview/control.hpp"
#include "output/events.hpp"
#include "output/format.hpp"
#include "output/live_lines.hpp"
#include "output/sink.hpp"

namespace matview::output {

/// What --progress takes. `automatic` is bars on a terminal and nothing elsewhere.
enum class ProgressMode { automatic, plain, json, none };

std::optional<ProgressMode> progress_mode_from(std::string_view text);

/// Shows on stderr how far things are, and warnings, which never tear the bars. Each view at work has a line that is
/// redrawn, as many as there is room for; they appear when the first has been at work for half a second, and are erased
/// at the end. Silent under `quiet`, warnings included. For any thread; a sink that fails is no reason to stop the
/// work, so its errors are dropped.
class ProgressDisplay : public Observer {
 public:
  /// `format` is that of stdout: it decides whether warnings are text or JSON. `style` is that of stderr. Without a
  /// `sizer` the terminal has the style's width.
  ProgressDisplay(Sink& sink, ProgressMode mode, Format format, const Style& style,
                  SteadyClock clock = system_steady_clock(), TerminalSizer sizer = {});
  ~ProgressDisplay() override;

  void progress(const Progress& progress) override;
  void warning(std::string_view text) override;

  /// Text that was asked for and goes to the same stream, as a trace; also under `quiet`.
  void print(std::string_view text);

  /// The view is done: its line goes.
  void finished(const std::string& view);

  /// Time has passed: what is shown is brought up to date, also where no view has told anything.
  void tick();

  /// True while lines are shown, and so the cursor stands behind the last of them.
  bool visible() const;

  /// Erases what is on the screen; to be called before anything else is written to the terminal. Progress after
  /// that draws again.
  void clear();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace matview::output
