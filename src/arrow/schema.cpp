#include "arrow/schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

namespace matview::arrow {

namespace {

bool one_of(int value, std::initializer_list<int> allowed) {
  return std::find(allowed.begin(), allowed.end(), value) != allowed.end();
}

int most_digits(int bits) {
  switch (bits) {
    case 32: return 9;
    case 64: return 18;
    case 128: return 38;
    default: return 76;
  }
}

/// How many children a type has; -1: any number.
int child_count(TypeId id) {
  switch (id) {
    case TypeId::list:
    case TypeId::large_list:
    case TypeId::list_view:
    case TypeId::large_list_view:
    case TypeId::fixed_size_list:
    case TypeId::map: return 1;
    case TypeId::run_end_encoded: return 2;
    case TypeId::structure:
    case TypeId::sum: return -1;
    default: return 0;
  }
}

/// What is wrong with the type itself; empty if nothing.
std::string fault_of_type(const Type& type) {
  switch (type.id) {
    case TypeId::integer:
      if (!one_of(type.bits, {8, 16, 32, 64})) return fmt::format("an integer of {} bits", type.bits);
      return {};
    case TypeId::floating_point:
      if (!one_of(type.bits, {16, 32, 64})) return fmt::format("a floating-point number of {} bits", type.bits);
      return {};
    case TypeId::decimal:
      if (!one_of(type.bits, {32, 64, 128, 256})) return fmt::format("a decimal of {} bits", type.bits);
      if (type.precision < 1 || type.precision > most_digits(type.bits))
        return fmt::format("a decimal of {} bits with {} digits (1 to {} are possible)", type.bits, type.precision,
                           most_digits(type.bits));
      return {};
    case TypeId::date:
      if (!one_of(type.bits, {32, 64})) return fmt::format("a date of {} bits", type.bits);
      return {};
    case TypeId::time: {
      const bool coarse = type.unit == Unit::second || type.unit == Unit::millisecond;
      if (type.bits != (coarse ? 32 : 64))
        return "a time whose unit does not fit its bits (s and ms have 32, us and ns have 64)";
      return {};
    }
    case TypeId::fixed_size_binary:
    case TypeId::fixed_size_list:
      if (type.size < 0) return "a negative size";
      return {};
    default: return {};
  }
}

std::string fault_of_children(const Field& field) {
  const auto count = child_count(field.type.id);
  const auto given = static_cast<int>(field.children.size());
  if (count >= 0 && given != count) return fmt::format("a type of {} inner types with {}", count, given);
  if (field.type.id == TypeId::sum && field.type.type_ids.size() != field.children.size())
    return "a union whose type ids are not as many as its types";
  if (field.type.id == TypeId::sum)
    for (const auto id : field.type.type_ids)
      if (id < 0 || id > 127) return fmt::format("a union with the type id {} (0 to 127 are possible)", id);
  if (field.type.id == TypeId::map) {
    const Field& entries = field.children.front();
    if (entries.type.id != TypeId::structure || entries.children.size() != 2)
      return "a map that is not made of pairs of a key and a value";
  }
  if (field.type.id == TypeId::run_end_encoded) {
    const Type& ends = field.children.front().type;
    if (ends.id != TypeId::integer || !ends.is_signed || ends.bits == 8)
      return "run ends that are not int16, int32 or int64";
  }
  return {};
}

}  // namespace

std::string fault(const Field& field) {
  auto wrong = fault_of_type(field.type);
  if (wrong.empty()) wrong = fault_of_children(field);
  if (wrong.empty() && field.dictionary && !one_of(field.dictionary->bits, {8, 16, 32, 64}))
    wrong = fmt::format("a dictionary with an index of {} bits", field.dictionary->bits);
  return wrong;
}

}  // namespace matview::arrow
