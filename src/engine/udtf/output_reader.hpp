#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/udtf/output_value.hpp"
#include "engine/udtf/program.hpp"
#include "matview/result.hpp"

namespace matview::engine::udtf {

/// A row that a program returned, checked.
struct OutputRow {
  std::string source_row_id;  ///< of a chunker
  std::vector<std::optional<std::string>> cells;
};

/// Reads the rows of one process. Errors say in a few words what is wrong with the row.
class OutputReader {
 public:
  /// `values` must outlive the reader.
  OutputReader(const std::vector<OutputValue>& values, Format format, bool echoes_id);

  /// CSV: the first record must be the header, with each column once, in any order.
  bool expects_header() const { return format_ == Format::csv && places_.empty(); }
  Result<void> read_header(std::string_view record);

  Result<OutputRow> read(std::string_view record) const;

 private:
  Result<OutputRow> read_json(std::string_view record) const;
  Result<OutputRow> read_csv(std::string_view record) const;

  const std::vector<OutputValue>& values_;
  Format format_;
  bool echoes_id_;
  std::vector<std::size_t> places_;  ///< CSV: for each field the value it is; `values_.size()` for the id
};

}  // namespace matview::engine::udtf
