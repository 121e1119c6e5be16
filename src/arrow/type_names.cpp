#include "arrow/type_names.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "support/edit_distance.hpp"

namespace matview::arrow {

namespace {

Type plain(TypeId id) { return {.id = id}; }
Type integer(int bits, bool is_signed) { return {.id = TypeId::integer, .bits = bits, .is_signed = is_signed}; }
Type sized(TypeId id, int bits) { return {.id = id, .bits = bits}; }

/// The first name of a type is its own; those after it are other libraries'.
const std::vector<std::pair<std::string_view, Type>>& simple_types() {
  static const std::vector<std::pair<std::string_view, Type>> k_types{
      {"null", plain(TypeId::null)},
      {"bool", plain(TypeId::boolean)},
      {"boolean", plain(TypeId::boolean)},
      {"int8", integer(8, true)},
      {"int16", integer(16, true)},
      {"int32", integer(32, true)},
      {"int64", integer(64, true)},
      {"uint8", integer(8, false)},
      {"uint16", integer(16, false)},
      {"uint32", integer(32, false)},
      {"uint64", integer(64, false)},
      {"float16", sized(TypeId::floating_point, 16)},
      {"halffloat", sized(TypeId::floating_point, 16)},
      {"half_float", sized(TypeId::floating_point, 16)},
      {"float32", sized(TypeId::floating_point, 32)},
      {"float", sized(TypeId::floating_point, 32)},
      {"float64", sized(TypeId::floating_point, 64)},
      {"double", sized(TypeId::floating_point, 64)},
      {"utf8", plain(TypeId::utf8)},
      {"string", plain(TypeId::utf8)},
      {"large_utf8", plain(TypeId::large_utf8)},
      {"large_string", plain(TypeId::large_utf8)},
      {"utf8_view", plain(TypeId::utf8_view)},
      {"string_view", plain(TypeId::utf8_view)},
      {"binary", plain(TypeId::binary)},
      {"large_binary", plain(TypeId::large_binary)},
      {"binary_view", plain(TypeId::binary_view)},
      {"date32", sized(TypeId::date, 32)},
      {"date", sized(TypeId::date, 32)},
      {"date64", sized(TypeId::date, 64)},
  };
  return k_types;
}

constexpr std::array<std::pair<std::string_view, TypeId>, 4> k_lists{{
    {"list", TypeId::list},
    {"large_list", TypeId::large_list},
    {"list_view", TypeId::list_view},
    {"large_list_view", TypeId::large_list_view},
}};

constexpr std::array<std::string_view, 4> k_units{"s", "ms", "us", "ns"};
constexpr std::array<std::string_view, 3> k_interval_units{"year_month", "day_time", "month_day_nano"};

constexpr std::array<std::pair<std::string_view, int>, 5> k_decimals{
    {{"decimal", 128}, {"decimal128", 128}, {"decimal32", 32}, {"decimal64", 64}, {"decimal256", 256}}};

/// How to write a type that has parameters.
constexpr std::array<std::pair<std::string_view, std::string_view>, 16> k_forms{{
    {"decimal", "decimal(10, 2)"},
    {"time32", "time32[ms]"},
    {"time64", "time64[us]"},
    {"timestamp", "timestamp[us]"},
    {"duration", "duration[us]"},
    {"interval", "interval[day_time]"},
    {"list", "list<utf8>"},
    {"large_list", "large_list<utf8>"},
    {"struct", "struct<x float64>"},
    {"map", "map<utf8, int32>"},
    {"fixed_size_list", "fixed_size_list<float32, 128>"},
    {"fixed_size_binary", "fixed_size_binary(16)"},
    {"dictionary", "dictionary<int32, utf8>"},
    {"sparse_union", "sparse_union<a int32, b utf8>"},
    {"dense_union", "dense_union<a int32, b utf8>"},
    {"run_end_encoded", "run_end_encoded<int32, utf8>"},
}};

/// SQL's names for types, which people write first.
constexpr std::array<std::pair<std::string_view, std::string_view>, 15> k_sql{{
    {"bigint", "int64"},
    {"int", "int32"},
    {"integer", "int32"},
    {"smallint", "int16"},
    {"tinyint", "int8"},
    {"varchar", "utf8"},
    {"char", "utf8"},
    {"text", "utf8"},
    {"str", "utf8"},
    {"real", "float32"},
    {"numeric", "decimal(10, 2)"},
    {"bytea", "binary"},
    {"blob", "binary"},
    {"datetime", "timestamp[us]"},
    {"timestamptz", "timestamp[us, UTC]"},
}};

template <typename Table>
auto find(const Table& table, std::string_view name) {
  auto entry = table.begin();
  while (entry != table.end() && entry->first != name) ++entry;
  return entry;
}

template <std::size_t n>
std::optional<std::size_t> index_of(const std::array<std::string_view, n>& names, std::string_view name) {
  for (std::size_t i = 0; i < n; ++i)
    if (names[i] == name) return i;
  return std::nullopt;
}

}  // namespace

std::optional<Type> simple_type(std::string_view name) {
  const auto found = find(simple_types(), name);
  return found == simple_types().end() ? std::nullopt : std::optional(found->second);
}

std::string_view simple_name(const Type& type) {
  for (const auto& [name, candidate] : simple_types())
    if (candidate == type) return name;
  return {};
}

std::optional<TypeId> list_type(std::string_view name) {
  const auto found = find(k_lists, name);
  return found == k_lists.end() ? std::nullopt : std::optional(found->second);
}

std::string_view list_name(TypeId id) {
  for (const auto& [name, candidate] : k_lists)
    if (candidate == id) return name;
  return {};
}

std::optional<Unit> unit_from(std::string_view text) {
  const auto index = index_of(k_units, text);
  return index ? std::optional(static_cast<Unit>(*index)) : std::nullopt;
}

std::string_view to_string(Unit unit) { return k_units.at(static_cast<std::size_t>(unit)); }

std::optional<IntervalUnit> interval_unit_from(std::string_view text) {
  const auto index = index_of(k_interval_units, text);
  return index ? std::optional(static_cast<IntervalUnit>(*index)) : std::nullopt;
}

std::string_view to_string(IntervalUnit unit) { return k_interval_units.at(static_cast<std::size_t>(unit)); }

std::optional<int> decimal_bits(std::string_view name) {
  const auto found = find(k_decimals, name);
  return found == k_decimals.end() ? std::nullopt : std::optional(found->second);
}

std::string type_hint(std::string_view name) {
  if (const auto sql = find(k_sql, name); sql != k_sql.end()) return fmt::format("write {}", sql->second);
  if (const auto form = find(k_forms, name); form != k_forms.end()) return fmt::format("write {}", form->second);
  std::vector<std::string> names;
  for (const auto& [candidate, type] : simple_types()) names.emplace_back(candidate);
  for (const auto& [candidate, form] : k_forms) names.emplace_back(candidate);
  const auto near = support::nearest(name, names);
  return near ? fmt::format("did you mean '{}'?", *near) : std::string();
}

}  // namespace matview::arrow
