#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/json.hpp"
#include "support/postgres_server.hpp"
#include "support/sandbox.hpp"

namespace matview::test {

inline bool says(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// The real binary in a sandbox, its profile `pg` a database of its own with a table `orders (id, amount)` of 3 rows.
class PostgresBox : public Sandbox {
 public:
  PostgresBox() : server_(PostgresServer::instance()), database_(server_.new_database()) {
    sql("CREATE TABLE orders (id integer PRIMARY KEY, amount numeric); INSERT INTO orders VALUES (1, 10), (2, 20), (3, "
        "30)");
    configure("default_profile = \"pg\"\n[profiles.pg]\nprovider = \"postgres\"\nhost = \"" + server_.host() +
              "\"\nuser = \"" + server_.user() + "\"\ndatabase = \"" + database_ + "\"\n");
  }

  const PostgresServer& server() const { return server_; }
  const std::string& database() const { return database_; }
  std::string sql(const std::string& statements) const { return server_.sql(database_, statements); }

  Outcome must(std::vector<std::string> arguments) const {
    const auto outcome = run(std::move(arguments));
    REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.err);
    return outcome;
  }
  Json json(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"-o", "json"});
    return parse_json(must(std::move(arguments)).out);
  }
  Json view(const std::string& name) const { return json({"show", name}).at("views")[0]; }

  void create(const std::string& name, const std::string& query, std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{"create", name, "--query", query, "--quiet"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    must(arguments);
  }

  /// Another session that holds a lock on the relation until its process ends.
  std::unique_ptr<Process> hold(const std::string& relation) const {
    auto holder = server_.background(database_, "BEGIN; SELECT count(*) FROM " + relation + "; SELECT pg_sleep(3600);");
    wait_until(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%sleep(3600)%' "
        "AND state = 'active' AND pid <> pg_backend_pid()",
        "1");
    return holder;
  }

  /// Statements of matview that the server works on now.
  static constexpr const char* k_refreshes =
      "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'REFRESH%' AND state = "
      "'active'";

  void wait_until(const std::string& query, const std::string& answer) const {
    while (sql(query) != answer) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }

 private:
  PostgresServer& server_;
  std::string database_;
};

/// Of which a refresh takes hours, and which is still quick to define.
inline constexpr const char* k_slow_query = "SELECT g AS id, pg_sleep(3600)::text AS s FROM generate_series(1, 2) g";

}  // namespace matview::test
