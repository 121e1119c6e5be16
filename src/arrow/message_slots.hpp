#pragma once

#include <cstdint>

// Where the members of the tables of Message.fbs and Schema.fbs (Apache Arrow, format version 5) stand: the number of
// the vtable's entry, counted from the first member of each table.
namespace matview::arrow::slots {

/// The vtable begins with its own size and the table's, two bytes each.
constexpr std::uint16_t offset(std::uint16_t slot) { return static_cast<std::uint16_t>(4 + 2 * slot); }

constexpr std::int16_t k_metadata_v5 = 4;
constexpr std::uint8_t k_header_schema = 1;

enum Message : std::uint16_t { version = 0, header_type = 1, header = 2, body_length = 3 };
enum SchemaTable : std::uint16_t { endianness = 0, fields = 1, schema_metadata = 2 };
enum KeyValue : std::uint16_t { key = 0, value = 1 };
enum FieldTable : std::uint16_t {
  name = 0,
  nullable = 1,
  type_id = 2,
  type = 3,
  dictionary = 4,
  children = 5,
  field_metadata = 6
};
enum DictionaryEncoding : std::uint16_t { id = 0, index_type = 1, is_ordered = 2 };
enum Int : std::uint16_t { int_bits = 0, int_signed = 1 };
enum FloatingPoint : std::uint16_t { precision = 0 };
enum Decimal : std::uint16_t { digits = 0, scale = 1, decimal_bits = 2 };
/// Date, Time, Timestamp, Interval, Duration: the unit comes first.
enum Temporal : std::uint16_t { unit = 0, time_bits = 1, zone = 1 };
enum Union : std::uint16_t { mode = 0, type_ids = 1 };
/// FixedSizeBinary, FixedSizeList.
enum Sized : std::uint16_t { size = 0 };
enum Map : std::uint16_t { keys_sorted = 0 };

// Defaults of the format that are not zero.
constexpr std::int16_t k_unit_millisecond = 1;  ///< of Date, Time and Duration
constexpr std::int32_t k_time_bits = 32;
constexpr std::int32_t k_decimal_bits = 128;

}  // namespace matview::arrow::slots
