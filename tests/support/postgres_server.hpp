#pragma once

#include <memory>
#include <string>

#include "support/process.hpp"
#include "support/temporary_directory.hpp"

namespace matview::test {

/// A PostgreSQL server of its own, on a socket in a temporary directory and on no network. It ends with this process,
/// however that ends.
class PostgresServer {
 public:
  /// The one of this test program; started when it is first needed.
  static PostgresServer& instance();

  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  /// The directory of the socket: what goes where a host goes.
  std::string host() const { return directory_.path().string(); }
  /// Its superuser, whom everybody is taken for without a password.
  std::string user() const { return "tester"; }

  /// A new, empty database; its name.
  std::string new_database();

  /// What psql prints for the statements, without headers and alignment. Throws std::runtime_error where they fail.
  std::string sql(const std::string& database, const std::string& statements) const;

  /// psql at work on statements that take a while.
  std::unique_ptr<Process> background(const std::string& database, const std::string& statements) const;

 private:
  PostgresServer();
  Command psql(const std::string& database, const std::string& statements) const;

  TemporaryDirectory directory_;
  std::unique_ptr<Process> server_;
  int databases_ = 0;
};

}  // namespace matview::test
