#include <algorithm>
#include <memory>
#include <set>

#include "output/cells.hpp"
#include "output/csv.hpp"
#include "output/print.hpp"
#include "output/table.hpp"
#include "output/values.hpp"
#include "support/json.hpp"

namespace matview::output {

namespace {

using Row = RowStream::Row;
using support::Align;

/// Turns rows into text, piece by piece. What comes back is to be written as it is.
class RowFormat {
 public:
  virtual ~RowFormat() = default;
  virtual std::string begin() { return {}; }
  virtual std::string row(const Row& row) = 0;
  virtual std::string end() { return {}; }
};

/// Column names that are keys of one object: a name that was there before gets a number.
std::vector<std::string> unique_names(const std::vector<Column>& columns) {
  std::set<std::string> taken;
  for (const auto& column : columns) taken.insert(column.name);
  std::set<std::string> used;
  std::vector<std::string> names;
  for (const auto& column : columns) {
    auto name = column.name;
    for (int number = 1; used.count(name) > 0 || (number > 1 && taken.count(name) > 0); ++number)
      name = column.name + "_" + std::to_string(number);
    used.insert(name);
    names.push_back(std::move(name));
  }
  return names;
}

std::string row_object(const std::vector<std::string>& names, const Row& row) {
  std::string text = "{";
  for (std::size_t i = 0; i < names.size() && i < row.size(); ++i) {
    if (i > 0) text += ",";
    text += support::to_json(names[i]) + ":" + support::to_json(row[i]);
  }
  return text + "}";
}

class JsonRows : public RowFormat {
 public:
  explicit JsonRows(const std::vector<Column>& columns) : columns_(columns), names_(unique_names(columns)) {}

  std::string begin() override {
    Value::Array columns;
    for (std::size_t i = 0; i < names_.size(); ++i) columns.push_back(to_value(Column{names_[i], columns_[i].type}));
    return R"({"schema_version":1,"columns":)" + support::to_json(columns) + R"(,"rows":[)";
  }
  std::string row(const Row& row) override {
    const auto* separator = first_ ? "\n" : ",\n";
    first_ = false;
    return separator + row_object(names_, row);
  }
  std::string end() override { return first_ ? "]}\n" : "\n]}\n"; }

 private:
  const std::vector<Column>& columns_;
  std::vector<std::string> names_;
  bool first_ = true;
};

class JsonLines : public RowFormat {
 public:
  explicit JsonLines(const std::vector<Column>& columns) : names_(unique_names(columns)) {}
  std::string row(const Row& row) override { return row_object(names_, row) + "\n"; }

 private:
  std::vector<std::string> names_;
};

class CsvRows : public RowFormat {
 public:
  CsvRows(const std::vector<Column>& columns, const Style& style) : columns_(columns), style_(style) {}
  std::string begin() override {
    std::vector<Value> header;
    for (const auto& column : columns_) header.emplace_back(column.name);
    return csv_record(header, style_);
  }
  std::string row(const Row& row) override { return csv_record(row, style_); }

 private:
  const std::vector<Column>& columns_;
  const Style& style_;
};

/// The first column alone.
class FirstColumn : public RowFormat {
 public:
  explicit FirstColumn(const Style& style) : style_(style) {}
  std::string row(const Row& row) override {
    const auto text = row.empty() ? std::string() : plain_text(row.front());
    return (style_.terminal ? support::strip_control(text) : text) + "\n";
  }

 private:
  const Style& style_;
};

/// Holds a window of rows, whose widest cells set the widths. A later window may only widen them, so that columns
/// stay where they are as long as they can.
class TableRows : public RowFormat {
 public:
  TableRows(const std::vector<Column>& columns, const Style& style) : style_(style), numeric_(columns.size(), true) {
    for (const auto& column : columns) {
      layout_.push_back({support::strip_control(column.name), Align::left, 1, 6});
      natural_.push_back(std::max(1, support::display_width(layout_.back().header)));
    }
  }

  std::string row(const Row& row) override {
    std::vector<Cell> cells;
    for (std::size_t i = 0; i < layout_.size(); ++i) cells.push_back(cell(i, i < row.size() ? row[i] : Value()));
    window_.push_back(std::move(cells));
    return window_.size() < k_window ? std::string() : flush();
  }

  std::string end() override { return first_ || !window_.empty() ? flush() : std::string(); }

 private:
  static constexpr std::size_t k_window = 1000;

  Cell cell(std::size_t column, const Value& value) {
    if (value.is_null()) return measured(column, {"NULL", Tone::dim});
    const bool number = value.if_integer() != nullptr || value.if_double() != nullptr || value.if_number() != nullptr;
    if (!number) numeric_[column] = false;
    auto text = support::strip_control(plain_text(value));
    // An empty text must not look like a missing column.
    return measured(column, {text.empty() ? "''" : std::move(text)});
  }

  Cell measured(std::size_t column, Cell cell) {
    natural_[column] = std::max(natural_[column], support::display_width(cell.text));
    return cell;
  }

  std::string flush() {
    const auto widths = style_.terminal ? fit_widths(layout_, natural_, style_.width) : natural_;
    std::string text;
    if (first_) {
      // Decided once: a column must not change sides in the middle.
      for (std::size_t i = 0; i < layout_.size(); ++i)
        if (numeric_[i] && !window_.empty()) layout_[i].align = Align::right;
      text = header_line(layout_, widths, style_);
    }
    for (const auto& cells : window_) text += table_line(layout_, widths, cells, style_);
    window_.clear();
    first_ = false;
    return text;
  }

  const Style& style_;
  std::vector<TableColumn> layout_;
  std::vector<int> natural_;
  std::vector<bool> numeric_;
  std::vector<std::vector<Cell>> window_;
  bool first_ = true;
};

std::unique_ptr<RowFormat> make_format(Format format, const std::vector<Column>& columns, const Style& style) {
  switch (format) {
    case Format::json: return std::make_unique<JsonRows>(columns);
    case Format::jsonl: return std::make_unique<JsonLines>(columns);
    case Format::csv: return std::make_unique<CsvRows>(columns, style);
    case Format::name: return std::make_unique<FirstColumn>(style);
    case Format::table:
    case Format::wide: break;
  }
  return std::make_unique<TableRows>(columns, style);
}

}  // namespace

Result<void> print_rows(Sink& sink, RowStream& rows, Format format, const Style& style) {
  const auto printer = make_format(format, rows.columns(), style);
  const auto write = [&](const std::string& text) { return style.quiet ? Result<void>() : sink.write(text); };

  MATVIEW_TRY(write(printer->begin()));
  std::vector<Row> batch;
  while (true) {
    auto more = rows.next(batch);
    if (!more) {
      // What came before the failure is shown, so that a person sees how far it got; the error says it is not all.
      MATVIEW_TRY(sink.flush());
      return fail(std::move(more).error());
    }
    if (!*more) break;
    for (const auto& row : batch) MATVIEW_TRY(write(printer->row(row)));
    if (sink.closed()) return {};
  }
  MATVIEW_TRY(write(printer->end()));
  return sink.flush();
}

}  // namespace matview::output
