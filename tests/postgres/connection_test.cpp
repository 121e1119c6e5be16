#include <filesystem>

#include "postgres_box.hpp"

using namespace matview::test;

namespace {

Outcome run_with(const PostgresBox& box, const std::string& profile, std::vector<std::string> arguments,
                 const std::map<std::string, std::string>& variables = {}) {
  box.configure("default_profile = \"pg\"\n[profiles.pg]\nprovider = \"postgres\"\n" + profile);
  auto command = box.command(std::move(arguments));
  for (const auto& [name, value] : variables) command.environment[name] = value;
  return run(command);
}

}  // namespace

TEST_CASE("an address, a service and libpq's own variables lead to the server") {
  const PostgresBox box;
  const auto host = box.server().host();
  const auto where = "host='" + host + "' user=tester dbname=" + box.database();
  CHECK(run_with(box, "url = \"" + where + "\"\n", {"list"}).exit_code == 0);
  CHECK(
      run_with(box, "url = \"postgresql://tester@/" + box.database() + "?host=" + host + "\"\n", {"list"}).exit_code ==
      0);
  CHECK(
      run_with(box, "", {"list"}, {{"PGHOST", host}, {"PGUSER", "tester"}, {"PGDATABASE", box.database()}}).exit_code ==
      0);
  const auto services =
      box.directory().write("services", "[here]\nhost=" + host + "\nuser=tester\ndbname=" + box.database() + "\n");
  CHECK(run_with(box, "service = \"here\"\n", {"list"}, {{"PGSERVICEFILE", services.string()}}).exit_code == 0);
}

TEST_CASE("a password in the address is refused and not shown") {
  const PostgresBox box;
  for (const std::string url : {"postgresql://u:s3cr3t@h/d", "host=h password=s3cr3t"}) {
    const auto outcome = run_with(box, "url = \"" + url + "\"\n", {"list"});
    CHECK(outcome.exit_code == 2);
    CHECK_FALSE(says(outcome.err, "s3cr3t"));
    CHECK(says(outcome.err, "password_file"));
  }
  const auto nonsense = run_with(box, "url = \"password=s3cr3t nonsense\"\n", {"list"});
  CHECK(nonsense.exit_code == 2);
  CHECK_FALSE(says(nonsense.err, "s3cr3t"));
}

TEST_CASE("what keeps a connection from being made has its code") {
  const PostgresBox box;
  const auto host = box.server().host();
  const auto base = "host = \"" + host + "\"\nuser = \"tester\"\n";
  const auto missing = run_with(box, base + "database = \"nowhere\"\n", {"list"});
  CHECK(missing.exit_code == 6);
  CHECK(says(missing.err, "database \"nowhere\" does not exist"));
  const auto nobody = run_with(box, "host = \"" + host + "\"\nuser = \"nobody\"\ndatabase = \"postgres\"\n", {"list"});
  CHECK(nobody.exit_code == 4);
  const auto down = run_with(box, "host = \"/nowhere\"\nuser = \"tester\"\n", {"list"});
  CHECK(down.exit_code == 7);
  const auto service = run_with(box, "service = \"none\"\n", {"list"});
  CHECK(service.exit_code == 2);
}

TEST_CASE("a password comes from the profile's file, and a wrong one is AUTH") {
  const PostgresBox box;
  box.sql("CREATE ROLE guarded LOGIN PASSWORD 'r1ght-one'");
  const auto rules = std::filesystem::path(box.server().host()) / "data/pg_hba.conf";
  const auto before = read_file(rules);
  box.sql("ALTER SYSTEM SET password_encryption = 'scram-sha-256'");
  box.sql("COPY (SELECT 'local all guarded scram-sha-256' UNION ALL SELECT 'local all all trust') TO '" +
          rules.string() + "'; SELECT pg_reload_conf(); SELECT pg_sleep(0.2)");
  const auto base =
      "host = \"" + box.server().host() + "\"\nuser = \"guarded\"\ndatabase = \"" + box.database() + "\"\n";
  const auto secret = [&](const char* name, const char* text) {
    const auto file = box.directory().write(name, text);
    std::filesystem::permissions(file, std::filesystem::perms::owner_read);
    return "password_file = \"" + file.string() + "\"\n";
  };
  CHECK(run_with(box, base + secret("right", "r1ght-one"), {"list"}).exit_code == 0);
  CHECK(run_with(box, base, {"list"}, {{"PGPASSWORD", "r1ght-one"}}).exit_code == 0);
  const auto wrong = run_with(box, base + secret("wrong", "wr0ng-one"), {"list"});
  CHECK(wrong.exit_code == 4);
  CHECK_FALSE(says(wrong.err, "wr0ng-one"));
  const auto none = run_with(box, base, {"list"});
  CHECK(none.exit_code == 4);
  CHECK(says(none.err, "password_file"));
}

TEST_CASE("who may not refresh a view is told whose it is") {
  const PostgresBox box;
  box.create("v", "SELECT id FROM orders", {"--with-data"});
  box.sql("CREATE ROLE guest LOGIN");
  const auto outcome =
      run_with(box, "host = \"" + box.server().host() + "\"\nuser = \"guest\"\ndatabase = \"" + box.database() + "\"\n",
               {"refresh", "v"});
  CHECK(outcome.exit_code == 4);
  CHECK(says(outcome.err, "SQLSTATE 42501"));
  CHECK(says(outcome.err, "only its owner, 'tester'"));
}

TEST_CASE("doctor tells of the server and of rights") {
  const PostgresBox box;
  const auto fine = box.run({"doctor"});
  CHECK(fine.exit_code == 0);
  CHECK(says(fine.out, "PostgreSQL "));
  CHECK(says(fine.out, "views can be made in 'public'"));
  const auto down = run_with(box, "host = \"/nowhere\"\n", {"doctor"});
  CHECK(down.exit_code == 7);
}
