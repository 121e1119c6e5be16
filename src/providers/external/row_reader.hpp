#pragma once

#include <memory>
#include <vector>

#include "matview/row_stream.hpp"
#include "providers/external/exchange.hpp"
#include "providers/external/sessions.hpp"

namespace matview::providers::external {

/// The rows that a program answers a query with. Whoever reads slowly holds the program back by its pipe.
class RowReader final : public RowStream {
 public:
  /// Reads as far as the columns. `sessions` outlives it.
  static Result<std::unique_ptr<RowStream>> open(Sessions& sessions, std::unique_ptr<Session> session, std::int64_t run,
                                                 const QueryRequest& request, Control& control);
  ~RowReader() override;

  const std::vector<Column>& columns() const override { return columns_; }
  Result<bool> next(std::vector<Row>& batch) override;

 private:
  RowReader(Sessions& sessions, std::unique_ptr<Session> session, std::int64_t run, const QueryRequest& request,
            const Control& control);
  Result<void> read_columns();

  Sessions& sessions_;
  std::unique_ptr<Session> session_;
  Observer deaf_;
  Control control_;  ///< the caller's own may be gone when rows are read
  Exchange exchange_;
  std::vector<Column> columns_;
  bool over_ = false;
};

}  // namespace matview::providers::external
