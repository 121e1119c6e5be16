#include "config/views_file.hpp"

#include <doctest/doctest.h>

#include "unit/config/world.hpp"

using namespace matview;
using namespace matview::test;

namespace {

OptionSpec option(std::string name, std::string value, bool repeatable = false, std::vector<std::string> choices = {}) {
  OptionSpec spec{std::move(name), std::move(value), "", {Operation::create}, repeatable, std::move(choices), nullptr};
  return spec;
}

Result<void> check_even(std::string_view text) {
  if (!text.empty() && (text.back() - '0') % 2 == 0) return {};
  return fail(ErrorCode::usage, "'" + std::string(text) + "' is odd");
}

/// A world whose providers have an option of every sort.
class ViewsWorld : public World {
 public:
  ViewsWorld() {
    auto even = option("retain", "N");
    even.check = check_even;
    auto later = option("full-scan", "");
    later.operations = {Operation::refresh};
    providers[0].options = {option("attach", "ALIAS=PATH", true),
                            option("base-dir", "DIR"),
                            option("refresh-mode", "MODE", false, {"auto", "full"}),
                            option("udtf", "FILE"),
                            option("udtf-command", "JSON"),
                            option("udtf-input-columns", "A,B"),
                            std::move(even),
                            std::move(later)};
    providers[1].options = {option("performance", "TIER"), option("manifest", "JSON|@FILE"),
                            option("expires-at", "TIME"), option("auto-refresh", "")};
    user("[profiles.far]\nprovider = \"remote\"\nurl = \"https://x.example\"\n");
  }

  std::filesystem::path views(std::string_view text) const { return directory.write("work/views/v.toml", text); }

  Result<config::ViewsFile> check(std::string_view text) const {
    const auto loaded = load();
    REQUIRE(loaded);
    return config::check_views_file(views(text), *loaded, providers, environment);
  }

  /// The one view of the file.
  config::DefinedView view(std::string_view text) const {
    const auto file = check(text);
    REQUIRE_MESSAGE(file, (file ? "" : file.error().message));
    if (!file->errors.empty()) FAIL(file->errors.front().message);
    REQUIRE(file->views.size() == 1);
    return file->views.front();
  }

  void check_wrong(std::string_view text, std::string_view message, std::string_view hint = "") const {
    const auto file = check(text);
    REQUIRE(file);
    REQUIRE(file->errors.size() == 1);
    CHECK(file->errors.front().code == ErrorCode::usage);
    CHECK(file->errors.front().message == (directory.path() / "work/views/v.toml").string() + std::string(message));
    CHECK(file->errors.front().hint == hint);
  }

  std::string path(std::string_view below) const { return (directory.path() / "work/views" / below).string(); }
};

using Values = std::vector<std::string>;

}  // namespace

TEST_CASE("a view is the request that would create it, and paths count from its file") {
  const ViewsWorld world;
  world.directory.write("work/views/sql/a.sql", "SELECT 1\n");
  world.directory.write("work/views/split.py", "");
  const auto view = world.view(R"([views.daily]
query_file = "sql/a.sql"
kind = "udtf"
tags = ["a", "b"]
depends_on = ["raw", "far:x"]
with_data = true
attach = ["shop=shop.duckdb", "lake=ducklake:sqlite:lake/c.sqlite"]
refresh_mode = "full"
udtf = "bin/split"
udtf-command = ["python3", "split.py", "--size", 512]
udtf_input_columns = ["id", "a,b"]
retain = 4
)");
  CHECK(view.profile == "local");
  CHECK(view.where == world.path("v.toml") + ":1");
  CHECK(view.request.name == "daily");
  CHECK(view.request.query == "SELECT 1\n");
  CHECK(view.request.kind == "udtf");
  CHECK(view.request.tags == Values{"a", "b"});
  CHECK(view.depends_on == Values{"local:raw", "far:x"});
  CHECK(view.request.with_data);
  const auto& options = view.request.options;
  CHECK(options.at("attach") ==
        Values{"shop=" + world.path("shop.duckdb"), "lake=ducklake:sqlite:" + world.path("lake/c.sqlite")});
  CHECK(options.at("base-dir") == Values{(world.directory.path() / "work/views").string()});
  CHECK(options.at("refresh-mode") == Values{"full"});
  CHECK(options.at("udtf") == Values{world.path("bin/split")});
  CHECK(options.at("udtf-command") == Values{R"(["python3",")" + world.path("split.py") + R"(","--size",512])"});
  CHECK(options.at("udtf-input-columns") == Values{"id,\"a,b\""});
  CHECK(options.at("retain") == Values{"4"});
}

TEST_CASE("the profile of a view stands in a key, before its name, or is the one in use") {
  const ViewsWorld world;
  CHECK(world.view("[views.x]\nprofile = \"far\"\n").profile == "far");
  const auto named = world.view("[views.\"far:a.b $ \\u00fc\"]\nquery = 'SELECT 1'\n");
  CHECK(named.profile == "far");
  CHECK(named.request.name == "a.b $ ü");
  CHECK_FALSE(named.request.options.contains("base-dir"));
  world.check_wrong("[views.\"far:x\"]\nprofile = \"local\"\n",
                    ":2: key 'views.\"far:x\".profile' is 'local', and the view's name says 'far'");
  world.check_wrong("[views.x]\nprofile = \"fa\"\n", ":2: key 'views.x.profile': there is no profile 'fa'",
                    "did you mean 'far'?");
}

TEST_CASE("a flag without a value is true or not there") {
  const ViewsWorld world;
  CHECK(world.view("[views.\"far:x\"]\nauto_refresh = true\n").request.options.at("auto-refresh").empty());
  CHECK_FALSE(world.view("[views.\"far:x\"]\nauto_refresh = false\n").request.options.contains("auto-refresh"));
  world.check_wrong("[views.\"far:x\"]\nauto_refresh = 1\n",
                    ":2: key 'views.\"far:x\".auto_refresh' must be true or false, not a whole number");
}

TEST_CASE("tables are JSON, times are text, and @FILE is a path") {
  const ViewsWorld world;
  const auto view = world.view(
      "[views.\"far:x\"]\nmanifest = { pip = [\"a\"], n = 1, f = 0.5, t = true }\nexpires_at = "
      "2027-01-31T00:00:00Z\n");
  CHECK(view.request.options.at("manifest") == Values{R"({"f":0.5,"n":1,"pip":["a"],"t":true})"});
  CHECK(view.request.options.at("expires-at") == Values{"2027-01-31T00:00:00Z"});
  CHECK(world.view("[views.\"far:x\"]\nmanifest = \"@m.json\"\n").request.options.at("manifest") ==
        Values{"@" + world.path("m.json")});
}

TEST_CASE("what is wrong names file, line and key, and the nearest key") {
  const ViewsWorld world;
  world.check_wrong("[views.x]\nqery = 'SELECT 1'\n", ":2: unknown key 'qery' in view 'x'", "did you mean 'query'?");
  world.check_wrong("[views.x]\nrefresh-mod = 'full'\n", ":2: unknown key 'refresh-mod' in view 'x'",
                    "did you mean 'refresh_mode'?");
  world.check_wrong("[views.x]\nperformance = 'small'\n",
                    ":2: key 'views.x.performance': the provider 'local' has no such option",
                    "it is an option of: remote");
  world.check_wrong("[views.x]\nfull_scan = true\n", ":2: unknown key 'full_scan' in view 'x'");
  world.check_wrong("[views.x]\nretain = 3\n", ":2: key 'views.x.retain': '3' is odd");
  world.check_wrong("[views.x]\nrefresh_mode = 'ful'\n",
                    ":2: key 'views.x.refresh_mode' must be one of auto, full, not 'ful'");
  world.check_wrong("[views.x]\nretain = [2]\n", ":2: key 'views.x.retain' must be a string, not an array");
  world.check_wrong("[views.x]\nretain = true\n", ":2: key 'views.x.retain' must be a string, not a boolean");
  world.check_wrong("[views.x]\nquery = 1\n", ":2: key 'views.x.query' must be a string, not a whole number");
  world.check_wrong("[views.x]\nquery = ' '\n", ":2: key 'views.x.query': the query is empty");
  world.check_wrong("[views.x]\nquery = 'a'\nquery_file = 'b'\n",
                    ":3: key 'views.x.query_file': the query is given twice: as query and as query_file");
  world.check_wrong("[views.x]\nquery_file = 'b.sql'\n",
                    ":2: key 'views.x.query_file': there is no file '" + world.path("b.sql") + "'");
  world.check_wrong("[views.x]\nkind = 'udf'\n",
                    ":2: key 'views.x.kind' must be one of query, udtf, chunker, not 'udf'", "did you mean 'udtf'?");
  world.check_wrong("[views.x]\ntags = ['a,b']\n",
                    ":2: key 'views.x.tags': 'a,b' is no tag: it must not be empty or hold a comma");
  world.check_wrong("[views.x]\ndepends_on = ['nowhere:x']\n",
                    ":2: key 'views.x.depends_on': there is no profile 'nowhere'", "profiles: far, local");
  world.check_wrong("[views.x]\nwith_data = true\nno_data = true\n",
                    ":1: key 'views.x.with_data' and key 'views.x.no_data' contradict each other");
  world.check_wrong("[views.x]\nrefresh_mode = 'full'\nrefresh-mode = 'auto'\n",
                    ":3: key 'views.x.refresh-mode' is given twice, in two spellings");
  world.check_wrong("[views]\nx = 1\n", ":2: key 'views.x' must be a table, not a whole number");
  world.check_wrong("[[views]]\nname = 'x'\n", ":1: key 'views' must be a table, [views.NAME], not an array");
  world.check_wrong("[view.x]\nquery = 'SELECT 1'\n",
                    ":1: key 'view' does not belong in a views file, which holds [views.NAME]",
                    "did you mean 'views'?");
}

TEST_CASE("everything that is wrong is told, and what is right is read") {
  const ViewsWorld world;
  const auto file = world.check("[views.a]\nx = 1\n[views.b]\nquery = 'SELECT 1'\n[views.c]\ny = 1\n");
  REQUIRE(file);
  CHECK(file->errors.size() == 2);
  REQUIRE(file->views.size() == 1);
  CHECK(file->views.front().request.name == "b");
}

TEST_CASE("two tables cannot define one view, and views cannot wait for each other") {
  const ViewsWorld world;
  world.check_wrong("[views.x]\nquery = '1'\n[views.\"local:x\"]\nquery = '1'\n",
                    ":3: the view 'local:x' is defined already, at " + world.path("v.toml") + ":1");
  world.check_wrong(
      "[views.a]\ndepends_on = ['b']\n[views.b]\ndepends_on = ['far:c']\n[views.\"far:c\"]\ndepends_on = "
      "['local:a']\n",
      ":5: views depend on each other in a circle: far:c -> local:a -> local:b -> far:c");
}

TEST_CASE("settings stand beside views only where the file is read as configuration") {
  const ViewsWorld world;
  world.check_wrong("default_profile = 'local'\n",
                    ":1: key 'default_profile' does not belong in a views file, which holds [views.NAME]",
                    "settings are read from configuration files: see 'matview help config'");
  const auto project = world.project("default_profile = \"far\"\n[views.x]\nquery = 'SELECT 1'\n");
  const auto loaded = world.load();
  REQUIRE(loaded);
  const auto views = config::read_views_file(project, *loaded, world.providers, world.environment);
  REQUIRE(views);
  CHECK(views->front().profile == "far");
  const auto relative = config::read_views_file("matview.toml", *loaded, world.providers, world.environment);
  REQUIRE(relative);
  CHECK(relative->front().where == project.string() + ":2");
}

TEST_CASE("a file that is not there or no TOML is no views file") {
  const ViewsWorld world;
  const auto loaded = world.load();
  REQUIRE(loaded);
  const auto missing = config::read_views_file("none.toml", *loaded, world.providers, world.environment);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == ErrorCode::usage);
  const auto broken = world.check("[views.x\n");
  REQUIRE_FALSE(broken);
  CHECK(broken.error().message.find("v.toml:1:") != std::string::npos);
}
