#include <fmt/format.h>

#include <limits>

#include "arrow/scanner.hpp"
#include "arrow/schema_text.hpp"
#include "arrow/type_names.hpp"

namespace matview::arrow {

namespace {

constexpr std::int64_t k_int32_max = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t k_int64_min = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t k_int64_max = std::numeric_limits<std::int64_t>::max();

/// A word that follows a type and so cannot begin one.
bool is_attribute(std::string_view word) {
  const auto text = lower(word);
  return text == "not" || text == "null" || text == "nullable" || text == "metadata";
}

class Parser {
 public:
  explicit Parser(std::string_view text) : in_(text) {}

  Result<Schema> schema() {
    Schema result;
    if (!in_.at_end() && in_.peek() != ';') {
      do {
        MATVIEW_ASSIGN(auto parsed, field());
        result.fields.push_back(std::move(parsed));
      } while (in_.accept(','));
    }
    if (in_.accept(';') && !in_.at_end()) {
      const auto begin = in_.position();
      if (!in_.accept_word("metadata")) return fail(in_.error(begin, "after ';' comes metadata {\"key\": \"value\"}"));
      MATVIEW_ASSIGN(result.metadata, metadata());
    }
    if (!in_.at_end()) return fail(unexpected("',' and the next column, or the end,"));
    return result;
  }

  Result<Field> lone_type() {
    Field result;
    MATVIEW_TRY(type(result));
    if (!in_.at_end()) return fail(unexpected("the end"));
    return result;
  }

 private:
  Error unexpected(std::string_view wanted) {
    return in_.error(in_.position(), fmt::format("{} belongs here", wanted));
  }

  Result<void> expect(char c) {
    if (in_.accept(c)) return {};
    return fail(unexpected(fmt::format("'{}'", c)));
  }

  Result<std::string> name() {
    if (in_.is_quoted()) return in_.quoted();
    const auto begin = in_.position();
    const auto word = in_.word();
    if (!word.empty()) return std::string(word);
    return fail(
        in_.error(begin, "the name of a column belongs here")
            .with_hint("a name that is not of letters, digits and '_' alone goes in double quotes: \"a b\" int64"));
  }

  /// NAME TYPE ATTRIBUTES
  Result<Field> field() {
    Field result;
    MATVIEW_ASSIGN(result.name, name());
    in_.accept(':');
    MATVIEW_TRY(type(result));
    MATVIEW_TRY(attributes(result));
    return result;
  }

  /// An inner type as it was written: what is not said is decided by what it is in.
  struct Element {
    Field field;
    bool named = false;
    bool null_said = false;

    Field as(std::string_view usual, bool nullable = true) && {
      if (!named) field.name = usual;
      if (!null_said) field.nullable = nullable;
      return std::move(field);
    }
  };

  /// [NAME] TYPE ATTRIBUTES
  Result<Element> element() {
    Element result;
    result.named = begins_with_name();
    if (result.named) {
      MATVIEW_ASSIGN(result.field.name, name());
      in_.accept(':');
    }
    MATVIEW_TRY(type(result.field));
    MATVIEW_ASSIGN(result.null_said, attributes(result.field));
    return result;
  }

  bool begins_with_name() {
    if (in_.is_quoted()) return true;
    const auto begin = in_.position();
    const bool is_word = !in_.word().empty();
    const auto next = in_.peek_word();
    const bool named = is_word && (in_.peek() == ':' || (!next.empty() && !is_attribute(next)));
    in_.back_to(begin);
    return named;
  }

  /// True if they say whether the field may be null.
  Result<bool> attributes(Field& field) {
    bool said = true;
    if (in_.accept_word("not")) {
      if (!in_.accept_word("null")) return fail(unexpected("null, as in 'not null',"));
      field.nullable = false;
    } else if (in_.accept_word("null") || in_.accept_word("nullable")) {
      field.nullable = true;
    } else {
      said = false;
    }
    if (in_.accept_word("metadata")) {
      MATVIEW_ASSIGN(field.metadata, metadata());
    }
    return said;
  }

  /// {"key": "value", …}
  Result<Metadata> metadata() {
    Metadata result;
    MATVIEW_TRY(expect('{'));
    if (in_.accept('}')) return result;
    do {
      if (!in_.is_quoted()) return fail(unexpected("a key in double quotes"));
      MATVIEW_ASSIGN(auto key, in_.quoted());
      MATVIEW_TRY(expect(':'));
      if (!in_.is_quoted()) return fail(unexpected("a text in double quotes"));
      MATVIEW_ASSIGN(auto value, in_.quoted());
      result.emplace_back(std::move(key), std::move(value));
    } while (in_.accept(','));
    MATVIEW_TRY(expect('}'));
    return result;
  }

  /// Reads a type into `field`: its type, dictionary and children.
  Result<void> type(Field& field) {
    const auto begin = in_.position();
    if (depth_ == k_max_depth) return fail(in_.error(begin, fmt::format("types nest more than {} deep", k_max_depth)));
    const auto word = in_.word();
    if (word.empty()) {
      return fail(in_.error(begin, "a type belongs here").with_hint("as in: id int64, name utf8 not null"));
    }
    ++depth_;
    auto read = typed(lower(word), word, begin, field);
    --depth_;
    MATVIEW_TRY(std::move(read));
    if (const auto wrong = fault(field); !wrong.empty())
      return fail(in_.error(begin, "there is no such type: " + wrong));
    return {};
  }

  Result<void> typed(const std::string& name, std::string_view word, std::size_t begin, Field& field) {
    if (const auto simple = simple_type(name)) {
      field.type = *simple;
      return {};
    }
    if (const auto list = list_type(name)) {
      field.type.id = *list;
      return inner(field);
    }
    if (const auto bits = decimal_bits(name)) return decimal(*bits, field);
    if (name == "time32" || name == "time64") return time(name == "time32" ? 32 : 64, field);
    if (name == "timestamp") return timestamp(field);
    if (name == "duration") return duration(field);
    if (name == "interval") return interval(field);
    if (name == "fixed_size_binary") return fixed_size_binary(field);
    if (name == "fixed_size_list") return fixed_size_list(field);
    if (name == "struct") return structure(field);
    if (name == "map") return map(field);
    if (name == "dictionary") return dictionary(begin, field);
    if (name == "dense_union" || name == "sparse_union") return sum(name == "dense_union", field);
    if (name == "run_end_encoded") return run_end_encoded(field);
    return fail(in_.error(begin, fmt::format("'{}' is no type", word)).with_hint(type_hint(name)));
  }

  /// <ELEMENT>
  Result<void> inner(Field& field) {
    MATVIEW_TRY(expect('<'));
    MATVIEW_ASSIGN(auto item, element());
    field.children.push_back(std::move(item).as("item"));
    return expect('>');
  }

  Result<void> decimal(int bits, Field& field) {
    field.type.id = TypeId::decimal;
    field.type.bits = bits;
    MATVIEW_TRY(expect('('));
    MATVIEW_ASSIGN(const auto precision, in_.number(1, 76));
    field.type.precision = static_cast<int>(precision);
    if (in_.accept(',')) {
      MATVIEW_ASSIGN(const auto scale, in_.number(-k_int32_max - 1, k_int32_max));
      field.type.scale = static_cast<int>(scale);
    }
    return expect(')');
  }

  Result<Unit> unit() {
    const auto begin = in_.position();
    if (const auto found = unit_from(in_.word())) return *found;
    return fail(in_.error(begin, "a unit belongs here: s, ms, us or ns"));
  }

  Result<void> time(int bits, Field& field) {
    field.type.id = TypeId::time;
    field.type.bits = bits;
    MATVIEW_TRY(expect('['));
    MATVIEW_ASSIGN(field.type.unit, unit());
    return expect(']');
  }

  Result<void> timestamp(Field& field) {
    field.type.id = TypeId::timestamp;
    MATVIEW_TRY(expect('['));
    MATVIEW_ASSIGN(field.type.unit, unit());
    if (in_.accept(',')) {
      const auto begin = in_.position();
      if (in_.is_quoted()) {
        MATVIEW_ASSIGN(field.type.zone, in_.quoted());
      } else {
        std::string_view zone = in_.until("]>,\"`\n");
        if (zone.starts_with("tz=")) zone.remove_prefix(3);
        field.type.zone = zone;
      }
      if (field.type.zone.empty()) return fail(in_.error(begin, "a time zone belongs here, as UTC or Europe/Berlin"));
    }
    return expect(']');
  }

  Result<void> duration(Field& field) {
    field.type.id = TypeId::duration;
    MATVIEW_TRY(expect('['));
    MATVIEW_ASSIGN(field.type.unit, unit());
    return expect(']');
  }

  Result<void> interval(Field& field) {
    field.type.id = TypeId::interval;
    MATVIEW_TRY(expect('['));
    const auto begin = in_.position();
    const auto unit = interval_unit_from(in_.word());
    if (!unit) return fail(in_.error(begin, "a unit belongs here: year_month, day_time or month_day_nano"));
    field.type.interval_unit = *unit;
    return expect(']');
  }

  Result<void> fixed_size_binary(Field& field) {
    field.type.id = TypeId::fixed_size_binary;
    const bool square = in_.accept('[');
    if (!square) MATVIEW_TRY(expect('('));
    MATVIEW_ASSIGN(const auto size, in_.number(0, k_int32_max));
    field.type.size = static_cast<std::int32_t>(size);
    return expect(square ? ']' : ')');
  }

  /// fixed_size_list<TYPE, N>, or <TYPE>[N] as other libraries print it.
  Result<void> fixed_size_list(Field& field) {
    field.type.id = TypeId::fixed_size_list;
    MATVIEW_TRY(expect('<'));
    MATVIEW_ASSIGN(auto item, element());
    field.children.push_back(std::move(item).as("item"));
    const bool inside = in_.accept(',');
    if (!inside) {
      if (in_.peek() != '>') return fail(unexpected("',' and the number of elements"));
      MATVIEW_TRY(expect('>'));
      MATVIEW_TRY(expect('['));
    }
    MATVIEW_ASSIGN(const auto size, in_.number(0, k_int32_max));
    field.type.size = static_cast<std::int32_t>(size);
    return expect(inside ? '>' : ']');
  }

  Result<void> structure(Field& field) {
    field.type.id = TypeId::structure;
    MATVIEW_TRY(expect('<'));
    if (in_.accept('>')) return {};
    do {
      MATVIEW_ASSIGN(auto child, this->field());
      field.children.push_back(std::move(child));
    } while (in_.accept(','));
    return expect('>');
  }

  /// map<KEY, VALUE> or, where the pairs are not as usual, map<NAME struct<KEY, VALUE>>; `, sorted` may follow.
  Result<void> map(Field& field) {
    field.type.id = TypeId::map;
    MATVIEW_TRY(expect('<'));
    MATVIEW_ASSIGN(auto first, element());
    if (in_.peek() == '>' || next_is_sorted()) {
      field.children.push_back(std::move(first).as("entries"));
    } else {
      MATVIEW_TRY(expect(','));
      MATVIEW_ASSIGN(auto second, element());
      Field entries{"entries", {.id = TypeId::structure}, false};
      entries.children.push_back(std::move(first).as("key", false));
      entries.children.push_back(std::move(second).as("value"));
      field.children.push_back(std::move(entries));
    }
    if (in_.accept(',')) {
      if (!in_.accept_word("sorted")) return fail(unexpected("'sorted' or '>'"));
      field.type.keys_sorted = true;
    }
    return expect('>');
  }

  /// True for ", sorted>", which is no second type.
  bool next_is_sorted() {
    const auto begin = in_.position();
    const bool found = in_.accept(',') && in_.accept_word("sorted") && in_.peek() == '>';
    in_.back_to(begin);
    return found;
  }

  Result<void> dictionary(std::size_t begin, Field& field) {
    if (field.dictionary) return fail(in_.error(begin, "the values of a dictionary are dictionaries"));
    Dictionary found;
    found.id = dictionaries_++;
    MATVIEW_TRY(expect('<'));
    const auto index_begin = in_.position();
    const auto index = simple_type(lower(in_.word()));
    if (!index || index->id != TypeId::integer)
      return fail(in_.error(index_begin, "the type of the index belongs here, as int32"));
    found.bits = index->bits;
    found.is_signed = index->is_signed;
    field.dictionary = found;
    MATVIEW_TRY(expect(','));
    MATVIEW_TRY(type(field));
    while (in_.accept(',')) {
      if (in_.accept_word("ordered")) {
        field.dictionary->ordered = true;
      } else if (in_.accept_word("id")) {
        MATVIEW_ASSIGN(field.dictionary->id, in_.number(k_int64_min, k_int64_max));
      } else {
        return fail(unexpected("'ordered', 'id NUMBER' or '>'"));
      }
    }
    return expect('>');
  }

  Result<void> sum(bool dense, Field& field) {
    field.type.id = TypeId::sum;
    field.type.is_dense = dense;
    MATVIEW_TRY(expect('<'));
    if (in_.accept('>')) return {};
    do {
      auto id = static_cast<std::int64_t>(field.children.size());
      if (const char c = in_.peek(); c >= '0' && c <= '9') {
        MATVIEW_ASSIGN(id, in_.number(0, 127));
        MATVIEW_TRY(expect(':'));
      }
      MATVIEW_ASSIGN(auto child, this->field());
      field.type.type_ids.push_back(static_cast<std::int32_t>(id));
      field.children.push_back(std::move(child));
    } while (in_.accept(','));
    return expect('>');
  }

  Result<void> run_end_encoded(Field& field) {
    field.type.id = TypeId::run_end_encoded;
    MATVIEW_TRY(expect('<'));
    MATVIEW_ASSIGN(auto ends, element());
    MATVIEW_TRY(expect(','));
    MATVIEW_ASSIGN(auto values, element());
    field.children.push_back(std::move(ends).as("run_ends", false));
    field.children.push_back(std::move(values).as("values"));
    return expect('>');
  }

  Scanner in_;
  int depth_ = 0;
  std::int64_t dictionaries_ = 0;
};

}  // namespace

Result<Schema> parse_schema(std::string_view text) { return Parser(text).schema(); }

Result<Field> parse_type(std::string_view text) { return Parser(text).lone_type(); }

}  // namespace matview::arrow
