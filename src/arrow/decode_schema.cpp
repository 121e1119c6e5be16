#include <flatbuffers/flatbuffers.h>
#include <fmt/format.h>

#include <cstring>
#include <limits>
#include <vector>

#include "arrow/message_slots.hpp"
#include "arrow/schema_message.hpp"

namespace matview::arrow {

namespace {

using flatbuffers::Table;
using slots::offset;
using Tables = flatbuffers::Vector<flatbuffers::Offset<Table>>;

constexpr std::string_view k_continuation = "\xff\xff\xff\xff";
constexpr std::string_view k_file_magic("ARROW1\0\0", 8);

/// More than any schema has, and little enough that tables which share their children cannot grow without end.
constexpr flatbuffers::uoffset_t k_max_tables = 200'000;
constexpr std::size_t k_max_text = std::size_t{16} << 20;

/// Reads the tables of a message. Nothing is read before it was verified to lie inside the buffer. The first thing that
/// is wrong is kept, and nothing is read after it.
class Decoder {
 public:
  explicit Decoder(std::string_view metadata)
      : words_(metadata.size() / 8 + 1), verifier_(bytes(), metadata.size(), options()) {
    // The verifier demands the alignment that the format promises of the buffer, not of what it came in.
    std::memcpy(words_.data(), metadata.data(), metadata.size());
  }

  Result<Schema> schema() {
    Schema result;
    const auto root = verifier_.VerifyOffset(0);
    if (root == 0) wrong("it has no root");
    const Table* const message = wrong_.empty() ? begin(reinterpret_cast<const Table*>(bytes() + root)) : nullptr;
    if (message != nullptr) {
      if (scalar<std::uint8_t>(*message, slots::header_type, 0) != slots::k_header_schema)
        wrong("its message holds no schema");
      if (const Table* const header = table(*message, slots::header)) {
        if (scalar<std::int16_t>(*header, slots::endianness, 0) != 0) wrong("its data is big-endian");
        result.fields = fields(*header, slots::fields, 0);
        result.metadata = metadata(*header, slots::schema_metadata);
      } else {
        wrong("its schema is missing");
      }
    }
    if (!wrong_.empty()) return fail(ErrorCode::usage, fmt::format("this is no Arrow schema message: {}", wrong_));
    return result;
  }

 private:
  static flatbuffers::Verifier::Options options() {
    flatbuffers::Verifier::Options result;
    result.max_depth = 4 * k_max_depth;
    result.max_tables = k_max_tables;
    return result;
  }

  const std::uint8_t* bytes() const { return reinterpret_cast<const std::uint8_t*>(words_.data()); }

  std::nullptr_t wrong(std::string what) {
    if (wrong_.empty()) wrong_ = std::move(what);
    return nullptr;
  }

  const Table* begin(const Table* table) {
    return table->VerifyTableStart(verifier_) ? table : wrong("a table lies outside of it");
  }

  /// The position of what an offset at this slot points to; 0 where there is none.
  template <typename T>
  const T* target(const Table& table, std::uint16_t slot) {
    if (!wrong_.empty() || !table.CheckField(offset(slot))) return nullptr;
    if (!table.VerifyOffset(verifier_, offset(slot))) return wrong("an offset points outside of it");
    return table.GetPointer<const T*>(offset(slot));
  }

  const Table* table(const Table& parent, std::uint16_t slot) {
    const auto* const found = target<Table>(parent, slot);
    return found == nullptr ? nullptr : begin(found);
  }

  template <typename T>
  T scalar(const Table& table, std::uint16_t slot, T usual) {
    if (!wrong_.empty()) return usual;
    if (!table.VerifyField<T>(verifier_, offset(slot), sizeof(T))) {
      wrong("a number lies outside of it");
      return usual;
    }
    return table.GetField<T>(offset(slot), usual);
  }

  bool flag(const Table& table, std::uint16_t slot) { return scalar<std::uint8_t>(table, slot, 0) != 0; }

  std::string text(const Table& table, std::uint16_t slot) {
    const auto* const found = target<flatbuffers::String>(table, slot);
    if (found == nullptr) return {};
    if (!verifier_.VerifyString(found)) {
      wrong("a text lies outside of it");
      return {};
    }
    text_ += found->size();
    if (text_ > k_max_text) {
      wrong("its texts are too long");
      return {};
    }
    return found->str();
  }

  /// Calls `read` with each table of a vector.
  template <typename Read>
  void each(const Table& parent, std::uint16_t slot, Read&& read) {
    const auto* const found = target<Tables>(parent, slot);
    if (found == nullptr) return;
    if (!verifier_.VerifyVector(found)) {
      wrong("a vector lies outside of it");
      return;
    }
    const auto first = static_cast<std::size_t>(found->Data() - bytes());
    for (flatbuffers::uoffset_t i = 0; i < found->size() && wrong_.empty(); ++i) {
      if (verifier_.VerifyOffset(first + std::size_t{i} * sizeof(flatbuffers::uoffset_t)) == 0) {
        wrong("an offset points outside of it");
        return;
      }
      if (const Table* const table = begin(found->Get(i))) {
        read(*table);
        verifier_.EndTable();
      }
    }
  }

  std::vector<Field> fields(const Table& parent, std::uint16_t slot, int depth) {
    std::vector<Field> result;
    if (depth > k_max_depth) wrong(fmt::format("its types nest more than {} deep", k_max_depth));
    each(parent, slot, [&](const Table& table) { result.push_back(field(table, depth)); });
    return result;
  }

  Metadata metadata(const Table& parent, std::uint16_t slot) {
    Metadata result;
    each(parent, slot, [&](const Table& table) {
      auto key = text(table, slots::key);
      result.emplace_back(std::move(key), text(table, slots::value));
    });
    return result;
  }

  Field field(const Table& table, int depth) {
    Field result;
    result.name = text(table, slots::name);
    result.nullable = flag(table, slots::nullable);
    result.children = fields(table, slots::children, depth + 1);
    result.metadata = metadata(table, slots::field_metadata);
    const auto id = scalar<std::uint8_t>(table, slots::type_id, 0);
    if (id < static_cast<std::uint8_t>(TypeId::null) || id > static_cast<std::uint8_t>(TypeId::large_list_view))
      wrong(fmt::format("field '{}' has the unknown type {}", result.name, id));
    result.type.id = static_cast<TypeId>(id);
    if (const Table* const type = this->table(table, slots::type)) {
      read_type(*type, result);
      verifier_.EndTable();
    } else {
      wrong(fmt::format("field '{}' has no type", result.name));
    }
    if (const Table* const dictionary = this->table(table, slots::dictionary)) {
      result.dictionary = read_dictionary(*dictionary);
      verifier_.EndTable();
    }
    if (wrong_.empty())
      if (const auto found = fault(result); !found.empty()) wrong(fmt::format("field '{}' has {}", result.name, found));
    return result;
  }

  Dictionary read_dictionary(const Table& table) {
    Dictionary result;
    result.id = scalar<std::int64_t>(table, slots::id, 0);
    result.ordered = flag(table, slots::is_ordered);
    if (const Table* const index = this->table(table, slots::index_type)) {
      result.bits = scalar<std::int32_t>(*index, slots::int_bits, 0);
      result.is_signed = flag(*index, slots::int_signed);
      verifier_.EndTable();
    }
    return result;
  }

  /// An enumeration of `count` values; another value is wrong.
  template <typename Enum>
  Enum enumeration(const Table& table, std::uint16_t slot, std::int16_t usual, std::int16_t count) {
    const auto value = scalar<std::int16_t>(table, slot, usual);
    if (value >= 0 && value < count) return static_cast<Enum>(value);
    wrong(fmt::format("{} is no unit", value));
    return {};
  }

  Unit unit(const Table& table, std::int16_t usual) { return enumeration<Unit>(table, slots::unit, usual, 4); }

  void read_type(const Table& table, Field& field) {
    Type& type = field.type;
    switch (type.id) {
      case TypeId::integer:
        type.bits = scalar<std::int32_t>(table, slots::int_bits, 0);
        type.is_signed = flag(table, slots::int_signed);
        return;
      case TypeId::floating_point: type.bits = 16 << enumeration<int>(table, slots::precision, 0, 3); return;
      case TypeId::decimal:
        type.bits = scalar<std::int32_t>(table, slots::decimal_bits, slots::k_decimal_bits);
        type.precision = scalar<std::int32_t>(table, slots::digits, 0);
        type.scale = scalar<std::int32_t>(table, slots::scale, 0);
        return;
      case TypeId::date: type.bits = 32 << enumeration<int>(table, slots::unit, slots::k_unit_millisecond, 2); return;
      case TypeId::time:
        type.unit = unit(table, slots::k_unit_millisecond);
        type.bits = scalar<std::int32_t>(table, slots::time_bits, slots::k_time_bits);
        return;
      case TypeId::timestamp:
        type.unit = unit(table, 0);
        type.zone = text(table, slots::zone);
        return;
      case TypeId::interval: type.interval_unit = enumeration<IntervalUnit>(table, slots::unit, 0, 3); return;
      case TypeId::duration: type.unit = unit(table, slots::k_unit_millisecond); return;
      case TypeId::fixed_size_binary:
      case TypeId::fixed_size_list: type.size = scalar<std::int32_t>(table, slots::size, 0); return;
      case TypeId::map: type.keys_sorted = flag(table, slots::keys_sorted); return;
      case TypeId::sum: read_sum(table, field); return;
      default: return;
    }
  }

  void read_sum(const Table& table, Field& field) {
    field.type.is_dense = enumeration<int>(table, slots::mode, 0, 2) == 1;
    if (const auto* const ids = target<flatbuffers::Vector<std::int32_t>>(table, slots::type_ids)) {
      if (!verifier_.VerifyVector(ids)) {
        wrong("a vector lies outside of it");
        return;
      }
      if (ids->size() != field.children.size()) {
        wrong(fmt::format("field '{}' is a union with {} types and {} ids of types", field.name, field.children.size(),
                          ids->size()));
        return;
      }
      field.type.type_ids.assign(ids->begin(), ids->end());
    } else {
      for (std::size_t i = 0; i < field.children.size(); ++i)
        field.type.type_ids.push_back(static_cast<std::int32_t>(i));
    }
  }

  std::vector<std::uint64_t> words_;
  flatbuffers::Verifier verifier_;
  std::string wrong_;
  std::size_t text_ = 0;
};

std::uint32_t little_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value |= std::uint32_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  return value;
}

}  // namespace

bool is_ipc(std::string_view bytes) {
  return bytes.starts_with(k_continuation) || bytes.starts_with(k_file_magic.substr(0, 6)) ||
         bytes.substr(0, 8).find('\0') != std::string_view::npos;
}

Result<DecodedSchema> decode_schema(std::string_view bytes) {
  DecodedSchema result;
  std::string_view rest = bytes;
  if (rest.starts_with(k_file_magic)) rest.remove_prefix(k_file_magic.size());
  result.begin = bytes.size() - rest.size();
  // Before version 0.15 of the format there was no continuation marker.
  if (rest.starts_with(k_continuation)) rest.remove_prefix(k_continuation.size());
  if (rest.size() < 4) return fail(ErrorCode::usage, "this is no Arrow schema message: it is too short");
  const std::size_t size = little_endian(rest);
  rest.remove_prefix(4);
  if (size < 8 || size > rest.size())
    return fail(ErrorCode::usage,
                fmt::format("this is no Arrow schema message: it says to have {} bytes and has {}", size, rest.size()));
  result.size = bytes.size() - result.begin - rest.size() + size;
  MATVIEW_ASSIGN(result.schema, Decoder(rest.substr(0, size)).schema());
  return result;
}

}  // namespace matview::arrow
