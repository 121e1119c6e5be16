#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "memory_box.hpp"

// What the shells' completion asks matview for. The time it may take is long here: how fast a loaded machine starts a
// process is no matter of these tests.

using namespace matview::test;
namespace fs = std::filesystem;

namespace {

Outcome complete(const Sandbox& box, std::vector<std::string> words) {
  words.insert(words.begin(), "__complete");
  auto command = box.command(std::move(words));
  command.environment["MATVIEW_COMPLETION_TIMEOUT"] = "1m";
  return run(command);
}

/// What is offered; it must come without a word on stderr.
std::string offers(const Sandbox& box, std::vector<std::string> words) {
  const auto outcome = complete(box, std::move(words));
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.err == "");
  return outcome.out;
}

/// A local store with three views, two of them with tags.
class LocalBox : public Sandbox {
 public:
  LocalBox() {
    create("daily", {"--tag", "nightly", "--tag", "sales"});
    create("orders", {"--tag", "sales"});
    create("Größe 1", {});
  }
  void create(const std::string& name, std::vector<std::string> options) const {
    std::vector<std::string> words{"create", name, "--query", "SELECT 1 AS n", "--quiet"};
    words.insert(words.end(), options.begin(), options.end());
    REQUIRE(run(words).exit_code == 0);
  }
};

}  // namespace

TEST_CASE("views and tags of a store are offered as they are now, without DuckDB") {
  LocalBox box;
  CHECK(offers(box, {"view", "--", "da"}) == "Größe 1\t\ndaily\t\norders\t\n");
  CHECK(offers(box, {"selector", "--", "+"}) == "+Größe 1\t\n+daily\t\n+orders\t\n");
  CHECK(offers(box, {"view", "--", "local:"}) == "local:Größe 1\t\nlocal:daily\t\nlocal:orders\t\n");
  CHECK(offers(box, {"view", "--", "nobody:"}) == "");
  CHECK(offers(box, {"tag", "--", ""}) == "nightly\t1 view\nsales\t2 views\n");
  CHECK(box.run({"drop", "orders", "--yes", "--quiet"}).exit_code == 0);
  CHECK(offers(box, {"view", "--", ""}) == "Größe 1\t\ndaily\t\n");

  auto command = box.command({"__complete", "view", "--", ""});
  command.environment["LD_DEBUG"] = "files";
  command.environment["MATVIEW_COMPLETION_TIMEOUT"] = "1m";
  CHECK(run(command).err.find("libduckdb") == std::string::npos);
}

TEST_CASE("other profiles are offered with a colon, and are asked behind it") {
  LocalBox box;
  box.configure("[profiles.other]\nprovider = \"local\"\nstore = \"" + (box.work() / "other").string() + "\"\n");
  REQUIRE(box.run({"create", "other:far", "--query", "SELECT 1 AS n", "--quiet"}).exit_code == 0);
  CHECK(offers(box, {"view", "--", ""}) == "Größe 1\t\ndaily\t\norders\t\nother:\tlocal\n");
  CHECK(offers(box, {"view", "--", "other:f"}) == "other:far\t\n");
  CHECK(offers(box, {"view", "-P", "other", "--", ""}) == "far\t\nlocal:\tlocal\n");
  CHECK(offers(box, {"profile", "--", ""}) == "local\tlocal\nother\tlocal\n");
}

TEST_CASE("jobs of a store are offered with what became of them, the newest first") {
  LocalBox box;
  REQUIRE(box.run({"refresh", "daily", "--quiet"}).exit_code == 0);
  const auto job = box.run({"history", "daily", "-o", "csv", "--fields", "id"}).out;
  const auto id = job.substr(job.find('\n') + 1, job.rfind('\n') - job.find('\n') - 1);
  CHECK(offers(box, {"job", "--", ""}) == id + "\tdaily, succeeded\n");
}

TEST_CASE("views of other backends are those that commands met last") {
  MemoryBox box;
  CHECK(offers(box, {"view", "--", ""}) == "local:\tlocal\n");
  box.create("far", {"--tag", "nightly"});
  CHECK(offers(box, {"view", "--", ""}) == "far\t\nlocal:\tlocal\n");
  CHECK(offers(box, {"tag", "--", ""}) == "nightly\t1 view\n");
  box.create("farther");
  box.must({"drop", "far", "--yes", "--quiet"});
  CHECK(offers(box, {"view", "--", ""}) == "farther\t\nlocal:\tlocal\n");

  // Views that come and go elsewhere are met by `list`, `status` and `show`.
  const auto cache = box.home() / ".cache/matview/views/mem.json";
  REQUIRE(fs::exists(cache));
  for (const auto& command : std::vector<std::vector<std::string>>{{"list"}, {"status"}, {"show", "farther"}}) {
    CAPTURE(command.front());
    fs::remove(cache);
    box.must(command);
    CHECK(offers(box, {"view", "--", ""}) == "farther\t\nlocal:\tlocal\n");
  }
  box.must({"drop", "farther", "--dry-run"});
  CHECK(offers(box, {"view", "--", ""}) == "farther\t\nlocal:\tlocal\n");
}

TEST_CASE("whatever is wrong, completion offers nothing and says nothing") {
  Sandbox box;
  CHECK(offers(box, {}) == "");
  CHECK(offers(box, {"nonsense", "--", "x"}) == "");
  CHECK(offers(box, {"view", "-P", "nobody", "--", ""}) == "");
  CHECK(offers(box, {"view", "--config", "/nowhere.toml", "--", ""}) == "");
  box.configure("this is no TOML");
  CHECK(offers(box, {"view", "--", ""}) == "");
  box.configure("");
  box.directory().write("home/.local/share/matview/catalog.sqlite", "this is no catalog");
  CHECK(offers(box, {"view", "--", ""}) == "");
  box.directory().write("home/.local/state/matview/ledger.sqlite", "this is no ledger");
  CHECK(offers(box, {"job", "--", ""}) == "");

  MemoryBox other;
  other.directory().write("home/.cache/matview/views/mem.json", "{\"views\":7");
  CHECK(offers(other, {"view", "--", ""}) == "local:\tlocal\n");
}

TEST_CASE("a cache that cannot be written is nobody's business") {
  MemoryBox box;
  box.directory().write("home/.cache", "a file where a folder should be");
  const auto outcome = box.run({"create", "x", "--query", "rows"});
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.err == "view 'x' is there\n");
  auto command = box.command({"list", "-o", "name"});
  command.environment.erase("HOME");
  command.environment["MATVIEW_CONFIG"] = (box.home() / ".config/matview/config.toml").string();
  CHECK(run(command).out == "x\n");
}

TEST_CASE("completion ends, in silence, when its time is up") {
  Sandbox box;
  const auto pipe = box.work() / "never-written";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const auto outcome = box.run({"__complete", "view", "--config", pipe.string(), "--", ""});
  CHECK_FALSE(outcome.timed_out);
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.out == "");
  CHECK(outcome.err == "");
}

TEST_CASE("a name that would not survive a line is not offered") {
  MemoryBox box;
  box.directory().write("home/.cache/matview/views/mem.json",
                        "{\"views\":[{\"name\":\"a\\nb\",\"tags\":[]},{\"name\":\"c\",\"tags\":[\"x\\ty\"]}]}");
  CHECK(offers(box, {"view", "--", ""}) == "c\t\nlocal:\tlocal\n");
  CHECK(offers(box, {"tag", "--", ""}) == "");
}
