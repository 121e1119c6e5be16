#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matview/control.hpp"
#include "matview/result.hpp"
#include "matview/secret.hpp"

namespace matview::providers::postgres {

/// What a statement answered. A cell that is NULL is empty.
struct Rows {
  using Cell = std::optional<std::string>;
  std::vector<std::string> columns;
  std::vector<std::vector<Cell>> rows;

  bool empty() const { return rows.empty(); }
  /// Of the first row; an empty text for NULL and for no row.
  std::string text(std::size_t column) const;
};

/// libpq's keywords and values: {"host", "/tmp"}. What is not there libpq takes from PG… variables, service and
/// password files, as psql does.
using ConnectionParameters = std::map<std::string, std::string>;

/// A URI or a "host=… dbname=…" text as keywords. `usage` for what is neither. A password in it is `usage` as well: it
/// has no place in an address.
Result<ConnectionParameters> parse_connection_text(const std::string& text);

/// A session with a server. From one thread at a time.
class Connection {
 public:
  /// Blocks until it is there, or the control says otherwise. `auth`, `not_found` (no such database) or `unavailable`.
  static Result<std::unique_ptr<Connection>> open(const ConnectionParameters& parameters,
                                                  const std::optional<Secret>& password, Control& control);
  virtual ~Connection() = default;

  /// Runs one statement; several in one text are an error. `parameters` are the values of $1, $2, … as text. Where the
  /// control says stop or its deadline has passed the server is asked to cancel, and the error says that.
  virtual Result<Rows> run(const std::string& sql, const std::vector<std::string>& parameters, Control& control) = 0;

  /// False once it is broken or in the middle of a transaction.
  virtual bool usable() const = 0;

  virtual int server_version() const = 0;  ///< 150004 for 15.4
  virtual bool encrypted() const = 0;
  /// "database 'x' at /run/postgresql:5432 as 'etl'"
  virtual std::string description() const = 0;
};

}  // namespace matview::providers::postgres
