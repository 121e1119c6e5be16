#include "postgres_box.hpp"

using namespace matview::test;

TEST_CASE("views as code: what the server writes in words of its own is no difference, from any machine") {
  PostgresBox box;
  box.directory().write("work/v.toml", R"([views.totals]
query = """
SELECT count(*) AS n, sum(amount) AS total -- all of it
FROM orders
"""
with_data = true
[views.big]
query = "select id from orders where amount > 10;"
)");
  box.must({"apply", "-f", "v.toml"});
  CHECK(box.view("totals")["freshness"] != "empty");
  CHECK(box.run({"diff", "-f", "v.toml", "--exit-code"}).exit_code == 0);
  // Without what is on record here only the server's own words are left.
  std::filesystem::remove_all(box.home() / ".local");
  const auto elsewhere = box.run({"diff", "-f", "v.toml", "--exit-code"});
  CHECK_MESSAGE(elsewhere.exit_code == 0, elsewhere.out << elsewhere.err);
  box.directory().write("work/all.toml", box.must({"list", "-o", "toml"}).out);
  CHECK(box.run({"diff", "-f", "all.toml", "--exit-code", "--prune"}).exit_code == 0);
  CHECK(box.sql("SELECT count(*) FROM pg_class WHERE relname LIKE '%matview_form%'") == "0");

  box.directory().write("work/v.toml", "[views.big]\nquery = 'SELECT id FROM orders WHERE amount > 20'\n");
  const auto changes = box.json({"diff", "-f", "v.toml", "--prune"})["changes"];
  CHECK(changes[0]["action"] == "replace");
  CHECK(changes[1]["action"] == "drop");
  CHECK(changes[1]["view"] == "totals");
  box.must({"apply", "-f", "v.toml"});
  CHECK(box.run({"diff", "-f", "v.toml", "--exit-code"}).exit_code == 0);
}
