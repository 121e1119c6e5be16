#include <flatbuffers/flatbuffers.h>

#include <vector>

#include "arrow/message_slots.hpp"
#include "arrow/schema_message.hpp"

namespace matview::arrow {

namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;
using flatbuffers::Table;
using slots::offset;

template <typename T>
using Vector = flatbuffers::Vector<T>;
using Tables = Offset<Vector<Offset<Table>>>;

/// Writes what a table is made of before the table itself, as the format of flatbuffers has it.
class Encoder {
 public:
  std::string message(const Schema& schema) {
    const auto fields = this->fields(schema.fields);
    const auto metadata = this->metadata(schema.metadata);
    const auto table = build([&] {
      builder_.AddOffset(offset(slots::fields), fields);
      builder_.AddOffset(offset(slots::schema_metadata), metadata);
    });
    builder_.Finish(build([&] {
      builder_.AddElement<std::int16_t>(offset(slots::version), slots::k_metadata_v5, 0);
      builder_.AddElement<std::uint8_t>(offset(slots::header_type), slots::k_header_schema, 0);
      builder_.AddOffset(offset(slots::header), table);
    }));
    return {reinterpret_cast<const char*>(builder_.GetBufferPointer()), builder_.GetSize()};
  }

 private:
  template <typename Members>
  Offset<Table> build(Members&& members) {
    const auto start = builder_.StartTable();
    members();
    return Offset<Table>(builder_.EndTable(start));
  }

  /// A null offset, which stands for "not there", if there is none.
  Tables metadata(const Metadata& metadata) {
    if (metadata.empty()) return {};
    std::vector<Offset<Table>> entries;
    for (const auto& [key, value] : metadata) {
      const auto key_text = builder_.CreateString(key);
      const auto value_text = builder_.CreateString(value);
      entries.push_back(build([&] {
        builder_.AddOffset(offset(slots::key), key_text);
        builder_.AddOffset(offset(slots::value), value_text);
      }));
    }
    return builder_.CreateVector(entries);
  }

  /// Also for none: some readers refuse a field without the vector of its children.
  Tables fields(const std::vector<Field>& fields) {
    std::vector<Offset<Table>> written;
    written.reserve(fields.size());
    for (const Field& field : fields) written.push_back(this->field(field));
    return builder_.CreateVector(written);
  }

  Offset<Table> field(const Field& field) {
    const auto name = builder_.CreateString(field.name);
    const auto type = this->type(field.type);
    const auto dictionary = field.dictionary ? this->dictionary(*field.dictionary) : Offset<Table>();
    const auto children = fields(field.children);
    const auto metadata = this->metadata(field.metadata);
    return build([&] {
      builder_.AddOffset(offset(slots::name), name);
      builder_.AddElement<std::uint8_t>(offset(slots::nullable), field.nullable ? 1 : 0, 0);
      builder_.AddElement<std::uint8_t>(offset(slots::type_id), static_cast<std::uint8_t>(field.type.id), 0);
      builder_.AddOffset(offset(slots::type), type);
      builder_.AddOffset(offset(slots::dictionary), dictionary);
      builder_.AddOffset(offset(slots::children), children);
      builder_.AddOffset(offset(slots::field_metadata), metadata);
    });
  }

  Offset<Table> integer(int bits, bool is_signed) {
    return build([&] {
      builder_.AddElement<std::int32_t>(offset(slots::int_bits), bits, 0);
      builder_.AddElement<std::uint8_t>(offset(slots::int_signed), is_signed ? 1 : 0, 0);
    });
  }

  Offset<Table> dictionary(const Dictionary& dictionary) {
    const auto index = integer(dictionary.bits, dictionary.is_signed);
    return build([&] {
      builder_.AddElement<std::int64_t>(offset(slots::id), dictionary.id, 0);
      builder_.AddOffset(offset(slots::index_type), index);
      builder_.AddElement<std::uint8_t>(offset(slots::is_ordered), dictionary.ordered ? 1 : 0, 0);
    });
  }

  Offset<Table> unit(std::int16_t unit, std::int16_t usual) {
    return build([&] { builder_.AddElement<std::int16_t>(offset(slots::unit), unit, usual); });
  }

  Offset<Table> time(const Type& type) {
    return build([&] {
      builder_.AddElement(offset(slots::unit), static_cast<std::int16_t>(type.unit), slots::k_unit_millisecond);
      builder_.AddElement<std::int32_t>(offset(slots::time_bits), type.bits, slots::k_time_bits);
    });
  }

  Offset<Table> timestamp(const Type& type) {
    const auto zone = type.zone.empty() ? Offset<flatbuffers::String>() : builder_.CreateString(type.zone);
    return build([&] {
      builder_.AddElement<std::int16_t>(offset(slots::unit), static_cast<std::int16_t>(type.unit), 0);
      builder_.AddOffset(offset(slots::zone), zone);
    });
  }

  Offset<Table> decimal(const Type& type) {
    return build([&] {
      builder_.AddElement<std::int32_t>(offset(slots::digits), type.precision, 0);
      builder_.AddElement<std::int32_t>(offset(slots::scale), type.scale, 0);
      builder_.AddElement<std::int32_t>(offset(slots::decimal_bits), type.bits, slots::k_decimal_bits);
    });
  }

  Offset<Table> sum(const Type& type) {
    const auto ids = builder_.CreateVector(type.type_ids);
    return build([&] {
      builder_.AddElement<std::int16_t>(offset(slots::mode), type.is_dense ? 1 : 0, 0);
      builder_.AddOffset(offset(slots::type_ids), ids);
    });
  }

  Offset<Table> type(const Type& type) {
    switch (type.id) {
      case TypeId::integer: return integer(type.bits, type.is_signed);
      case TypeId::floating_point: {
        const std::int16_t precision = type.bits == 16 ? 0 : type.bits == 32 ? 1 : 2;
        return build([&] { builder_.AddElement<std::int16_t>(offset(slots::precision), precision, 0); });
      }
      case TypeId::decimal: return decimal(type);
      case TypeId::date: return unit(type.bits == 32 ? 0 : 1, slots::k_unit_millisecond);
      case TypeId::time: return time(type);
      case TypeId::timestamp: return timestamp(type);
      case TypeId::interval: return unit(static_cast<std::int16_t>(type.interval_unit), 0);
      case TypeId::duration: return unit(static_cast<std::int16_t>(type.unit), slots::k_unit_millisecond);
      case TypeId::fixed_size_binary:
      case TypeId::fixed_size_list:
        return build([&] { builder_.AddElement<std::int32_t>(offset(slots::size), type.size, 0); });
      case TypeId::map:
        return build(
            [&] { builder_.AddElement<std::uint8_t>(offset(slots::keys_sorted), type.keys_sorted ? 1 : 0, 0); });
      case TypeId::sum: return sum(type);
      default: return build([] {});
    }
  }

  FlatBufferBuilder builder_;
};

}  // namespace

std::string encode_schema(const Schema& schema) {
  std::string metadata = Encoder().message(schema);
  metadata.resize((metadata.size() + 7) / 8 * 8);
  const auto size = static_cast<std::uint32_t>(metadata.size());
  std::string result(4, '\xff');
  for (int i = 0; i < 4; ++i) result += static_cast<char>(size >> (8 * i) & 0xff);
  return result + metadata;
}

}  // namespace matview::arrow
