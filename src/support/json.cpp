#include "support/json.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

#include "support/utf8.hpp"

namespace matview::support {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The grammar of RFC 8259, section 6.
bool is_json_number(std::string_view text) {
  std::size_t i = 0;
  const auto digits = [&] {
    const auto start = i;
    while (i < text.size() && is_digit(text[i])) ++i;
    return i > start;
  };
  if (i < text.size() && text[i] == '-') ++i;
  const auto integer = i;
  if (!digits() || (text[integer] == '0' && i > integer + 1)) return false;
  if (i < text.size() && text[i] == '.') {
    ++i;
    if (!digits()) return false;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (!digits()) return false;
  }
  return i == text.size();
}

/// What must be escaped, and what may stand in JSON but changes how a terminal shows the rest: DEL, the C1 controls,
/// and the characters that turn the direction of text.
bool is_unsafe(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x061C || code == 0x200E || code == 0x200F ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

class Writer {
 public:
  explicit Writer(bool pretty) : pretty_(pretty) {}

  void value(const Value& value) {
    if (const auto* v = value.if_bool()) {
      out_ += *v ? "true" : "false";
    } else if (const auto* v = value.if_integer()) {
      out_ += std::to_string(*v);
    } else if (const auto* v = value.if_double()) {
      std::isfinite(*v) ? literal(double_text(*v)) : quoted(double_text(*v));
    } else if (const auto* v = value.if_number()) {
      is_json_number(v->text) ? literal(v->text) : quoted(v->text);
    } else if (const auto* v = value.if_string()) {
      quoted(*v);
    } else if (const auto* v = value.if_array()) {
      array(*v);
    } else if (const auto* v = value.if_object()) {
      object(*v);
    } else {
      out_ += "null";
    }
  }

  std::string take() { return std::move(out_); }

 private:
  void array(const Value::Array& items) {
    if (items.empty()) {
      out_ += "[]";
      return;
    }
    open('[');
    for (std::size_t i = 0; i < items.size(); ++i) {
      next(i);
      value(items[i]);
    }
    close(']');
  }

  void object(const Value::Object& members) {
    if (members.empty()) {
      out_ += "{}";
      return;
    }
    open('{');
    for (std::size_t i = 0; i < members.size(); ++i) {
      next(i);
      quoted(members[i].first);
      out_ += pretty_ ? ": " : ":";
      value(members[i].second);
    }
    close('}');
  }

  void literal(std::string_view text) { out_ += text; }

  void open(char bracket) {
    out_ += bracket;
    ++depth_;
  }
  void next(std::size_t index) {
    if (index > 0) out_ += ',';
    new_line();
  }
  void close(char bracket) {
    --depth_;
    new_line();
    out_ += bracket;
  }
  void new_line() {
    if (!pretty_) return;
    out_ += '\n';
    out_.append(2 * depth_, ' ');
  }

  void quoted(std::string_view text) {
    out_ += '"';
    for (std::size_t position = 0; position < text.size();) {
      const auto point = support::decode_utf8(text, position);
      position += point.size;
      escape(point.code);
    }
    out_ += '"';
  }

  void escape(char32_t code) {
    switch (code) {
      case '"': out_ += "\\\""; return;
      case '\\': out_ += "\\\\"; return;
      case '\b': out_ += "\\b"; return;
      case '\f': out_ += "\\f"; return;
      case '\n': out_ += "\\n"; return;
      case '\r': out_ += "\\r"; return;
      case '\t': out_ += "\\t"; return;
      default: break;
    }
    if (!is_unsafe(code)) return support::append_utf8(out_, code);
    constexpr std::string_view k_hex = "0123456789abcdef";
    out_ += "\\u";
    for (const int shift : {12, 8, 4, 0}) out_ += k_hex[(code >> shift) & 15];
  }

  bool pretty_;
  std::size_t depth_ = 0;
  std::string out_;
};

}  // namespace

std::string double_text(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
  std::array<char, 64> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  std::string text(buffer.data(), end);
  // So that a double stays one when it is read back.
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string to_json(const Value& value, bool pretty) {
  Writer writer(pretty);
  writer.value(value);
  return writer.take();
}

}  // namespace matview::support
