#include "providers/postgres/doctor.hpp"

#include <fmt/format.h>

#include "support/text.hpp"

namespace matview::providers::postgres {

namespace {

using Outcome = Check::Outcome;

constexpr int k_oldest = 120000;  // the oldest of which the statements here were written with the manual at hand

constexpr const char* k_rights =
    "SELECT coalesce(pg_catalog.current_schema(), ''), coalesce(pg_catalog.has_schema_privilege("
    "pg_catalog.current_schema(), 'CREATE'), false), coalesce(pg_catalog.host(pg_catalog.inet_server_addr()), ''), "
    "(SELECT count(*) FROM pg_catalog.pg_class WHERE relkind = 'm'), (SELECT count(*) FROM pg_catalog.pg_class WHERE "
    "relkind = 'm' AND NOT pg_catalog.pg_has_role(relowner, 'USAGE'))";

Check check(std::string name, Outcome outcome, std::string message, std::string hint = {}) {
  return {std::move(name), outcome, std::move(message), std::move(hint)};
}

Check version_check(int version) {
  const auto shown = fmt::format("PostgreSQL {}.{}", version / 10000, version % 10000);
  if (version >= k_oldest) return check("server", Outcome::ok, shown);
  return check("server", Outcome::warning, shown + " is older than 12, with which nothing was tried");
}

}  // namespace

Result<std::vector<Check>> doctor(const Database& database, Control& control) {
  std::vector<Check> checks;
  auto connection = database.connect(control);
  if (!connection) {
    auto failed = check("connection", Outcome::failed, connection.error().message, connection.error().hint);
    failed.code = connection.error().code;
    return std::vector{std::move(failed)};
  }
  Connection& session = **connection;
  checks.push_back(check("connection", Outcome::ok, support::strip_control(session.description())));
  checks.push_back(version_check(session.server_version()));
  MATVIEW_ASSIGN(const auto rights, session.run(k_rights, {}, control));
  const bool by_network = !rights.text(2).empty() && !rights.text(2).starts_with("127.") && rights.text(2) != "::1";
  if (session.encrypted())
    checks.push_back(check("TLS", Outcome::ok, "the connection is encrypted"));
  else if (by_network)
    checks.push_back(check("TLS", Outcome::warning, "the connection is not encrypted",
                           "set sslmode=verify-full in url, a service file or PGSSLMODE"));
  if (rights.text(0).empty())
    checks.push_back(check("schema", Outcome::warning, "no schema of the search path exists",
                           "write names as SCHEMA.NAME, or set search_path for the user"));
  else if (rights.text(1) == "t")
    checks.push_back(check("schema", Outcome::ok, fmt::format("views can be made in '{}'", rights.text(0))));
  else
    checks.push_back(check("schema", Outcome::warning, fmt::format("no views can be made in '{}'", rights.text(0)),
                           fmt::format("GRANT CREATE ON SCHEMA {} TO …", rights.text(0))));
  const auto views = fmt::format("{} materialized views", rights.text(3));
  if (rights.text(4) == "0")
    checks.push_back(check("views", Outcome::ok, views));
  else
    checks.push_back(
        check("views", Outcome::warning,
              fmt::format("{}, of which {} belong to others, who alone can refresh them", views, rights.text(4))));
  return checks;
}

}  // namespace matview::providers::postgres
