#include "providers/external/row_reader.hpp"

#include "providers/external/documents.hpp"
#include "providers/external/reader.hpp"
#include "providers/external/requests.hpp"

namespace matview::providers::external {

Result<std::unique_ptr<RowStream>> RowReader::open(Sessions& sessions, std::unique_ptr<Session> session,
                                                   std::int64_t run, const QueryRequest& request, Control& control) {
  std::unique_ptr<RowReader> rows(new RowReader(sessions, std::move(session), run, request, control));
  MATVIEW_TRY(rows->read_columns());
  return rows;
}

RowReader::RowReader(Sessions& sessions, std::unique_ptr<Session> session, std::int64_t run,
                     const QueryRequest& request, const Control& control)
    : sessions_(sessions),
      session_(std::move(session)),
      control_{deaf_, control.stop, control.deadline},
      exchange_(*session_, sessions.next_id(), "query", run, false, to_arguments(request), control) {}

RowReader::~RowReader() {
  if (!over_) exchange_.abandon("interrupted");
  sessions_.give_back(std::move(session_));
}

Result<void> RowReader::read_columns() {
  auto message = exchange_.next(control_);
  over_ = !message || message->at("type") != Value("columns");
  if (!message) return fail(std::move(message).error());
  if (over_) return fail(session_->broken("answered a query without its columns"));
  Reader reader(*message, "the columns of a query");
  auto columns = reader.finish(reader.list("columns", read_column));
  if (!columns)
    return fail(session_->broken("answered a query with what cannot be understood: " + columns.error().message));
  columns_ = *std::move(columns);
  return {};
}

Result<bool> RowReader::next(std::vector<Row>& batch) {
  batch.clear();
  if (over_) return false;
  auto message = exchange_.next(control_);
  over_ = !message || message->at("type") == Value("result");
  if (!message) return fail(std::move(message).error());
  if (over_) return false;
  Reader reader(*message, "the rows of a query");
  for (const auto& item : reader.items("rows")) {
    const auto* row = item.if_array();
    if (row == nullptr || row->size() != columns_.size())
      reader.wrong("rows", "a row has not as many values as there are columns");
    if (row != nullptr) batch.push_back(*row);
  }
  if (auto fine = reader.finish(true); !fine) {
    over_ = true;
    return fail(session_->broken("answered a query with what cannot be understood: " + fine.error().message));
  }
  return true;
}

}  // namespace matview::providers::external
