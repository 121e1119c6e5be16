#include "output/csv.hpp"

#include "output/cells.hpp"
#include "support/text.hpp"

namespace matview::output {

namespace {

void append_field(std::string& record, const Value& value, const Style& style) {
  const std::string text =
      style.terminal ? support::strip_control(plain_text(value), support::Newlines::keep) : plain_text(value);
  const bool quoted = (text.empty() && !value.is_null()) || text.find_first_of(",\"\r\n") != std::string::npos;
  if (!quoted) {
    record += text;
    return;
  }
  record += '"';
  for (const char c : text) {
    if (c == '"') record += '"';
    record += c;
  }
  record += '"';
}

}  // namespace

std::string csv_record(const std::vector<Value>& fields, const Style& style) {
  std::string record;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) record += ',';
    append_field(record, fields[i], style);
  }
  // A record of one null would be an empty line, which readers skip.
  if (fields.size() == 1 && record.empty()) record = "\"\"";
  return record + "\n";
}

}  // namespace matview::output
