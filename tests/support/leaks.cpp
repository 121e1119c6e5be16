#include "support/leaks.hpp"

#include <cctype>
#include <functional>
#include <stdexcept>

#include "support/json.hpp"
#include "support/temporary_directory.hpp"

namespace matview::test {

namespace {

namespace fs = std::filesystem;

std::string hex(unsigned char byte, const char* digits) { return {digits[byte >> 4], digits[byte & 15]}; }

std::string each(std::string_view text, const std::function<std::string(char)>& spell) {
  std::string result;
  for (const char c : text) result += spell(c);
  return result;
}

std::string percent(std::string_view text, std::string_view kept, const char* digits, bool plus) {
  return each(text, [&](char c) {
    if (std::isalnum(static_cast<unsigned char>(c)) || kept.find(c) != std::string_view::npos) return std::string(1, c);
    return plus && c == ' ' ? std::string("+") : "%" + hex(static_cast<unsigned char>(c), digits);
  });
}

std::string html(std::string_view text) {
  return each(text, [](char c) -> std::string {
    switch (c) {
      case '&': return "&amp;";
      case '<': return "&lt;";
      case '>': return "&gt;";
      case '"': return "&quot;";
      default: return {c};
    }
  });
}

/// Of the base64 of whatever has `text` at a place of `offset` modulo 3, the part that depends on `text` alone.
std::string base64_within(std::string_view text, std::size_t offset, const char* alphabet) {
  const std::string whole = std::string(offset, '\0') + std::string(text);
  std::string encoded;
  for (std::size_t i = 0; i + 3 <= whole.size(); i += 3) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned>(static_cast<unsigned char>(whole[at])); };
    const unsigned bits = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    for (const int shift : {18, 12, 6, 0}) encoded += alphabet[bits >> shift & 63];
  }
  return encoded.substr(offset == 0 ? 0 : offset == 1 ? 2 : 3);
}

}  // namespace

LeakSearch::LeakSearch(const std::vector<std::string>& secrets) {
  const auto* upper = "0123456789ABCDEF";
  const auto* lower = "0123456789abcdef";
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  for (const auto& secret : secrets) {
    if (secret.size() < 8) throw std::runtime_error("too short to be looked for: " + secret);
    spellings_.push_back(secret);
    for (const auto* kept : {"-._~", "-._", "-._*", "-._~!$'()*,;:@/"})
      for (const auto* digits : {upper, lower})
        for (const bool plus : {false, true}) spellings_.push_back(percent(secret, kept, digits, plus));
    const auto quoted = Json(secret).dump();
    spellings_.push_back(quoted.substr(1, quoted.size() - 2));
    spellings_.push_back(html(secret));
    for (std::size_t offset = 0; offset < 3; ++offset)
      for (const auto* last : {"+/", "-_"})
        spellings_.push_back(base64_within(secret, offset, (alphabet + last).c_str()));
    for (const auto* digits : {upper, lower})
      spellings_.push_back(each(secret, [&](char c) { return hex(static_cast<unsigned char>(c), digits); }));
  }
}

std::string LeakSearch::in_text(std::string_view where, std::string_view text) const {
  for (const auto& spelling : spellings_)
    if (text.find(spelling) != std::string_view::npos) return std::string(where) + ": " + spelling;
  return {};
}

std::string LeakSearch::in_files(const fs::path& directory) const {
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (auto found = in_text("name of a file", entry.path().string()); !found.empty()) return found;
    if (!entry.is_regular_file()) continue;
    if (auto found = in_text(entry.path().string(), read_file(entry.path())); !found.empty()) return found;
  }
  return {};
}

}  // namespace matview::test
