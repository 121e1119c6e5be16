#include "engine/udtf/records.hpp"

#include <algorithm>

namespace matview::engine::udtf {

void Records::push(std::string_view bytes) {
  if (begin_ > 0) {
    buffer_.erase(0, begin_);
    scanned_ -= begin_;
    begin_ = 0;
  }
  buffer_ += bytes;
}

std::optional<std::string_view> Records::next() {
  while (scanned_ < buffer_.size()) {
    std::size_t end = std::string::npos;
    if (format_ == Format::ndjson) {
      end = buffer_.find('\n', scanned_);
      if (end == std::string::npos) end = buffer_.size();
    } else {
      for (end = scanned_; end < buffer_.size() && (quoted_ || buffer_[end] != '\n'); ++end)
        if (buffer_[end] == '"') quoted_ = !quoted_;
    }
    scanned_ = end;
    if (end == buffer_.size()) return std::nullopt;
    auto record = std::string_view(buffer_).substr(begin_, end - begin_);
    begin_ = scanned_ = end + 1;
    if (record.ends_with('\r')) record.remove_suffix(1);
    const bool blank =
        format_ == Format::csv ? record.empty() : record.find_first_not_of(" \t") == std::string_view::npos;
    if (!blank) return record;
  }
  return std::nullopt;
}

Result<CsvFields> csv_fields(std::string_view record) {
  CsvFields fields;
  for (std::size_t at = 0;; ++at) {
    if (at < record.size() && record[at] == '"') {
      std::string text;
      for (++at;; ++at) {
        if (at >= record.size()) return fail(ErrorCode::failed, "a quote is not closed");
        if (record[at] != '"') {
          text += record[at];
          continue;
        }
        if (at + 1 >= record.size() || record[at + 1] != '"') break;
        text += record[++at];
      }
      fields.emplace_back(std::move(text));
      if (++at < record.size() && record[at] != ',') return fail(ErrorCode::failed, "text follows a closing quote");
    } else {
      const auto end = std::min(record.find(',', at), record.size());
      const auto text = record.substr(at, end - at);
      if (text.find('"') != std::string_view::npos)
        return fail(ErrorCode::failed, "a quote inside a field without quotes");
      if (text.empty())
        fields.emplace_back();
      else
        fields.emplace_back(std::string(text));
      at = end;
    }
    if (at >= record.size()) return fields;
  }
}

std::string csv_field(const std::optional<std::string>& text) {
  if (!text) return {};
  if (!text->empty() && text->find_first_of("\",\r\n") == std::string::npos) return *text;
  std::string quoted = "\"";
  for (const char c : *text) {
    if (c == '"') quoted += c;
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace matview::engine::udtf
