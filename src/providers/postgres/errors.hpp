#pragma once

#include <string>
#include <string_view>

#include "matview/error.hpp"

namespace matview::providers::postgres {

/// What the server said of a statement that failed.
struct ServerError {
  std::string sqlstate;
  std::string message;
  std::string detail;
  std::string hint;
  std::string position;  ///< in the statement, from 1; empty where none is told
};

/// The code of an SQLSTATE (PostgreSQL documentation, appendix A): by the whole of it, else by its class.
ErrorCode code_of(std::string_view sqlstate);

/// One line, the server's detail below it. Trying again may help where a lock or the server was in the way.
Error to_error(const ServerError& said);

/// The error of a connection that was not made, by what libpq says in words: it has no codes for that.
Error connection_error(std::string_view said, bool needs_password);

}  // namespace matview::providers::postgres
