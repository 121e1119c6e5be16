#include "engine/udtf/output_value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "engine/duckdb/sql_text.hpp"
#include "support/json.hpp"
#include "support/text.hpp"

namespace matview::engine::udtf {

namespace {

// How much of a wrong value an error shows.
constexpr int k_shown_columns = 60;

struct IntegerType {
  std::string_view name;
  std::string_view lowest;   ///< digits of the lowest value, without its sign; empty: 0
  std::string_view highest;  ///< digits of the highest
};

constexpr std::array<IntegerType, 10> k_integers{{
    {"TINYINT", "128", "127"},
    {"SMALLINT", "32768", "32767"},
    {"INTEGER", "2147483648", "2147483647"},
    {"BIGINT", "9223372036854775808", "9223372036854775807"},
    {"HUGEINT", "170141183460469231731687303715884105728", "170141183460469231731687303715884105727"},
    {"UTINYINT", "", "255"},
    {"USMALLINT", "", "65535"},
    {"UINTEGER", "", "4294967295"},
    {"UBIGINT", "", "18446744073709551615"},
    {"UHUGEINT", "", "340282366920938463463374607431768211455"},
}};

/// Types whose text nothing but DuckDB's cast can check.
constexpr std::array<std::string_view, 13> k_by_cast{"DATE",         "TIME",        "TIME_NS",
                                                     "TIMESTAMP",    "TIMESTAMP_S", "TIMESTAMP_MS",
                                                     "TIMESTAMP_NS", "INTERVAL",    "TIMESTAMP WITH TIME ZONE",
                                                     "UUID",         "BLOB",        "TIME WITH TIME ZONE",
                                                     "BIT"};

const IntegerType* integer_type(std::string_view name) {
  const auto* found = std::find_if(k_integers.begin(), k_integers.end(), [&](const auto& t) { return t.name == name; });
  return found == k_integers.end() ? nullptr : found;
}

bool is_float(std::string_view name) { return name == "FLOAT" || name == "DOUBLE"; }

bool is_decimal(std::string_view name) { return name.starts_with("DECIMAL("); }

/// Scalars that are checked here, to the last value.
bool is_known(const TypeText& type) {
  return type.kind == TypeText::Kind::scalar &&
         (type.name == "BOOLEAN" || type.name == "VARCHAR" || type.name == "JSON" || is_float(type.name) ||
          is_decimal(type.name) || integer_type(type.name) != nullptr);
}

tl::unexpected<Error> wrong(const Value& value, const TypeText& type) {
  const auto text = support::truncate(support::strip_control(support::to_json(value)), k_shown_columns);
  return fail(ErrorCode::failed, fmt::format("{} is no {}", text, to_string(type)));
}

/// The digits of a number that is written without exponent, apart.
struct Digits {
  bool negative = false;
  std::string whole;     ///< without leading zeros
  std::string fraction;  ///< without trailing zeros
};

std::optional<Digits> digits_of(std::string_view text) {
  Digits digits;
  if (text.starts_with('-')) {
    digits.negative = true;
    text.remove_prefix(1);
  }
  int exponent = 0;
  if (const auto e = text.find_first_of("eE"); e != std::string_view::npos) {
    auto power = text.substr(e + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    const auto [end, error] = std::from_chars(power.data(), power.data() + power.size(), exponent);
    // Nothing that fits a type has more digits than this.
    if (error != std::errc() || end != power.data() + power.size() || std::abs(exponent) > 400) return std::nullopt;
    text = text.substr(0, e);
  }
  const auto point = text.find('.');
  std::string all(text.substr(0, point));
  auto whole_size = static_cast<std::ptrdiff_t>(all.size()) + exponent;
  if (point != std::string_view::npos) all += text.substr(point + 1);
  if (all.empty() || all.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  if (whole_size < 0) {
    all.insert(0, static_cast<std::size_t>(-whole_size), '0');
    whole_size = 0;
  }
  if (static_cast<std::size_t>(whole_size) > all.size())
    all.append(static_cast<std::size_t>(whole_size) - all.size(), '0');
  digits.whole = all.substr(0, static_cast<std::size_t>(whole_size));
  digits.fraction = all.substr(static_cast<std::size_t>(whole_size));
  digits.whole.erase(0, std::min(digits.whole.find_first_not_of('0'), digits.whole.size()));
  digits.fraction.erase(digits.fraction.find_last_not_of('0') + 1);
  return digits;
}

bool at_most(std::string_view digits, std::string_view limit) {
  return digits.size() != limit.size() ? digits.size() < limit.size() : digits <= limit;
}

std::string plain(const Digits& digits) {
  std::string text = digits.negative && !(digits.whole.empty() && digits.fraction.empty()) ? "-" : "";
  text += digits.whole.empty() ? "0" : digits.whole;
  if (!digits.fraction.empty()) text += "." + digits.fraction;
  return text;
}

/// The text of a number that the type holds exactly; empty optional if it does not.
std::optional<std::string> exact_number(std::string_view text, const TypeText& type) {
  const auto digits = digits_of(text);
  if (!digits) return std::nullopt;
  if (const auto* integer = integer_type(type.name)) {
    // 5.0 is refused: a program that writes it computes with floats, which do not hold every BIGINT.
    if (text.find_first_of(".eE") != std::string_view::npos) return std::nullopt;
    if (!at_most(digits->whole, digits->negative ? integer->lowest : integer->highest)) return std::nullopt;
    return plain(*digits);
  }
  std::size_t width = 0;
  std::size_t scale = 0;
  const auto comma = type.name.find(',');
  constexpr std::size_t k_prefix = 8;  // of "DECIMAL("
  std::from_chars(type.name.data() + k_prefix, type.name.data() + comma, width);
  std::from_chars(type.name.data() + comma + 1, type.name.data() + type.name.size(), scale);
  if (digits->fraction.size() > scale || digits->whole.size() + scale > width) return std::nullopt;
  return plain(*digits);
}

std::optional<std::string> number_text(const Value& value) {
  if (const auto* integer = value.if_integer()) return std::to_string(*integer);
  if (const auto* real = value.if_double()) return support::double_text(*real);
  if (const auto* number = value.if_number()) return number->text;
  return std::nullopt;
}

/// Whether the number is in the type's range. Rounding to the nearest is what a FLOAT is for.
bool fits_float(const std::string& text, std::string_view type) {
  const double number = std::strtod(text.c_str(), nullptr);
  return type == "DOUBLE" ? std::isfinite(number) : std::isfinite(static_cast<float>(number));
}

Result<std::string> read_scalar(const Value& value, const TypeText& type) {
  const auto& name = type.name;
  const auto* text = value.if_string();
  if (name == "JSON") return support::to_json(value);
  if (name == "BOOLEAN") {
    if (const auto* flag = value.if_bool()) return std::string(*flag ? "true" : "false");
    return wrong(value, type);
  }
  const bool integer = integer_type(name) != nullptr;
  if (integer || is_decimal(name)) {
    auto number = number_text(value);
    // Libraries that read numbers as doubles write those that must keep their digits as text.
    const bool as_text = is_decimal(name) || name == "HUGEINT" || name == "UHUGEINT";
    if (!number && text && as_text) number = *text;
    if (number)
      if (auto exact = exact_number(*number, type)) return *std::move(exact);
    return wrong(value, type);
  }
  if (is_float(name)) {
    if (text && (*text == "NaN" || *text == "Infinity" || *text == "-Infinity")) return *text;
    const auto number = number_text(value);
    if (number && fits_float(*number, name)) return *number;
    return wrong(value, type);
  }
  if (text) return *text;
  return wrong(value, type);
}

/// The value as JSON that DuckDB casts to `type` exactly: each scalar as text, since its numbers are doubles.
Result<Value> read_nested(const Value& value, const TypeText& type) {
  using Kind = TypeText::Kind;
  if (value.is_null()) return Value();
  if (!type.is_nested()) {
    if (type.name == "JSON") return value;
    MATVIEW_ASSIGN(auto text, read_scalar(value, type));
    return Value(std::move(text));
  }
  if (type.kind == Kind::list || type.kind == Kind::array) {
    const auto* items = value.if_array();
    if (items == nullptr || (type.kind == Kind::array && static_cast<std::int64_t>(items->size()) != type.size))
      return wrong(value, type);
    Value list = Value::array();
    for (const auto& item : *items) {
      MATVIEW_ASSIGN(auto read, read_nested(item, type.fields.front().type));
      list.push(std::move(read));
    }
    return list;
  }
  const auto* members = value.if_object();
  if (members == nullptr) return wrong(value, type);
  Value object = Value::object();
  if (type.kind == Kind::map) {
    for (const auto& [key, member] : *members) {
      MATVIEW_ASSIGN(auto read, read_nested(member, type.fields.back().type));
      object.set(key, std::move(read));
    }
    return object;
  }
  if (members->size() != type.fields.size()) return wrong(value, type);
  for (const auto& field : type.fields) {
    const auto found =
        std::find_if(members->begin(), members->end(), [&](const auto& member) { return member.first == field.name; });
    if (found == members->end()) return wrong(value, type);
    MATVIEW_ASSIGN(auto read, read_nested(found->second, field.type));
    object.set(field.name, std::move(read));
  }
  return object;
}

bool can_be_inside(const TypeText& type) {
  if (!type.is_nested()) return is_known(type);
  // A key is text in JSON.
  if (type.kind == TypeText::Kind::map && type.fields.front().type.name != "VARCHAR") return false;
  if (type.kind == TypeText::Kind::union_) return false;
  return std::all_of(type.fields.begin(), type.fields.end(), [](const auto& f) { return can_be_inside(f.type); });
}

}  // namespace

Result<OutputValue> OutputValue::of(const OutputColumn& column) {
  MATVIEW_ASSIGN(auto type, parse_type(column.type));
  if (type.is_nested() && !can_be_inside(type))
    return fail(
        Error(ErrorCode::unsupported, fmt::format("the column '{}' cannot be of type {}", column.name, column.type))
            .with_hint("inside a list, struct or map there may be numbers, BOOLEAN, VARCHAR and JSON, and the "
                       "keys of a map are VARCHAR; return text, and cast it in a view that reads this one"));
  const bool by_cast = type.kind == TypeText::Kind::enumeration ||
                       std::find(k_by_cast.begin(), k_by_cast.end(), type.name) != k_by_cast.end();
  if (!type.is_nested() && !by_cast && !is_known(type))
    return fail(ErrorCode::unsupported,
                fmt::format("a program cannot return the column '{}' of type {}", column.name, column.type));
  return OutputValue(column, std::move(type), by_cast);
}

Result<std::optional<std::string>> OutputValue::read(const Value& value) const {
  if (value.is_null()) {
    if (column_.nullable) return std::nullopt;
    return fail(ErrorCode::failed, "NULL in a column that is NOT NULL");
  }
  if (!type_.is_nested()) {
    MATVIEW_ASSIGN(auto text, read_scalar(value, type_));
    return std::optional(std::move(text));
  }
  MATVIEW_ASSIGN(const auto nested, read_nested(value, type_));
  return std::optional(support::to_json(nested));
}

Result<std::optional<std::string>> OutputValue::read_field(std::optional<std::string_view> field) const {
  if (!field) return read(Value());
  const bool is_text = !type_.is_nested() && type_.name != "JSON";
  if (!is_text) {
    auto document = support::parse_json(*field);
    if (!document) return wrong(Value(*field), type_);
    return read(*document);
  }
  if (type_.name == "BOOLEAN") {
    if (*field == "true" || *field == "false") return read(Value(*field == "true"));
    return wrong(Value(*field), type_);
  }
  if (is_float(type_.name)) {
    // A number by JSON's rules, or one of the words that stand for what is none, as libraries of many kinds print them.
    if (const auto number = support::parse_json(*field)) return read(*number);
    auto word = *field;
    const bool negative = word.starts_with('-');
    if (negative) word.remove_prefix(1);
    const auto folded = fold_case(word);
    if (folded == "nan") return read(Value("NaN"));
    if (folded == "inf" || folded == "infinity") return read(Value(negative ? "-Infinity" : "Infinity"));
    return wrong(Value(*field), type_);
  }
  if (integer_type(type_.name) != nullptr || is_decimal(type_.name)) {
    auto exact = exact_number(*field, type_);
    if (!exact) return wrong(Value(*field), type_);
    return exact;
  }
  return read(Value(*field));
}

std::string OutputValue::cast(std::string_view expression, bool tried) const {
  const auto type = to_string(type_);
  if (type_.is_nested()) return fmt::format("CAST(CAST({} AS JSON) AS {})", expression, type);
  if (type_.name == "VARCHAR") return std::string(expression);
  return fmt::format("{}({} AS {})", tried ? "TRY_CAST" : "CAST", expression, type);
}

}  // namespace matview::engine::udtf
