#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/duckdb/database.hpp"
#include "engine/udtf/input.hpp"
#include "engine/udtf/output_reader.hpp"
#include "engine/udtf/records.hpp"

namespace matview::engine::udtf {

/// The rows one process returns: cut, checked, numbered, handed on in batches.
class TaskOutput {
 public:
  struct Hooks {
    std::function<Result<void>(TextRows&)> append;                            ///< rows of `k_output_table`; emptied
    std::function<Result<void>(std::string_view row, Error wrong)> on_wrong;  ///< an error ends the process
  };

  TaskOutput(const Program& program, const std::vector<OutputValue>& values, bool chunker, std::string unit,
             std::int64_t run, Hooks hooks);

  /// A source row with this id was given to the process.
  void given(const std::string& id) { children_.emplace(id, 0); }

  Result<void> take(std::string_view bytes);

  /// The process has ended well: nothing may be left, and a header must have been there.
  Result<void> finish();

 private:
  Result<void> take_record(std::string_view record);
  Result<void> flush();

  Format format_;
  bool chunker_;
  std::string unit_;
  std::string run_;
  Hooks hooks_;
  Records records_;
  OutputReader reader_;
  std::unordered_map<std::string, std::int64_t> children_;  ///< chunker: rows so far by id
  std::int64_t rows_ = 0;
  TextRows batch_;
  std::size_t batch_bytes_ = 0;
};

}  // namespace matview::engine::udtf
