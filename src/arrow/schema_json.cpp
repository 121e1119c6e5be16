#include "arrow/schema_json.hpp"

#include <fmt/format.h>

#include <limits>

#include "arrow/scanner.hpp"
#include "arrow/schema_text.hpp"
#include "arrow/type_names.hpp"

namespace matview::arrow {

namespace {

tl::unexpected<Error> wrong(std::string_view path, std::string_view message) {
  return fail(ErrorCode::usage, path.empty() ? fmt::format("the JSON schema: {}", message)
                                             : fmt::format("field '{}' of the JSON schema: {}", path, message));
}

Result<Metadata> read_metadata(const Value& document, std::string_view path) {
  Metadata metadata;
  const Value& given = document.at("metadata");
  if (given.is_null()) return metadata;
  const auto* members = given.if_object();
  if (members == nullptr) return wrong(path, "metadata is no object");
  for (const auto& [key, value] : *members) {
    const auto* text = value.if_string();
    if (text == nullptr) return wrong(path, fmt::format("the metadata '{}' is no text", key));
    metadata.emplace_back(key, *text);
  }
  return metadata;
}

/// The types whose name alone leaves the unit open.
std::optional<Type> without_unit(std::string_view name) {
  if (name == "timestamp") return Type{.id = TypeId::timestamp, .unit = Unit::microsecond};
  if (name == "duration") return Type{.id = TypeId::duration, .unit = Unit::microsecond};
  if (name == "time32") return Type{.id = TypeId::time, .bits = 32, .unit = Unit::millisecond};
  if (name == "time64") return Type{.id = TypeId::time, .bits = 64, .unit = Unit::microsecond};
  return std::nullopt;
}

class Reader {
 public:
  Result<Field> field(const Value& document, const std::string& parent) {
    if (document.if_object() == nullptr) return wrong(parent, "a field is no object");
    const auto* name = document.at("name").if_string();
    if (name == nullptr) return wrong(parent, "a field has no name");
    const std::string path = parent.empty() ? *name : parent + "." + *name;
    if (++depth_ > k_max_depth) return wrong(path, fmt::format("types nest more than {} deep", k_max_depth));
    Field result;
    result.name = *name;
    const Value& nullable = document.at("nullable");
    if (const auto* given = nullable.if_bool())
      result.nullable = *given;
    else if (!nullable.is_null())
      return wrong(path, "nullable is neither true nor false");
    MATVIEW_TRY(type(document.at("type"), path, result));
    MATVIEW_ASSIGN(result.metadata, read_metadata(document, path));
    if (const auto found = fault(result); !found.empty()) return wrong(path, "there is no such type: " + found);
    --depth_;
    return result;
  }

 private:
  Result<void> type(const Value& document, const std::string& path, Field& field) {
    // Some writers leave the object around a plain type's name away.
    const auto* plain = document.if_string();
    const auto* written = plain != nullptr ? plain : document.at("type").if_string();
    if (written == nullptr) return wrong(path, "it has no type");
    const auto name = lower(*written);
    if (const auto unitless = without_unit(name)) {
      field.type = *unitless;
      return {};
    }
    if (plain == nullptr && !document.at("length").is_null()) return sized(name, document, path, field);
    if (plain == nullptr && !document.at("fields").is_null()) return nested(name, document, path, field);
    auto parsed = parse_type(*written);
    if (!parsed) return wrong(path, fmt::format("its type '{}': {}", *written, parsed.error().message));
    field.type = std::move(parsed->type);
    field.children = std::move(parsed->children);
    field.dictionary = parsed->dictionary;
    return {};
  }

  Result<void> sized(const std::string& name, const Value& document, const std::string& path, Field& field) {
    const auto* length = document.at("length").if_integer();
    if (length == nullptr || *length > std::numeric_limits<std::int32_t>::max() || *length < 0)
      return wrong(path, "its length is no whole number from 0 to 2147483647");
    if (const auto bits = decimal_bits(name)) {
      // A negative scale takes from the thousands.
      field.type = {.id = TypeId::decimal, .bits = *bits, .precision = static_cast<int>((*length + 128) / 1000)};
      field.type.scale = static_cast<int>(*length) - field.type.precision * 1000;
      return {};
    }
    field.type.size = static_cast<std::int32_t>(*length);
    if (name == "fixed_size_binary") {
      field.type.id = TypeId::fixed_size_binary;
      return {};
    }
    if (name == "fixed_size_list") {
      field.type.id = TypeId::fixed_size_list;
      return children(document, path, field);
    }
    return wrong(path, fmt::format("the type '{}' has no length", name));
  }

  Result<void> nested(const std::string& name, const Value& document, const std::string& path, Field& field) {
    if (const auto list = list_type(name))
      field.type.id = *list;
    else if (name == "struct")
      field.type.id = TypeId::structure;
    else if (name == "map")
      field.type.id = TypeId::map;
    else if (const auto simple = simple_type(name);
             simple && document.at("fields").if_array() != nullptr && document.at("fields").if_array()->empty())
      field.type = *simple;
    else
      return wrong(path, fmt::format("the type '{}' has no inner fields", name));
    return children(document, path, field);
  }

  Result<void> children(const Value& document, const std::string& path, Field& field) {
    const auto* given = document.at("fields").if_array();
    if (given == nullptr) return wrong(path, "the fields of its type are no array");
    for (const Value& child : *given) {
      MATVIEW_ASSIGN(auto read, this->field(child, path));
      field.children.push_back(std::move(read));
    }
    return {};
  }

  int depth_ = 0;
};

}  // namespace

Result<Field> read_json_field(const Value& document) { return Reader().field(document, ""); }

Result<Schema> read_json_schema(const Value& document) {
  const auto* fields = document.at("fields").if_array();
  if (fields == nullptr) return wrong("", "it is no object with an array 'fields'");
  Schema schema;
  for (const Value& field : *fields) {
    MATVIEW_ASSIGN(auto read, read_json_field(field));
    schema.fields.push_back(std::move(read));
  }
  MATVIEW_ASSIGN(schema.metadata, read_metadata(document, ""));
  return schema;
}

}  // namespace matview::arrow
