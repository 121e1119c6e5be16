#include <doctest/doctest.h>

#include "world.hpp"

using matview::ErrorCode;
using matview::config::Config;
using matview::config::Layer;
using matview::test::World;

TEST_CASE("without any configuration there is a profile local with a store below the home directory") {
  const World world;
  const auto config = world.load();
  REQUIRE(config);
  REQUIRE(config->profiles().size() == 1);
  CHECK(config->default_profile().name == "local");
  CHECK(config->default_profile().provider == "local");
  CHECK(config->default_profile_setting().origin.layer == Layer::built_in);
  CHECK(config->files_read().empty());
  const auto store = world.value("local", "store");
  CHECK(store.value == (world.directory.path() / "home/.local/share/matview").string());
  CHECK(store.origin.layer == Layer::built_in);
}

TEST_CASE("XDG_DATA_HOME places the store, unless it is relative") {
  World world;
  world.environment.set("XDG_DATA_HOME", "/data");
  CHECK(world.value("local", "store").value == "/data/matview");
  world.environment.set("XDG_DATA_HOME", "data");
  CHECK(world.value("local", "store").value == (world.directory.path() / "home/.local/share/matview").string());
}

TEST_CASE("each layer wins over the weaker ones and is named as the origin") {
  World world;
  const auto system = world.system("output = \"csv\"\nretries = 1\n");
  auto setting = world.load()->setting("output");
  CHECK(setting->value == "csv");
  CHECK(setting->origin == matview::config::Origin{Layer::system_file, system.string() + ":1"});

  const auto user = world.user("# mine\n\noutput = \"wide\"\n");
  setting = world.load()->setting("output");
  CHECK(setting->value == "wide");
  CHECK(setting->origin == matview::config::Origin{Layer::user_file, user.string() + ":3"});

  const auto project = world.project("output = \"name\"\n");
  setting = world.load()->setting("output");
  CHECK(setting->value == "name");
  CHECK(setting->origin == matview::config::Origin{Layer::project_file, project.string() + ":1"});

  world.environment.set("MATVIEW_OUTPUT", "jsonl");
  setting = world.load()->setting("output");
  CHECK(setting->value == "jsonl");
  CHECK(setting->origin == matview::config::Origin{Layer::environment, "MATVIEW_OUTPUT"});

  world.options.flags["output"] = "json";
  setting = world.load()->setting("output");
  CHECK(setting->value == "json");
  CHECK(setting->origin == matview::config::Origin{Layer::flag, "--output"});

  CHECK(world.load()->setting("retries")->value == "1");
  CHECK_FALSE(world.load()->setting("timeout"));
  CHECK(world.load()->files_read() == std::vector<std::filesystem::path>{system, user, project});
}

TEST_CASE("a profile is put together from several layers") {
  World world;
  world.system("[profiles.wh]\nprovider = \"local\"\nstore = \"/srv/a\"\nthreads = 2\n");
  world.user("[profiles.wh]\nstore = \"/srv/b\"\n");
  world.project("[profiles.wh]\nthreads = 3\n");
  world.environment.set("MATVIEW_PROFILES_WH_TIMEZONE", "UTC");
  CHECK(world.value("wh", "store").value == "/srv/b");
  CHECK(world.value("wh", "threads").value == "3");
  CHECK(world.value("wh", "threads").origin.layer == Layer::project_file);
  CHECK(world.value("wh", "timezone").value == "UTC");
}

TEST_CASE("the default profile comes from files, the environment, the flag") {
  World world;
  world.user(
      "default_profile = \"a\"\n[profiles.a]\nprovider=\"local\"\n[profiles.b]\nprovider=\"local\"\n"
      "[profiles.c]\nprovider=\"local\"\n[profiles.d]\nprovider=\"local\"\n");
  CHECK(world.load()->default_profile().name == "a");
  world.project("default_profile = \"b\"\n");
  CHECK(world.load()->default_profile().name == "b");
  world.environment.set("MATVIEW_PROFILE", "c");
  CHECK(world.load()->default_profile().name == "c");
  world.options.profile = "d";
  const auto config = world.load();
  CHECK(config->default_profile().name == "d");
  CHECK(config->default_profile_setting().origin == matview::config::Origin{Layer::flag, "--profile"});
}

TEST_CASE("a chosen profile that does not exist is named with the nearest one") {
  World world;
  world.user("[profiles.warehouse]\nprovider = \"local\"\n");
  world.options.profile = "wharehouse";
  CHECK(world.error().code == ErrorCode::not_found);
  CHECK(world.error().message == "there is no profile 'wharehouse'");
  CHECK(world.error().hint == "did you mean 'warehouse'?");
  world.options.profile.reset();
  world.environment.set("MATVIEW_PROFILE", "zzz");
  CHECK(world.error().code == ErrorCode::not_found);
  CHECK(world.error().message == "MATVIEW_PROFILE: there is no profile 'zzz'");
  CHECK(world.error().hint == "profiles: local, warehouse");
  world.environment.unset("MATVIEW_PROFILE");
  const auto file = world.project("\ndefault_profile = \"zzz\"\n");
  CHECK(world.error().code == ErrorCode::usage);
  CHECK(world.error().message == file.string() + ":2: key 'default_profile': there is no profile 'zzz'");
}

TEST_CASE("the project file is the nearest one upward from the working directory") {
  World world;
  world.project("output = \"csv\"\n");
  world.environment.in(world.directory.path() / "work/a/b");
  CHECK(world.load()->setting("output")->value == "csv");
  world.directory.write("work/a/matview.toml", "output = \"json\"\n");
  CHECK(world.load()->setting("output")->value == "json");
}

TEST_CASE("--config and MATVIEW_CONFIG replace the user's file and must exist") {
  World world;
  world.user("output = \"csv\"\n");
  const auto other = world.directory.write("other.toml", "retries = 7\n");
  world.environment.set("MATVIEW_CONFIG", "../other.toml");
  auto config = world.load();
  REQUIRE(config);
  CHECK_FALSE(config->setting("output"));
  CHECK(config->setting("retries")->origin.where == other.string() + ":1");

  world.environment.set("MATVIEW_CONFIG", "../missing.toml");
  CHECK(world.error().code == ErrorCode::usage);
  CHECK(world.error().message == "there is no configuration file '" +
                                     (world.directory.path() / "missing.toml").string() +
                                     "', which MATVIEW_CONFIG names");
  world.options.config_file = other;
  CHECK(world.load());
  world.options.config_file = "gone.toml";
  CHECK(world.error().code == ErrorCode::usage);
  CHECK(world.error().message.find("--config") != std::string::npos);
}

TEST_CASE("a project file named by --config is trusted and read once") {
  World world;
  world.options.config_file = world.project("[profiles.wh]\nprovider = \"local\"\nstore = \"s\"\n");
  CHECK(world.value("wh", "store").value == (world.directory.path() / "work/s").string());
  CHECK(world.load()->files_read().size() == 1);
}

TEST_CASE("without HOME there is no user file, and the store is missing only when it is needed") {
  World world;
  world.user("output = \"csv\"\n");
  world.environment.unset("HOME");
  const auto config = world.load();
  REQUIRE(config);
  CHECK_FALSE(config->setting("output"));
  CHECK_FALSE(config->user_file());
  const auto store = world.value("local", "store");
  CHECK(store.value.empty());
  CHECK(store.origin.where == "no folder: neither HOME nor XDG_DATA_HOME is set");
  const auto settings = provider_settings(config->default_profile());
  REQUIRE_FALSE(settings);
  CHECK(settings.error().code == ErrorCode::usage);
  CHECK(settings.error().hint.find("MATVIEW_STORE") != std::string::npos);

  world.environment.set("MATVIEW_STORE", "mine");
  CHECK(provider_settings(world.load()->default_profile())->at("store") ==
        (world.directory.path() / "work/mine").string());
}

TEST_CASE("MATVIEW_STORE is the store of the profile in use") {
  World world;
  world.user(
      "default_profile = \"wh\"\n[profiles.wh]\nprovider = \"local\"\nstore = \"/srv/wh\"\n"
      "[profiles.r]\nprovider = \"remote\"\nurl = \"x\"\n");
  world.environment.set("MATVIEW_STORE", "/env");
  CHECK(world.value("wh", "store").value == "/env");
  CHECK(world.value("wh", "store").origin.where == "MATVIEW_STORE");
  CHECK(world.value("local", "store").origin.layer == Layer::built_in);
  world.options.profile = "r";
  CHECK(world.value("wh", "store").value == "/srv/wh");
  CHECK(world.value("local", "store").value == "/env");
}

TEST_CASE("paths of a file count from its folder, those of the environment from the working directory") {
  World world;
  world.user(
      "[profiles.a]\nprovider = \"local\"\nstore = \"x/../data\"\n[profiles.b]\nprovider = \"local\"\n"
      "store = \"~/data\"\n");
  CHECK(world.value("a", "store").value == (world.directory.path() / "home/.config/matview/data").string());
  CHECK(world.value("b", "store").value == (world.directory.path() / "home/data").string());
  world.environment.set("MATVIEW_PROFILES_A_STORE", "data");
  CHECK(world.value("a", "store").value == (world.directory.path() / "work/data").string());
}

TEST_CASE("a variable that is set but empty is not set") {
  World world;
  world.environment.set("MATVIEW_OUTPUT", "").set("MATVIEW_PROFILE", "").set("MATVIEW_STORE", "");
  world.environment.set("MATVIEW_CONFIG", "").set("MATVIEW_PROFILES_X_PROVIDER", "");
  const auto config = world.load();
  REQUIRE(config);
  CHECK(config->profiles().size() == 1);
  CHECK(config->settings().empty());
}
