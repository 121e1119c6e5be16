#pragma once

#include <string>
#include <vector>

#include "matview/result.hpp"
#include "matview/value.hpp"
#include "matview/view.hpp"

namespace matview {

/// Rows of a query, pulled batch by batch, so that a result larger than memory can be printed.
class RowStream {
 public:
  using Row = std::vector<Value>;

  virtual ~RowStream() = default;

  virtual const std::vector<Column>& columns() const = 0;

  /// The next rows in `batch` (its old content goes). False when there are none left.
  virtual Result<bool> next(std::vector<Row>& batch) = 0;
};

}  // namespace matview
