#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace matview::arrow {

/// The types of Arrow's columnar format, by their numbers in Schema.fbs of the format's specification.
enum class TypeId : std::uint8_t {
  null = 1,
  integer,
  floating_point,
  binary,
  utf8,
  boolean,
  decimal,
  date,
  time,
  timestamp,
  interval,
  list,
  structure,
  sum,  ///< Union
  fixed_size_binary,
  fixed_size_list,
  map,
  duration,
  large_binary,
  large_utf8,
  large_list,
  run_end_encoded,
  binary_view,
  utf8_view,
  list_view,
  large_list_view,
};

enum class Unit : std::uint8_t { second, millisecond, microsecond, nanosecond };
enum class IntervalUnit : std::uint8_t { year_month, day_time, month_day_nano };

/// A type without its children. Only what the type has is set; the rest keeps its default, so that equal types compare
/// equal.
struct Type {
  TypeId id = TypeId::null;
  int bits = 0;                                           ///< integer, floating_point, decimal, date, time
  bool is_signed = false;                                 ///< integer
  int precision = 0;                                      ///< decimal
  int scale = 0;                                          ///< decimal
  Unit unit = Unit::second;                               ///< time, timestamp, duration
  std::string zone = {};                                  ///< timestamp; empty: none
  IntervalUnit interval_unit = IntervalUnit::year_month;  ///< interval
  std::int32_t size = 0;                                  ///< fixed_size_binary: bytes; fixed_size_list: elements
  bool keys_sorted = false;                               ///< map
  bool is_dense = false;                                  ///< sum
  std::vector<std::int32_t> type_ids = {};                ///< sum: one for each child

  bool operator==(const Type&) const = default;
};

/// Key and value, in their order; Arrow allows a key twice. Bytes: Arrow's own are UTF-8, extensions need not be.
using Metadata = std::vector<std::pair<std::string, std::string>>;

/// How a column is dictionary-encoded; the field's type is that of the values.
struct Dictionary {
  std::int64_t id = 0;
  int bits = 32;  ///< of the index
  bool is_signed = true;
  bool ordered = false;

  bool operator==(const Dictionary&) const = default;
};

struct Field {
  std::string name;
  Type type;
  bool nullable = true;
  std::vector<Field> children = {};
  std::optional<Dictionary> dictionary = {};
  Metadata metadata = {};

  bool operator==(const Field&) const = default;
};

struct Schema {
  std::vector<Field> fields;
  Metadata metadata = {};

  bool operator==(const Schema&) const = default;
};

/// Types nest up to this deep in what is read and written here.
constexpr int k_max_depth = 64;

/// What is wrong with a field whose type the format does not have: "an integer of 12 bits", "a map that is not made of
/// pairs of a key and a value". Empty if nothing is. Does not look into the types of the children.
std::string fault(const Field& field);

}  // namespace matview::arrow
