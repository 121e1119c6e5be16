#include "providers/postgres/verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "providers/postgres/catalog.hpp"
#include "providers/postgres/sql.hpp"
#include "support/json.hpp"

namespace matview::providers::postgres {

namespace {

std::vector<ComparedColumn> compared_columns(const StoredView& view) {
  std::vector<ComparedColumn> columns;
  for (const auto& column : view.columns) {
    const bool as_text =
        std::find(view.uncomparable.begin(), view.uncomparable.end(), column.name) != view.uncomparable.end();
    columns.push_back({column.name, as_text});
  }
  return columns;
}

Result<std::int64_t> count_of(const Rows::Cell& cell) {
  std::int64_t count = 0;
  const std::string text = cell.value_or("");
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (problem != std::errc() || end != text.data() + text.size())
    return fail(ErrorCode::internal, fmt::format("the server counted '{}' rows", text));
  return count;
}

std::vector<RowStream::Row> sample_of(const Rows::Cell& cell, const std::vector<Column>& columns) {
  std::vector<RowStream::Row> rows;
  const auto sample = support::parse_json(cell.value_or("[]"));
  if (!sample || sample->if_array() == nullptr) return rows;
  for (const auto& item : *sample->if_array()) {
    RowStream::Row row;
    for (const auto& column : columns) row.push_back(item.at(column.name));
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

Result<Verification> verify(const Database& database, const VerifyRequest& request, Control& control) {
  MATVIEW_ASSIGN(const auto connection, database.connect(control));
  MATVIEW_ASSIGN(const auto view, find_view(*connection, request.name, control));
  if (!view.populated)
    return fail(Error(ErrorCode::failed, fmt::format("view '{}' was never filled", view.shown))
                    .with_hint(fmt::format("fill it: matview refresh '{}'", view.shown)));
  if (view.query.empty())
    return fail(Error(ErrorCode::locked, fmt::format("view '{}' is being refreshed", view.shown)).with_retryable());
  const auto columns = compared_columns(view);
  auto compared = connection->run(verify_sql(view.name, view.query, columns, request.samples), {}, control);
  if (!compared) {
    Error error = std::move(compared).error();
    // An array of json and the like: nothing says whether two of them are equal.
    if (error.message.find("42883") != std::string::npos) error.code = ErrorCode::unsupported;
    return fail(std::move(error));
  }
  if (compared->rows.size() != 1 || compared->rows.front().size() != 5)
    return fail(ErrorCode::internal, "the server did not answer with one row");
  const auto& row = compared->rows.front();
  Verification result;
  result.view = view.shown;
  result.columns = view.columns;
  MATVIEW_ASSIGN(result.rows_stored, count_of(row[0]));
  MATVIEW_ASSIGN(result.rows_missing, count_of(row[1]));
  MATVIEW_ASSIGN(result.rows_extra, count_of(row[2]));
  result.equal = result.rows_missing == 0 && result.rows_extra == 0;
  result.missing_sample = sample_of(row[3], view.columns);
  result.extra_sample = sample_of(row[4], view.columns);
  return result;
}

}  // namespace matview::providers::postgres
