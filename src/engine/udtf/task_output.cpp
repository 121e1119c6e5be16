#include "engine/udtf/task_output.hpp"

#include <fmt/format.h>

#include "support/text.hpp"

namespace matview::engine::udtf {

namespace {

constexpr std::size_t k_batch_rows = 4096;
constexpr std::size_t k_batch_bytes = 8 << 20;

// A row of this size is no row: the program forgot its line ends.
constexpr std::size_t k_row_bytes = 256 << 20;

}  // namespace

TaskOutput::TaskOutput(const Program& program, const std::vector<OutputValue>& values, bool chunker, std::string unit,
                       std::int64_t run, Hooks hooks)
    : format_(program.format),
      chunker_(chunker),
      unit_(std::move(unit)),
      run_(std::to_string(run)),
      hooks_(std::move(hooks)),
      records_(program.format),
      reader_(values, program.format, chunker) {}

Result<void> TaskOutput::take(std::string_view bytes) {
  records_.push(bytes);
  while (const auto record = records_.next()) MATVIEW_TRY(take_record(*record));
  if (records_.rest().size() <= k_row_bytes) return {};
  return fail(ErrorCode::failed, fmt::format("wrote a row of more than {}", support::human_bytes(k_row_bytes)));
}

Result<void> TaskOutput::finish() {
  if (const auto rest = records_.rest(); !rest.empty()) {
    // JSON tells that an object is whole; half a line of CSV may look like a row.
    const bool whole = format_ == Format::ndjson && rest.find('}') != std::string_view::npos && reader_.read(rest);
    if (!whole)
      return fail(ErrorCode::failed, fmt::format("ended in the middle of a row: {}",
                                                 support::truncate(support::strip_control(rest.substr(0, 400)), 200)));
    MATVIEW_TRY(take_record(rest));
  }
  if (reader_.expects_header()) return fail(ErrorCode::failed, "wrote nothing, not even the header of its CSV");
  return flush();
}

Result<void> TaskOutput::take_record(std::string_view record) {
  if (reader_.expects_header()) {
    if (auto read = reader_.read_header(record); !read)
      return fail(std::move(read).error().with_context("wrote CSV that cannot be read: "));
    return {};
  }
  auto row = reader_.read(record);
  if (!row) return hooks_.on_wrong(record, std::move(row).error());
  auto& cells = batch_.emplace_back();
  cells.reserve(row->cells.size() + 3);
  cells.emplace_back(run_);
  if (chunker_) {
    const auto child = children_.find(row->source_row_id);
    if (child == children_.end()) {
      batch_.pop_back();
      const auto id = support::truncate(support::strip_control(row->source_row_id), 60);
      return hooks_.on_wrong(
          record, Error(ErrorCode::failed,
                        fmt::format("it names the {} '{}', which the program was not given", k_source_row_id, id)));
    }
    cells.emplace_back(row->source_row_id);
    cells.emplace_back(std::to_string(child->second++));
  } else {
    cells.emplace_back(unit_);
    cells.emplace_back(std::to_string(rows_++));
  }
  for (auto& cell : row->cells) {
    batch_bytes_ += cell ? cell->size() : 0;
    cells.push_back(std::move(cell));
  }
  return batch_.size() >= k_batch_rows || batch_bytes_ >= k_batch_bytes ? flush() : Result<void>();
}

Result<void> TaskOutput::flush() {
  if (!batch_.empty()) MATVIEW_TRY(hooks_.append(batch_));
  batch_.clear();
  batch_bytes_ = 0;
  return {};
}

}  // namespace matview::engine::udtf
