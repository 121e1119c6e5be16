#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include "http/redactor.hpp"
#include "http/secret_names.hpp"
#include "http/url.hpp"
#include "support/utf8.hpp"

namespace matview::http {

namespace {

constexpr std::string_view k_blank = " \t\r\n";
constexpr std::string_view k_mask = "***";

/// Goes over JSON from front to end without asking that it be whole or right: what is cut short, or has a key twice,
/// holds its secrets all the same.
class JsonMasker {
 public:
  explicit JsonMasker(std::string_view text) : text_(text) {}

  std::string run() {
    while (position_ < text_.size()) {
      if (text_[position_] != '"') {
        out_ += text_[position_++];
        continue;
      }
      const auto name = take_string();
      out_ += name;
      const auto colon = after_blank(position_);
      if (colon >= text_.size() || text_[colon] != ':' || !is_secret_name(unescape(name))) continue;
      const auto value = after_blank(colon + 1);
      out_ += text_.substr(position_, value - position_);
      position_ = value;
      mask_value();
    }
    return std::move(out_);
  }

 private:
  std::size_t after_blank(std::size_t position) const {
    return std::min(text_.find_first_not_of(k_blank, position), text_.size());
  }

  /// The string that begins here, with its quotes.
  std::string_view take_string() {
    const auto begin = position_++;
    for (; position_ < text_.size(); ++position_) {
      if (text_[position_] == '\\') {
        ++position_;
      } else if (text_[position_] == '"') {
        ++position_;
        break;
      }
    }
    position_ = std::min(position_, text_.size());
    return text_.substr(begin, position_ - begin);
  }

  static std::string unescape(std::string_view text) {
    std::string result;
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
      unsigned code = 0;
      if (text[i] == '\\' && text[i + 1] == 'u' && i + 6 < text.size() &&
          std::from_chars(text.data() + i + 2, text.data() + i + 6, code, 16).ptr == text.data() + i + 6) {
        support::append_utf8(result, static_cast<char32_t>(code));
        i += 5;
      } else if (text[i] != '\\') {
        result += text[i];
      }
    }
    return result;
  }

  /// Skips the value that begins here; what tells no secret stays.
  void mask_value() {
    if (position_ >= text_.size()) return;
    const char first = text_[position_];
    if (first == '{' || first == '[') {
      skip_nested();
    } else if (first == '"') {
      if (take_string() == "\"\"") {
        out_ += "\"\"";
        return;
      }
    } else {
      const auto end = std::min(text_.find_first_of(",}] \t\r\n", position_), text_.size());
      const auto word = text_.substr(position_, end - position_);
      position_ = end;
      if (word == "null" || word == "true" || word == "false") {
        out_ += word;
        return;
      }
    }
    out_.append("\"").append(k_mask).append("\"");
  }

  void skip_nested() {
    int depth = 0;
    while (position_ < text_.size()) {
      const char c = text_[position_];
      if (c == '"') {
        take_string();
        continue;
      }
      ++position_;
      if (c == '{' || c == '[') ++depth;
      if ((c == '}' || c == ']') && --depth == 0) return;
    }
  }

  std::string_view text_;
  std::size_t position_ = 0;
  std::string out_;
};

bool looks_like_form(std::string_view text) {
  return text.find('=') != std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > 0x20 && c != '<' && c != '"'; });
}

}  // namespace

std::string mask_form(std::string_view form) {
  std::string result;
  while (true) {
    const auto end = std::min(form.find('&'), form.size());
    const auto field = form.substr(0, end);
    const auto equals = field.find('=');
    if (equals != std::string_view::npos && equals + 1 < field.size() &&
        is_secret_name(decode_form_text(field.substr(0, equals))))
      result.append(field.substr(0, equals + 1)).append(k_mask);
    else
      result.append(field);
    if (end == form.size()) return result;
    result += '&';
    form.remove_prefix(end + 1);
  }
}

std::string mask_body(std::string_view body) {
  const auto first = body.find_first_not_of(k_blank);
  if (first == std::string_view::npos) return std::string(body);
  if (body[first] == '{' || body[first] == '[') return JsonMasker(body).run();
  if (looks_like_form(body)) return mask_form(body);
  return std::string(body);
}

}  // namespace matview::http
