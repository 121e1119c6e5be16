#include "engine/udtf/output_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/udtf/records.hpp"
#include "support/json.hpp"
#include "support/text.hpp"
#include "support/utf8.hpp"

namespace matview::engine::udtf {

namespace {

tl::unexpected<Error> wrong_row(std::string what) { return fail(ErrorCode::failed, std::move(what)); }

std::string printable(std::string_view name) { return support::truncate(support::strip_control(name), 60); }

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto point = support::decode_utf8(text, at);
    if (!point.valid) return false;
    at += point.size;
  }
  return true;
}

tl::unexpected<Error> in_column(Error error, const OutputValue& value) {
  return fail(std::move(error).with_context(fmt::format("column '{}': ", value.column().name)));
}

}  // namespace

OutputReader::OutputReader(const std::vector<OutputValue>& values, Format format, bool echoes_id)
    : values_(values), format_(format), echoes_id_(echoes_id) {}

Result<void> OutputReader::read_header(std::string_view record) {
  if (!is_utf8(record)) return wrong_row("its header is not valid UTF-8");
  // Spreadsheets, and programs that write for them, begin with a byte order mark.
  if (record.starts_with("\xEF\xBB\xBF")) record.remove_prefix(3);
  MATVIEW_ASSIGN(const auto fields, csv_fields(record));
  for (const auto& field : fields) {
    const auto name = field.value_or("");
    const auto found = std::find_if(values_.begin(), values_.end(),
                                    [&](const OutputValue& value) { return value.column().name == name; });
    auto place = static_cast<std::size_t>(found - values_.begin());
    if (found == values_.end() && !(echoes_id_ && name == k_source_row_id))
      return wrong_row(fmt::format("its header has an unknown column '{}'", printable(name)));
    if (std::find(places_.begin(), places_.end(), place) != places_.end())
      return wrong_row(fmt::format("its header has the column '{}' twice", printable(name)));
    places_.push_back(place);
  }
  const auto all = values_.size() + (echoes_id_ ? 1 : 0);
  for (std::size_t place = 0; place < all; ++place)
    if (std::find(places_.begin(), places_.end(), place) == places_.end())
      return wrong_row(fmt::format("its header has no column '{}'", place < values_.size()
                                                                        ? values_[place].column().name
                                                                        : std::string(k_source_row_id)));
  return {};
}

Result<OutputRow> OutputReader::read(std::string_view record) const {
  if (!is_utf8(record)) return wrong_row("it is not valid UTF-8");
  return format_ == Format::csv ? read_csv(record) : read_json(record);
}

Result<OutputRow> OutputReader::read_json(std::string_view record) const {
  const auto document = support::parse_json(record);
  if (!document) return wrong_row(document.error().message);
  const auto* members = document->if_object();
  if (members == nullptr) return wrong_row("it is no JSON object");
  OutputRow row;
  row.cells.resize(values_.size());
  std::size_t found = 0;
  for (const auto& [name, value] : *members) {
    if (echoes_id_ && name == k_source_row_id) {
      const auto* id = value.if_string();
      if (id == nullptr) return wrong_row(fmt::format("its {} is no text", k_source_row_id));
      row.source_row_id = *id;
      continue;
    }
    std::size_t place = 0;
    while (place < values_.size() && values_[place].column().name != name) ++place;
    if (place == values_.size()) return wrong_row(fmt::format("unknown column '{}'", printable(name)));
    auto cell = values_[place].read(value);
    if (!cell) return in_column(std::move(cell).error(), values_[place]);
    row.cells[place] = *std::move(cell);
    ++found;
  }
  if (found != values_.size())
    for (const auto& value : values_)
      if (std::none_of(members->begin(), members->end(), [&](const auto& m) { return m.first == value.column().name; }))
        return wrong_row(fmt::format("column '{}' is missing", value.column().name));
  if (echoes_id_ && row.source_row_id.empty()) return wrong_row(fmt::format("{} is missing", k_source_row_id));
  return row;
}

Result<OutputRow> OutputReader::read_csv(std::string_view record) const {
  MATVIEW_ASSIGN(auto fields, csv_fields(record));
  if (fields.size() != places_.size())
    return wrong_row(fmt::format("it has {}, and the header {}",
                                 support::count_noun(static_cast<std::int64_t>(fields.size()), "field"),
                                 places_.size()));
  OutputRow row;
  row.cells.resize(values_.size());
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto place = places_[i];
    if (place == values_.size()) {
      if (!fields[i] || fields[i]->empty()) return wrong_row(fmt::format("{} is missing", k_source_row_id));
      row.source_row_id = *std::move(fields[i]);
      continue;
    }
    auto cell = values_[place].read_field(fields[i]);
    if (!cell) return in_column(std::move(cell).error(), values_[place]);
    row.cells[place] = *std::move(cell);
  }
  return row;
}

}  // namespace matview::engine::udtf
