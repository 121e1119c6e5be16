#include <doctest/doctest.h>

#include "world.hpp"

using matview::ErrorCode;
using matview::test::World;

namespace {

/// The user's file says `text`; the message must be `message` behind the file's name.
void check_rejected(const std::string& text, const std::string& message, const std::string& hint = {}) {
  const World world;
  const auto file = world.user(text);
  const auto error = world.error();
  INFO(text);
  CHECK(error.code == ErrorCode::usage);
  CHECK(error.message == file.string() + message);
  if (!hint.empty()) CHECK(error.hint == hint);
}

}  // namespace

TEST_CASE("a syntax error names file, line and column") {
  const World world;
  const auto file = world.user("output = \"json\"\nretries = = 3\n");
  const auto error = world.error();
  CHECK(error.code == ErrorCode::usage);
  CHECK(error.message.starts_with(file.string() + ":2:11: "));
}

TEST_CASE("unknown keys are errors with file, line and the nearest key") {
  check_rejected("\noutptu = \"json\"\n", ":2: unknown key 'outptu'", "did you mean 'output'?");
  check_rejected("[profiles.a]\nprovidr = \"local\"\n", ":2: unknown key 'providr' in profile 'a'",
                 "did you mean 'provider'?");
  check_rejected("profile = \"x\"\n", ":1: unknown key 'profile'", "did you mean 'profiles'?");
  check_rejected("[profiles.wh]\nprovider = \"local\"\nstroe = \"/x\"\n", ":3: unknown key 'stroe' of provider 'local'",
                 "did you mean 'store'?");
  check_rejected("[profiles.wh]\nprovider = \"remote\"\nstore = \"/x\"\n",
                 ":3: unknown key 'store' of provider 'remote'");
  check_rejected("[profiles.local]\nurl = \"x\"\n", ":2: unknown key 'url' of provider 'local'");
}

TEST_CASE("wrong types and values are errors with file, line and key") {
  check_rejected("retries = \"3\"\n", ":1: key 'retries' must be a whole number from 0, not a string");
  check_rejected("retries = 1.5\n", ":1: key 'retries' must be a whole number from 0, not a number with a fraction");
  check_rejected("retries = -1\n", ":1: key 'retries' must be a whole number from 0, not '-1'");
  check_rejected("quiet = \"yes\"\n", ":1: key 'quiet' must be true or false, not a string");
  check_rejected("output = \"xml\"\n",
                 ":1: key 'output' must be one of table, wide, json, jsonl, csv, name, not 'xml'");
  check_rejected("timeout = 5\n", ":1: key 'timeout' must be a duration such as \"90s\" or \"2h\", not a whole number");
  check_rejected("timeout = \"5\"\n", ":1: key 'timeout' must be a duration such as \"90s\" or \"2h\", not '5'");
  check_rejected("default_profile = 1\n", ":1: key 'default_profile' must be a string, not a whole number");
  check_rejected("profiles = 1\n", ":1: key 'profiles' must be a table, not a whole number");
  check_rejected("views = 1\n", ":1: key 'views' must be a table, not a whole number");
  check_rejected("[profiles]\nwh = \"x\"\n", ":2: key 'profiles.wh' must be a table, not a string");
  check_rejected("[profiles.local]\nthreads = 0\n",
                 ":2: key 'profiles.local.threads' must be a whole number from 1, not '0'");
  check_rejected("[profiles.local]\nstore = [\"a\"]\n", ":2: key 'profiles.local.store' must be a path, not an array");
  check_rejected("[profiles.local]\nstore = \"\"\n", ":2: key 'profiles.local.store' must be a path, not ''");
  check_rejected("[profiles.local]\nretain_for = \"a week\"\n",
                 ":2: key 'profiles.local.retain_for' must be a duration such as \"90s\" or \"2h\", not 'a week'");
  check_rejected("[profiles.local]\ntimezone = 2026-01-01\n",
                 ":2: key 'profiles.local.timezone' must be a string, not a date or time");
  check_rejected(
      "[profiles.r]\nprovider = \"remote\"\napi_key_command = \"pass show x\"\n",
      ":3: key 'profiles.r.api_key_command' must be a list of strings such as [\"pass\", \"show\", \"name\"], "
      "not a string");
  check_rejected(
      "[profiles.r]\nprovider = \"remote\"\napi_key_command = [\"pass\", 1]\n",
      ":3: key 'profiles.r.api_key_command' must be a list of strings such as [\"pass\", \"show\", \"name\"]");
  check_rejected(
      "[profiles.r]\nprovider = \"remote\"\napi_key_command = []\n",
      ":3: key 'profiles.r.api_key_command' must be a list of strings such as [\"pass\", \"show\", \"name\"]");
}

TEST_CASE("a profile needs a provider that exists") {
  check_rejected("[profiles.wh]\nprovider = \"locl\"\n", ":2: key 'profiles.wh.provider': there is no provider 'locl'",
                 "did you mean 'local'?");
  check_rejected("[profiles.wh]\nstore = \"/x\"\n", ":2: profile 'wh' has no key 'provider'",
                 "providers: local, remote");
  check_rejected("[profiles.local]\nprovider = \"remote\"\n",
                 ":2: key 'profiles.local.provider': the profile 'local' is always of provider 'local'");
  check_rejected("[profiles.\"a:b\"]\nprovider = \"local\"\n", ":1: 'a:b' cannot be the name of a profile");
}

TEST_CASE("a plain secret in a file is refused, with the ways there are") {
  check_rejected("[profiles.r]\nprovider = \"remote\"\napi_key = \"s3cret\"\n",
                 ":3: key 'profiles.r.api_key': a secret may not stand in a configuration file",
                 "keep it in a file of its own, api_key_file = \"…\", or have a program print it, "
                 "api_key_command = [\"…\"]");
  const World world;
  world.user("[profiles.r]\nprovider = \"remote\"\npassword = \"s3cret\"\n");
  CHECK(world.error().message.find("s3cret") == std::string::npos);
}

TEST_CASE("two sources of one secret in one layer are refused") {
  World world;
  const auto file =
      world.user("[profiles.r]\nprovider = \"remote\"\napi_key_file = \"a\"\napi_key_command = [\"b\"]\n");
  CHECK(world.error().code == ErrorCode::usage);
  CHECK(world.error().message.find("both given for profile 'r'") != std::string::npos);
}

TEST_CASE("answers that only a person may give are not taken from a file") {
  check_rejected("yes = true\n", ":1: key 'yes' cannot be set in a file");
  check_rejected("dry_run = true\n", ":1: key 'dry_run' cannot be set in a file");
}

TEST_CASE("a project file may define views and choose a profile") {
  const World world;
  world.user("[profiles.wh]\nprovider = \"local\"\n");
  world.project("default_profile = \"wh\"\n[views.sales]\nquery = \"SELECT 1\"\nanything = [1, 2]\n");
  REQUIRE(world.load());
  world.project("default_profile = \"wh\"\n[[views]]\nname = \"sales\"\n[[views]]\nname = \"b\"\n");
  REQUIRE(world.load());
}

TEST_CASE("a project file may set no command, address, credential, path or store") {
  for (const std::string line : {
           "provider = \"local\"",
           "store = \"/tmp/x\"",
           "url = \"https://evil.example\"",
           "username = \"x\"",
           "api_key_file = \"/etc/passwd\"",
           "api_key_command = [\"rm\"]",
           "password_command = [\"rm\"]",
           "retain = 1",
           "retain_for = \"1s\"",
       }) {
    const World world;
    world.user("[profiles.r]\nprovider = \"remote\"\n");
    const auto file = world.project("\n[profiles.r]\n" + line + "\n");
    const auto key = line.substr(0, line.find(' '));
    CHECK(world.error().code == ErrorCode::usage);
    CHECK(world.error().message == file.string() + ":3: key 'profiles.r." + key +
                                       "' may not be set in a project file, which came with a checkout and is not "
                                       "trusted");
    CHECK_FALSE(world.error().hint.empty());
  }
  const World world;
  const auto file = world.project("[profiles.r]\napi_key = \"x\"\n");
  CHECK(world.error().message.starts_with(file.string() + ":2: key 'profiles.r.api_key'"));
  world.project("quiet = true\n");
  CHECK(world.error().message.find("not trusted") != std::string::npos);
}

TEST_CASE("a configuration file that is a folder, unreadable or huge is named") {
  World world;
  world.options.config_file = world.directory.path();
  CHECK(world.error().code == ErrorCode::usage);
  CHECK(world.error().message == "cannot read '" + world.directory.path().string() + "': Is a directory");
  world.options.config_file.reset();
  world.user(std::string((1 << 20) + 1, '#'));
  CHECK(world.error().message.ends_with("is larger than 1 MiB"));
}

TEST_CASE("values of the environment and of flags are checked under their own names") {
  World world;
  world.environment.set("MATVIEW_OUTPUT", "xml");
  CHECK(world.error().code == ErrorCode::usage);
  CHECK(world.error().message == "MATVIEW_OUTPUT must be one of table, wide, json, jsonl, csv, name, not 'xml'");
  world.environment.set("MATVIEW_OUTPUT", "json").set("MATVIEW_RETRIES", "3x");
  CHECK(world.error().message == "MATVIEW_RETRIES must be a whole number from 0, not '3x'");
  world.environment.unset("MATVIEW_RETRIES").set("MATVIEW_NO_INPUT", "maybe");
  CHECK(world.error().message == "MATVIEW_NO_INPUT must be true or false, not 'maybe'");
  world.environment.unset("MATVIEW_NO_INPUT");
  world.options.flags["no_input"] = "true";
  world.options.flags["timeout"] = "soon";
  CHECK(world.error().message == "--timeout must be a duration such as \"90s\" or \"2h\", not 'soon'");
}

TEST_CASE("a path below ~ needs HOME") {
  World world;
  world.system("[profiles.local]\nstore = \"~/x\"\n");
  world.environment.unset("HOME");
  CHECK(world.error().code == ErrorCode::usage);
  CHECK(world.error().message.ends_with("key 'profiles.local.store' begins with '~/', but HOME is not set"));
}
