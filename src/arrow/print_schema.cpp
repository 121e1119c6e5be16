#include <fmt/format.h>

#include <algorithm>

#include "arrow/scanner.hpp"
#include "arrow/schema_text.hpp"
#include "arrow/type_names.hpp"

namespace matview::arrow {

namespace {

std::string name_text(std::string_view name) { return is_plain_name(name) ? std::string(name) : quote(name); }

/// A time zone stands as it is where nothing in it could be taken for something else.
std::string zone_text(std::string_view zone) {
  constexpr std::string_view k_plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-:/";
  return zone.find_first_not_of(k_plain) == std::string_view::npos ? std::string(zone) : quote(zone);
}

std::string metadata_text(const Metadata& metadata) {
  std::string result = "metadata {";
  for (const auto& [key, value] : metadata) {
    if (!result.ends_with('{')) result += ", ";
    result += fmt::format("{}: {}", quote(key), quote(value));
  }
  return result + "}";
}

class Printer {
 public:
  std::string schema(const Schema& schema) {
    std::string result = fields(schema.fields);
    if (!schema.metadata.empty()) result += "; " + metadata_text(schema.metadata);
    return result;
  }

  std::string type(const Field& field) {
    if (!field.dictionary) return undecorated(field);
    const Dictionary& dictionary = *field.dictionary;
    const auto ordinal = dictionaries_++;
    auto result =
        fmt::format("dictionary<{}int{}, {}", dictionary.is_signed ? "" : "u", dictionary.bits, undecorated(field));
    if (dictionary.ordered) result += ", ordered";
    if (dictionary.id != ordinal) result += fmt::format(", id {}", dictionary.id);
    return result + ">";
  }

 private:
  /// What follows a type: whether it may be null, where that is not as `nullable` has it, and its metadata.
  static std::string attributes(const Field& field, bool nullable = true) {
    std::string result;
    if (field.nullable != nullable) result += field.nullable ? " null" : " not null";
    if (!field.metadata.empty()) result += ' ' + metadata_text(field.metadata);
    return result;
  }

  std::string fields(const std::vector<Field>& all) {
    std::string result;
    for (const Field& field : all) {
      if (!result.empty()) result += ", ";
      result += fmt::format("{} {}{}", name_text(field.name), type(field), attributes(field));
    }
    return result;
  }

  /// An inner type, without its name where that is the usual one.
  std::string element(const Field& field, std::string_view usual, bool nullable = true) {
    const auto text = type(field) + attributes(field, nullable);
    if (field.name == usual) return text;
    // `x null` would read as a type x that may be null.
    const bool ambiguous = field.type.id == TypeId::null;
    return fmt::format("{} {}", ambiguous ? quote(field.name) : name_text(field.name), text);
  }

  std::string map(const Field& field) {
    const Field& entries = field.children.front();
    const bool usual =
        entries.name == "entries" && !entries.nullable && entries.metadata.empty() && !entries.dictionary;
    std::string inner;
    if (usual) {
      inner = element(entries.children[0], "key", false);
      inner += ", " + element(entries.children[1], "value");
    } else {
      inner = element(entries, "entries");
    }
    return fmt::format("map<{}{}>", inner, field.type.keys_sorted ? ", sorted" : "");
  }

  std::string sum(const Field& field) {
    std::string inner;
    for (std::size_t i = 0; i < field.children.size(); ++i) {
      const Field& child = field.children[i];
      const auto id = field.type.type_ids[i];
      if (i > 0) inner += ", ";
      if (id != static_cast<std::int32_t>(i)) inner += fmt::format("{}: ", id);
      inner += fmt::format("{} {}{}", name_text(child.name), type(child), attributes(child));
    }
    return fmt::format("{}_union<{}>", field.type.is_dense ? "dense" : "sparse", inner);
  }

  std::string undecorated(const Field& field) {
    const Type& type = field.type;
    if (const auto name = simple_name(type); !name.empty()) return std::string(name);
    if (const auto name = list_name(type.id); !name.empty())
      return fmt::format("{}<{}>", name, element(field.children.front(), "item"));
    switch (type.id) {
      case TypeId::decimal:
        return fmt::format("decimal{}({}, {})", type.bits == 128 ? "" : std::to_string(type.bits), type.precision,
                           type.scale);
      case TypeId::time: return fmt::format("time{}[{}]", type.bits, to_string(type.unit));
      case TypeId::timestamp:
        if (type.zone.empty()) return fmt::format("timestamp[{}]", to_string(type.unit));
        return fmt::format("timestamp[{}, {}]", to_string(type.unit), zone_text(type.zone));
      case TypeId::duration: return fmt::format("duration[{}]", to_string(type.unit));
      case TypeId::interval: return fmt::format("interval[{}]", to_string(type.interval_unit));
      case TypeId::fixed_size_binary: return fmt::format("fixed_size_binary({})", type.size);
      case TypeId::fixed_size_list:
        return fmt::format("fixed_size_list<{}, {}>", element(field.children.front(), "item"), type.size);
      case TypeId::structure: return fmt::format("struct<{}>", fields(field.children));
      case TypeId::map: return map(field);
      case TypeId::sum: return sum(field);
      case TypeId::run_end_encoded: {
        const auto ends = element(field.children[0], "run_ends", false);
        return fmt::format("run_end_encoded<{}, {}>", ends, element(field.children[1], "values"));
      }
      default: return {};
    }
  }

  std::int64_t dictionaries_ = 0;
};

}  // namespace

std::string print_schema(const Schema& schema) { return Printer().schema(schema); }

std::string print_type(const Field& field) { return Printer().type(field); }

}  // namespace matview::arrow
