#include "cli/mdoc.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "support/text.hpp"

namespace matview::cli {

namespace {

constexpr int k_width = 78;

/// A line that begins with one of these would be a request.
std::string guarded(std::string line) {
  if (line.starts_with('.') || line.starts_with('\'')) line.insert(0, "\\&");
  return line;
}

bool ends_sentence(std::string_view text, std::size_t at) {
  if (text[at] != '.' && text[at] != ':' && text[at] != '?' && text[at] != '!') return false;
  if (text[at] == ':') return false;
  return at + 2 < text.size() && text[at + 1] == ' ' &&
         ((text[at + 2] >= 'A' && text[at + 2] <= 'Z') || text[at + 2] == '\'' || text[at + 2] == '-');
}

std::vector<std::string> sentences(std::string_view paragraph) {
  std::vector<std::string> result;
  std::size_t start = 0;
  for (std::size_t at = 0; at < paragraph.size(); ++at) {
    if (!ends_sentence(paragraph, at)) continue;
    result.emplace_back(paragraph.substr(start, at + 1 - start));
    start = at + 2;
  }
  if (start < paragraph.size()) result.emplace_back(paragraph.substr(start));
  return result;
}

}  // namespace

std::string mdoc_text(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool word_begins = i == 0 || text[i - 1] == ' ' || text[i - 1] == '\'' || text[i - 1] == '(';
    if (text[i] == '\\')
      out += "\\e";
    else if (text[i] == '-' && (word_begins || text[i - 1] == '-'))
      out += "\\-";  // of a flag: a hyphen would not be found or pasted as what is typed
    else
      out += text[i];
  }
  return out;
}

std::string mdoc_argument(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\')
      out += "\\e";
    else if (c == '"')
      out += "\\(dq";
    else
      out += c;
  }
  // Short words may be names of macros, and punctuation is set apart.
  if (text.size() <= 3 || text.find_first_of("()[]|,;:.?!") == 0) out.insert(0, "\\&");
  return out.find(' ') == std::string::npos ? out : fmt::format("\"{}\"", out);
}

std::string mdoc_paragraphs(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto end = std::min(text.find("\n\n"), text.size());
    if (!out.empty()) out += ".Pp\n";
    for (const auto& sentence : sentences(text.substr(0, end)))
      for (const auto& line : support::wrap(sentence, k_width)) out += guarded(mdoc_text(line)) + "\n";
    text.remove_prefix(std::min(end + 2, text.size()));
  }
  return out;
}

std::string mdoc_literal(std::string_view line) {
  std::string out;
  for (const char c : line) out += c == '\\' ? std::string("\\e") : c == '-' ? std::string("\\-") : std::string(1, c);
  return guarded(std::move(out)) + "\n";
}

}  // namespace matview::cli
