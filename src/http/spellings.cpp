#include "http/spellings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "http/url.hpp"
#include "support/json.hpp"
#include "support/utf8.hpp"

namespace matview::http {

namespace {

constexpr std::string_view k_base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
// A shorter piece would be found in texts that have nothing to do with the secret.
constexpr std::size_t k_least_base64 = 6;

bool is_alphanumeric(unsigned char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// `kept`: what the encoder leaves alone besides letters and digits.
std::string percent(std::string_view text, std::string_view kept, bool lower_case, bool plus_for_space) {
  std::string result;
  for (const unsigned char c : text) {
    if (is_alphanumeric(c) || kept.find(static_cast<char>(c)) != std::string_view::npos)
      result += static_cast<char>(c);
    else if (c == ' ' && plus_for_space)
      result += '+';
    else
      result += lower_case ? fmt::format("%{:02x}", c) : fmt::format("%{:02X}", c);
  }
  return result;
}

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

/// With \uXXXX for what is not ASCII.
std::string ascii_json(std::string_view text, bool lower_case) {
  const auto unit = [&](std::uint32_t code) {
    return lower_case ? fmt::format("\\u{:04x}", code) : fmt::format("\\u{:04X}", code);
  };
  std::string result;
  for (std::size_t position = 0; position < text.size();) {
    const auto point = support::decode_utf8(text, position);
    const auto code = static_cast<std::uint32_t>(point.code);
    if (code < 0x80)
      result += static_cast<char>(code);
    else if (code < 0x10000)
      result += unit(code);
    else
      result += unit(0xD800 + ((code - 0x10000) >> 10)) + unit(0xDC00 + ((code - 0x10000) & 0x3FF));
    position += point.size;
  }
  return result;
}

std::string html(std::string_view text, std::string_view quote, std::string_view apostrophe) {
  std::string result;
  for (const char c : text) {
    if (c == '&')
      result += "&amp;";
    else if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else if (c == '"')
      result += quote;
    else if (c == '\'')
      result += apostrophe;
    else
      result += c;
  }
  return result;
}

/// Those characters of base64 that come from `text` alone when `before` bytes of something else stand before it, and
/// anything may follow.
std::string base64_within(std::string_view text, std::size_t before) {
  const std::size_t skipped_bits = (6 - before * 8 % 6) % 6;
  std::string result;
  for (std::size_t bit = skipped_bits; bit + 6 <= text.size() * 8; bit += 6) {
    unsigned value = 0;
    for (std::size_t i = bit; i < bit + 6; ++i)
      value = value << 1 | (static_cast<unsigned char>(text[i / 8]) >> (7 - i % 8) & 1U);
    result += k_base64[value];
  }
  return result;
}

/// The whole of `text` and nothing else, without padding.
std::string base64(std::string_view text) {
  const std::string zeros(text.size() % 3 == 0 ? 0 : 3 - text.size() % 3, '\0');
  const auto padded = base64_within(std::string(text) + zeros, 0);
  return padded.substr(0, (text.size() * 8 + 5) / 6);
}

std::string url_safe(std::string text) {
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

}  // namespace

std::vector<std::string> spellings(std::string_view secret) {
  std::vector<std::string> forms{std::string(secret)};
  for (const bool lower_case : {false, true}) {
    // RFC 3986, encodeURIComponent, and what browsers make of forms.
    forms.push_back(percent(secret, "-._~", lower_case, false));
    forms.push_back(percent(secret, "-._~!'()*", lower_case, false));
    for (const std::string_view kept : {"-._~", "-._*", "-._", "-._~!'()*"})
      forms.push_back(percent(secret, kept, lower_case, true));
  }
  auto json = support::to_json(Value(secret));
  json = json.substr(1, json.size() - 2);
  for (const auto& form : {json, replace_all(json, "/", "\\/")}) {
    forms.push_back(form);
    forms.push_back(ascii_json(form, false));
    forms.push_back(ascii_json(form, true));
  }
  for (const std::string_view apostrophe : {"'", "&#39;", "&#x27;", "&apos;"}) {
    forms.push_back(html(secret, "\"", apostrophe));
    forms.push_back(html(secret, "&quot;", apostrophe));
    forms.push_back(html(secret, "&#34;", apostrophe));
  }
  for (const auto& form :
       {base64(secret), base64_within(secret, 0), base64_within(secret, 1), base64_within(secret, 2)}) {
    if (form.size() < k_least_base64) continue;
    forms.push_back(form);
    forms.push_back(url_safe(form));
  }
  std::sort(forms.begin(), forms.end(), [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() > b.size() : a < b;
  });
  forms.erase(std::unique(forms.begin(), forms.end()), forms.end());
  return forms;
}

}  // namespace matview::http
