#pragma once

#include <string>
#include <vector>

#include "cli/memory_box.hpp"
#include "support/screen.hpp"

namespace matview::test {

/// A memory box whose commands run on a terminal.
class TerminalBox : public MemoryBox {
 public:
  Command on_terminal(std::vector<std::string> arguments, int columns = 80, int rows = 24) const {
    auto result = command(std::move(arguments));
    result.terminal = true;
    result.columns = columns;
    result.rows = rows;
    result.environment["TERM"] = "xterm-256color";
    return result;
  }
};

/// What stands on the screen after all these bytes.
inline Screen screen_of(std::string_view bytes, int columns = 80, int rows = 24) {
  Screen screen(columns, rows);
  screen.write(bytes);
  return screen;
}

}  // namespace matview::test
