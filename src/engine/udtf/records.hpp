#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/udtf/program.hpp"
#include "matview/result.hpp"

namespace matview::engine::udtf {

/// Cuts what a program writes into its rows: lines of NDJSON, records of CSV (RFC 4180: a line end inside quotes
/// belongs to the field). Bytes come in pieces of any size.
class Records {
 public:
  explicit Records(Format format) : format_(format) {}

  void push(std::string_view bytes);

  /// The next whole record without its line end; valid until the next `push`. Blank lines are no records.
  std::optional<std::string_view> next();

  /// What came after the last line end; empty if nothing did.
  std::string_view rest() const { return std::string_view(buffer_).substr(begin_); }

 private:
  Format format_;
  std::string buffer_;
  std::size_t begin_ = 0;    ///< of the record that is being read
  std::size_t scanned_ = 0;  ///< up to where no line end was found
  bool quoted_ = false;      ///< at `scanned_`
};

/// A field of a CSV record: empty optional for nothing at all, which is NULL; "" is the empty text.
using CsvFields = std::vector<std::optional<std::string>>;

/// The fields of one record. `failed`, in a few words, for quotes in the wrong place.
Result<CsvFields> csv_fields(std::string_view record);

/// One field as it is written: in quotes only where it must be.
std::string csv_field(const std::optional<std::string>& text);

}  // namespace matview::engine::udtf
