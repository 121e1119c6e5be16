#include "support/screen.hpp"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace matview::test {

namespace {

/// Bytes of the character that begins so; 0 where that is not all of it.
std::size_t size_of(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t size = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  return text.size() < size ? 0 : size;
}

/// Two columns for the ideographs and syllables of East Asia, which is what tests use.
int width_of(std::string_view character) {
  if (character.size() != 3) return character.size() == 4 ? 2 : 1;
  const auto lead = static_cast<unsigned char>(character[0]);
  return lead >= 0xE3 && lead <= 0xED ? 2 : 1;
}

}  // namespace

std::vector<Screen::Cell>& Screen::current() {
  if (lines_.size() <= line_) lines_.resize(line_ + 1);
  return lines_[line_];
}

/// The first line that is on the screen: what is above has scrolled away.
std::size_t Screen::top() const {
  const auto rows = static_cast<std::size_t>(rows_);
  return lines_.size() > rows ? lines_.size() - rows : 0;
}

void Screen::put(std::string_view character, int width) {
  if (column_ + width > columns_) {
    wrapped_ = true;
    column_ = 0;
    ++line_;
  }
  auto& cells = current();
  const auto at = static_cast<std::size_t>(column_);
  if (cells.size() < at + static_cast<std::size_t>(width)) cells.resize(at + static_cast<std::size_t>(width));
  cells[at].text = std::string(character);
  if (width == 2) cells[at + 1].text.clear();
  column_ += width;
}

void Screen::control(std::string_view parameters, char command) {
  if (command == 'm' || ((command == 'h' || command == 'l') && parameters == "?2026")) return;
  const int given = std::atoi(std::string(parameters).c_str());
  auto& cells = current();
  if (command == 'A') {
    // A terminal goes no further than its first row.
    const auto up = static_cast<std::size_t>(std::max(1, given));
    line_ = line_ >= top() + up ? line_ - up : top();
  } else if (command == 'K' && given == 0) {
    cells.resize(std::min(cells.size(), static_cast<std::size_t>(column_)));
  } else if (command == 'J' && given == 0) {
    cells.resize(std::min(cells.size(), static_cast<std::size_t>(column_)));
    for (auto below = line_ + 1; below < lines_.size(); ++below) lines_[below].clear();
  } else {
    throw std::runtime_error("unknown control sequence: ESC [ " + std::string(parameters) + command);
  }
}

void Screen::write(std::string_view bytes) {
  const std::string all = std::exchange(rest_, {}).append(bytes);
  std::string_view text = all;
  while (!text.empty()) {
    const char first = text.front();
    if (first == '\x1b') {
      if (text.size() < 2) break;
      if (text[1] != '[') throw std::runtime_error("unknown escape sequence");
      const auto end = text.find_first_not_of("0123456789;?", 2);
      if (end == std::string_view::npos) break;
      control(text.substr(2, end - 2), text[end]);
      text.remove_prefix(end + 1);
    } else if (first == '\r') {
      column_ = 0;
      text.remove_prefix(1);
    } else if (first == '\n') {
      ++line_;
      current();
      text.remove_prefix(1);
    } else if (static_cast<unsigned char>(first) < 0x20) {
      throw std::runtime_error("unknown control character");
    } else {
      const auto size = size_of(text);
      if (size == 0) break;
      put(text.substr(0, size), width_of(text.substr(0, size)));
      text.remove_prefix(size);
    }
  }
  rest_ = std::string(text);
}

std::vector<std::string> Screen::lines() const {
  std::vector<std::string> result;
  for (const auto& cells : lines_) {
    std::string line;
    for (const auto& cell : cells) line += cell.text;
    line.erase(line.find_last_not_of(' ') + 1);
    result.push_back(std::move(line));
  }
  while (!result.empty() && result.back().empty()) result.pop_back();
  return result;
}

std::string Screen::text() const {
  std::string text;
  for (const auto& line : lines()) text += line + "\n";
  return text;
}

}  // namespace matview::test
