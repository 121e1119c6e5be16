#include "providers/thoughtspot/header.hpp"

#include <array>
#include <cctype>
#include <utility>

#include "providers/remote/fields.hpp"

namespace matview::providers::thoughtspot {

Value materialization_members(const Value& object) {
  Value found;
  if (const auto* members = object.if_object())
    for (const auto& [key, member] : *members) {
      std::string lower = key;
      for (auto& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      if (lower.find("materializ") != std::string::npos) found.set(key, member);
    }
  return found;
}

std::optional<Header> read_header(const Value& value) {
  Header header;
  header.id = remote::text(value, "id");
  if (header.id.empty() || remote::boolean(value, "isDeleted").value_or(false)) return std::nullopt;
  header.name = remote::text(value, "name");
  header.type = remote::text(value, "type");
  header.description = remote::text(value, "description");
  header.author_id = remote::text(value, "author");
  for (const char* key : {"authorDisplayName", "authorName", "author"})
    if (header.author.empty()) header.author = remote::text(value, key);
  header.modified_by = remote::text(value, "modifiedBy");
  header.created = remote::time_from_millis(value, "created");
  header.modified = remote::time_from_millis(value, "modified");
  for (const auto& tag : remote::elements(value, "tags"))
    if (auto name = remote::text(tag, "name"); !name.empty()) header.tags.push_back(std::move(name));
  header.materialization = materialization_members(value);
  return header;
}

bool is_view(const Header& header) { return header.type == k_view || header.type == k_sql_view; }

std::string_view kind_of(const Header& header) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> k_kinds{{
      {k_view, "a view"},
      {k_sql_view, "an SQL view"},
      {"WORKSHEET", "a worksheet"},
      {"PRIVATE_WORKSHEET", "a worksheet"},
      {"ONE_TO_ONE_LOGICAL", "a table"},
      {"USER_DEFINED", "imported data"},
  }};
  for (const auto& [type, kind] : k_kinds)
    if (header.type == type) return kind;
  return "an object of another kind";
}

}  // namespace matview::providers::thoughtspot
