#pragma once

#include <functional>
#include <string>
#include <vector>

namespace matview::output {

struct TerminalSize {
  int columns = 80;
  int rows = 24;
};

/// Asked anew for each frame: a terminal may change its size at any time.
using TerminalSizer = std::function<TerminalSize()>;

/// Lines at the end of what a terminal shows that are drawn in place again and again, without the alternate screen:
/// what stands above is never touched, and whatever ends the program, the terminal needs no repair. The cursor rests
/// behind the last line. Answers what is to be written, each time in one piece; writes nothing itself.
class LiveLines {
 public:
  /// Puts `lines` in place of those that are shown. Each must be narrower than the terminal and all of them fewer than
  /// its rows: what has scrolled away cannot be reached again.
  std::string draw(const std::vector<std::string>& lines, TerminalSize size);

  /// Removes them; the cursor is where they began.
  std::string erase(TerminalSize size);

  /// Leaves them where they are and goes on below.
  std::string leave();

  bool visible() const { return !shown_.empty(); }

 private:
  std::string to_first_line(TerminalSize size) const;

  std::vector<std::string> shown_;
  TerminalSize size_;
};

}  // namespace matview::output
