#include "engine/lake/type_text.hpp"

#include <cctype>
#include <charconv>
#include <optional>
#include <utility>

#include "engine/duckdb/database.hpp"

namespace matview::engine {

namespace {

// Deeper nesting than any real type has; guards the recursion against hostile text.
constexpr int k_max_depth = 200;

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return result;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<TypeText> parse() {
    MATVIEW_ASSIGN(TypeText type, read_type(0));
    skip_space();
    if (position_ != text_.size()) return error("unexpected text after it");
    return type;
  }

 private:
  tl::unexpected<Error> error(std::string_view what) const {
    return fail(ErrorCode::usage, "cannot read the type '" + std::string(text_) + "': " + std::string(what) +
                                      " at character " + std::to_string(position_ + 1));
  }

  void skip_space() {
    while (position_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[position_])) != 0) ++position_;
  }

  char peek() {
    skip_space();
    return position_ < text_.size() ? text_[position_] : '\0';
  }

  bool take(char c) {
    if (peek() != c || position_ >= text_.size()) return false;
    ++position_;
    return true;
  }

  static bool is_word(char c) {
    // Bytes above ASCII belong to names: DuckDB prints them unquoted in some versions.
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || static_cast<unsigned char>(c) >= 0x80;
  }

  std::string_view word() {
    skip_space();
    const std::size_t begin = position_;
    while (position_ < text_.size() && is_word(text_[position_])) ++position_;
    return text_.substr(begin, position_ - begin);
  }

  /// The next word, left where it is.
  std::string_view peek_word() {
    const std::size_t begin = position_;
    const std::string_view result = word();
    position_ = begin;
    return result;
  }

  Result<std::string> read_quoted(char quote) {
    if (!take(quote)) return error(std::string("expected ") + quote);
    std::string result;
    while (position_ < text_.size()) {
      const char c = text_[position_++];
      if (c != quote) {
        result += c;
      } else if (position_ < text_.size() && text_[position_] == quote) {
        result += quote;
        ++position_;
      } else {
        return result;
      }
    }
    return error("unterminated quote");
  }

  Result<TypeText> read_type(int depth) {
    if (depth > k_max_depth) return error("nested too deeply");
    MATVIEW_ASSIGN(TypeText type, read_base(depth));
    while (take('[')) {
      if (++depth > k_max_depth) return error("nested too deeply");
      TypeText outer;
      outer.kind = TypeText::Kind::list;
      if (!take(']')) {
        outer.kind = TypeText::Kind::array;
        const std::string_view digits = word();
        const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), outer.size);
        if (digits.empty() || failure != std::errc() || end != digits.data() + digits.size())
          return error("expected the size of an array");
        if (!take(']')) return error("expected ]");
      }
      outer.fields.push_back({"element", std::move(type)});
      type = std::move(outer);
    }
    return type;
  }

  Result<TypeText> read_base(int depth) {
    TypeText type;
    if (peek() == '"') {
      MATVIEW_ASSIGN(type.name, read_quoted('"'));
      return type;
    }
    const std::string name = upper(word());
    if (name.empty()) return error("expected a type");
    if (peek() == '(') {
      if (name == "STRUCT" || name == "ROW") return read_fields(TypeText::Kind::structure, depth);
      if (name == "UNION") return read_fields(TypeText::Kind::union_, depth);
      if (name == "MAP") return read_map(depth);
      if (name == "ENUM") return read_enumeration();
    }
    type.name = name;
    if (peek() == '(') MATVIEW_TRY(read_modifiers(type.name));
    MATVIEW_TRY(read_more_words(type.name));
    return type;
  }

  /// The rest of a type name of several words. Only these occur: whatever else follows is not part of the type.
  Result<void> read_more_words(std::string& name) {
    const std::string next = upper(peek_word());
    if (next == "PRECISION" || next == "VARYING") {
      word();
      name += " " + next;
      return {};
    }
    if (next != "WITH" && next != "WITHOUT") return {};
    word();
    if (upper(word()) != "TIME" || upper(word()) != "ZONE") return error("expected TIME ZONE");
    name += " " + next + " TIME ZONE";
    return {};
  }

  /// "(10, 2)" as "(10,2)".
  Result<void> read_modifiers(std::string& name) {
    take('(');
    name += '(';
    do {
      if (name.back() != '(') name += ',';
      if (peek() == '\'') {
        MATVIEW_ASSIGN(const std::string value, read_quoted('\''));
        name += quote_literal(value);
      } else {
        const std::string_view value = word();
        if (value.empty()) return error("expected a number");
        name += value;
      }
    } while (take(','));
    if (!take(')')) return error("expected )");
    name += ')';
    return {};
  }

  Result<TypeText> read_map(int depth) {
    TypeText type;
    type.kind = TypeText::Kind::map;
    take('(');
    MATVIEW_ASSIGN(TypeText key, read_type(depth + 1));
    if (!take(',')) return error("expected ,");
    MATVIEW_ASSIGN(TypeText value, read_type(depth + 1));
    if (!take(')')) return error("expected )");
    type.fields.push_back({"key", std::move(key)});
    type.fields.push_back({"value", std::move(value)});
    return type;
  }

  Result<TypeText> read_enumeration() {
    TypeText type;
    type.kind = TypeText::Kind::enumeration;
    take('(');
    if (take(')')) return type;
    do {
      MATVIEW_ASSIGN(std::string value, read_quoted('\''));
      type.values.push_back(std::move(value));
    } while (take(','));
    if (!take(')')) return error("expected )");
    return type;
  }

  Result<TypeText> read_fields(TypeText::Kind kind, int depth) {
    TypeText type;
    type.kind = kind;
    take('(');
    if (take(')')) return type;
    do {
      MATVIEW_ASSIGN(TypeField field, read_field(depth));
      type.fields.push_back(std::move(field));
    } while (take(','));
    if (!take(')')) return error("expected )");
    return type;
  }

  /// "name TYPE", or "TYPE" alone as DuckDB prints the fields of an unnamed struct.
  Result<TypeField> read_field(int depth) {
    TypeField field;
    const std::size_t begin = position_;
    if (peek() == '"') {
      MATVIEW_ASSIGN(field.name, read_quoted('"'));
    } else {
      field.name = word();
    }
    const std::string next = upper(peek_word());
    const bool has_type = peek() == '"' || (!next.empty() && next != "WITH" && next != "WITHOUT");
    if (!has_type || field.name.empty()) {
      position_ = begin;
      field.name.clear();
    }
    MATVIEW_ASSIGN(field.type, read_type(depth + 1));
    return field;
  }

  std::string_view text_;
  std::size_t position_ = 0;
};

std::string fields_text(const TypeText& type) {
  std::string result = "(";
  for (const TypeField& field : type.fields) {
    if (result.size() > 1) result += ", ";
    if (!field.name.empty()) result += quote_identifier(field.name) + " ";
    result += to_string(field.type);
  }
  return result + ")";
}

std::string values_text(const TypeText& type) {
  std::string result = "ENUM(";
  for (const std::string& value : type.values) {
    if (result.back() != '(') result += ", ";
    result += quote_literal(value);
  }
  return result + ")";
}

}  // namespace

bool TypeText::operator==(const TypeText& other) const {
  return kind == other.kind && name == other.name && size == other.size && values == other.values &&
         fields == other.fields;
}

Result<TypeText> parse_type(std::string_view text) { return Parser(text).parse(); }

std::string to_string(const TypeText& type) {
  switch (type.kind) {
    case TypeText::Kind::scalar: return type.name == "NULL" ? "\"NULL\"" : type.name;
    case TypeText::Kind::list: return to_string(type.fields.at(0).type) + "[]";
    case TypeText::Kind::array: return to_string(type.fields.at(0).type) + "[" + std::to_string(type.size) + "]";
    case TypeText::Kind::structure: return "STRUCT" + fields_text(type);
    case TypeText::Kind::union_: return "UNION" + fields_text(type);
    case TypeText::Kind::map:
      return "MAP(" + to_string(type.fields.at(0).type) + ", " + to_string(type.fields.at(1).type) + ")";
    case TypeText::Kind::enumeration: break;
  }
  return values_text(type);
}

}  // namespace matview::engine
