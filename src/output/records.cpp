#include "output/records.hpp"

#include "output/cells.hpp"
#include "output/csv.hpp"
#include "output/values.hpp"
#include "support/json.hpp"
#include "support/members.hpp"
#include "support/text.hpp"

namespace matview::output {

namespace {

std::string upper(std::string text) {
  for (auto& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

/// The document with those keys alone, in their order.
Value pick(const Value& document, const std::vector<std::string>& fields) {
  if (fields.empty()) return document;
  Value::Object members;
  for (const auto& field : fields) members.emplace_back(field, document.at(field));
  return members;
}

RecordColumn column_of_field(const std::string& field) {
  const auto align = is_numeric_field(field) ? support::Align::right : support::Align::left;
  return {{upper(field), align, 1, 8}, field, false, {}};
}

std::string table_text(const Records& records, bool wide, const Style& style, const std::vector<std::string>& fields) {
  std::vector<RecordColumn> columns;
  for (const auto& field : fields) columns.push_back(column_of_field(field));
  if (fields.empty()) {
    for (const auto& column : records.columns)
      if (wide || !column.wide) columns.push_back(column);
  }
  std::vector<TableColumn> layout;
  for (const auto& column : columns) layout.push_back(column.column);

  Table table(std::move(layout));
  for (const auto& document : records.documents) {
    std::vector<Cell> cells;
    for (const auto& column : columns)
      cells.push_back(column.cell ? column.cell(document, style)
                                  : field_cell(column.key, document.at(column.key), style));
    table.add(std::move(cells));
  }
  return table.render(style);
}

std::string csv_text(const Records& records, const std::vector<std::string>& fields, const Style& style) {
  const auto& keys = fields.empty() ? records.keys : fields;
  std::string text = csv_record({keys.begin(), keys.end()}, style);
  for (const auto& document : records.documents) {
    std::vector<Value> record;
    for (const auto& key : keys) record.push_back(document.at(key));
    text += csv_record(record, style);
  }
  return text;
}

Value to_value(const Failure& failure) {
  return Value::Object{{"profile", support::text_or_null(failure.profile)},
                       {"view", support::text_or_null(failure.view)},
                       {"error", output::to_value(failure.error)}};
}

Value failure_list(const Failures& failures) {
  Value::Array list;
  for (const auto& failure : failures) list.push_back(to_value(failure));
  return list;
}

std::string json_text(const Records& records, const std::vector<std::string>& fields) {
  Value::Array list;
  for (const auto& document : records.documents) list.push_back(pick(document, fields));
  Value document = versioned(records.plural, std::move(list));
  for (const auto& [key, value] : records.beside) document.set(key, value);
  if (!records.failures.empty()) document.set("errors", failure_list(records.failures));
  return support::to_json(document, true) + "\n";
}

std::string jsonl_text(const Records& records, const std::vector<std::string>& fields) {
  std::string text;
  for (const auto& document : records.documents)
    text += support::to_json(Value::Object{{"event", "result"}, {records.singular, pick(document, fields)}}) + "\n";
  for (const auto& failure : records.failures) {
    const Value document = to_value(failure);
    Value event = Value::Object{{"event", "error"}};
    for (const auto& [key, value] : *document.if_object()) event.set(key, value);
    text += support::to_json(event) + "\n";
  }
  const auto count = static_cast<std::int64_t>(records.documents.size());
  Value summary = Value::Object{{"event", "summary"}, {"count", count}};
  if (!records.failures.empty()) summary.set("failed", static_cast<std::int64_t>(records.failures.size()));
  return text + support::to_json(summary) + "\n";
}

std::string names_text(const Records& records, const Style& style) {
  std::string text;
  for (const auto& document : records.documents) {
    const auto name = records.name(document, style);
    text += (style.terminal ? support::strip_control(name) : name) + "\n";
  }
  return text;
}

}  // namespace

Value versioned(std::string key, Value value) {
  return Value::Object{{"schema_version", 1}, {std::move(key), std::move(value)}};
}

Result<void> print_text(Sink& sink, std::string_view text, const Style& style) {
  if (!style.quiet) MATVIEW_TRY(sink.write(text));
  return sink.flush();
}

Result<void> print_records(Sink& sink, const Records& records, Format format, const Style& style,
                           const std::vector<std::string>& fields) {
  MATVIEW_TRY(check_fields(fields, records.keys));
  switch (format) {
    case Format::json: return print_text(sink, json_text(records, fields), style);
    case Format::jsonl: return print_text(sink, jsonl_text(records, fields), style);
    case Format::csv: return print_text(sink, csv_text(records, fields, style), style);
    case Format::name: return print_text(sink, names_text(records, style), style);
    case Format::table:
    case Format::wide: break;
  }
  return print_text(sink, table_text(records, format == Format::wide, style, fields), style);
}

}  // namespace matview::output
