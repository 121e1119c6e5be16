#include "output/sections.hpp"

#include <algorithm>

namespace matview::output {

namespace {

constexpr int k_indent = 2;

std::string indented(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    if (end > 0) out.append(k_indent, ' ').append(text.substr(0, end));
    out += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

}  // namespace

void Pairs::add(std::string label, Cell value) {
  if (!value.text.empty()) pairs_.emplace_back(std::move(label), std::move(value));
}

std::string Pairs::render(const Style& style) const {
  int widest = 0;
  for (const auto& pair : pairs_) widest = std::max(widest, support::display_width(pair.first));
  const int start = widest + 2;
  const int room = std::max(20, style.width - start);

  std::string out;
  for (const auto& [label, value] : pairs_) {
    const auto lines = style.terminal ? support::wrap(value.text, room) : std::vector<std::string>{value.text};
    out += paint(label, Tone::strong, style);
    out.append(static_cast<std::size_t>(start - support::display_width(label)), ' ');
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (i > 0) out.append(static_cast<std::size_t>(start), ' ');
      out += paint(lines[i], value.tone, style) + "\n";
    }
  }
  return out;
}

std::string section(std::string_view heading, std::string_view text, const Style& style) {
  if (text.empty()) return {};
  return "\n" + paint(heading, Tone::strong, style) + "\n" + indented(text);
}

Style inside_section(Style style) {
  style.width = std::max(20, style.width - k_indent);
  return style;
}

}  // namespace matview::output
