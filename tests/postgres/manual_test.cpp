#include <filesystem>
#include <regex>

#include "examples/read_examples.hpp"
#include "postgres_box.hpp"

using namespace matview::test;
namespace fs = std::filesystem;

namespace {

/// What the page shows as configuration, with the address of the test's server in the place of the one shown.
std::string configuration(const std::string& page, const PostgresBox& box) {
  const auto begin = page.find("[profiles.pg]");
  REQUIRE(begin != std::string::npos);
  const std::string shown = page.substr(begin, page.find("\n.Ed", begin) - begin);
  const std::string url =
      "url = \"postgresql://" + box.server().user() + "@/" + box.database() + "?host=" + box.server().host() + "\"";
  const std::string replaced = std::regex_replace(shown, std::regex(R"(url = "[^"]*")"), url);
  REQUIRE(replaced != shown);
  return replaced + "\n";
}

}  // namespace

TEST_CASE("the examples of matview-postgres(7) run, with the profile that it shows") {
  const PostgresBox box;
  const std::string page = read_file(fs::path(MATVIEW_SOURCE_DIRECTORY) / "man/matview-postgres.7");
  box.configure(configuration(page, box));
  const auto password = box.directory().write("home/.config/matview/pg.password", "pa55\n");
  fs::permissions(password, fs::perms::owner_read | fs::perms::owner_write);
  box.sql("ALTER TABLE orders ADD COLUMN day date NOT NULL DEFAULT '2026-01-01'");
  box.directory().write("work/daily_sales.sql", "SELECT day, sum(amount) AS sales FROM orders GROUP BY day\n");

  const auto examples = examples_of_page("matview-postgres.7", page);
  REQUIRE(!examples.empty());
  for (const auto& example : examples) {
    auto command = box.command({"-c", "set -eo pipefail\n" + example.script});
    command.program = "/bin/bash";
    command.environment["PATH"] = fs::path(matview_binary()).parent_path().string() + ":/usr/bin:/bin";
    const auto outcome = run(command);
    CHECK_MESSAGE(outcome.exit_code == 0, (example.script + outcome.out + outcome.err));
  }
  CHECK(box.sql("SELECT sales FROM daily_sales") == "60");
  CHECK(box.sql("SELECT count(*) FROM pg_index WHERE indrelid = 'daily_sales'::regclass AND indisunique") == "1");
}
