#include <doctest/doctest.h>

#include "world.hpp"

using matview::ErrorCode;
using matview::config::Layer;
using matview::test::World;

TEST_CASE("a profile can be made of the environment alone") {
  World world;
  world.environment.set("MATVIEW_PROFILES_CI_PROVIDER", "remote")
      .set("MATVIEW_PROFILES_CI_URL", "https://a.example")
      .set("MATVIEW_PROFILES_CI_API_KEY", "s3cret");
  const auto config = world.load();
  REQUIRE(config);
  const auto profile = config->profile("ci");
  REQUIRE(profile);
  CHECK((*profile)->provider == "remote");
  CHECK((*profile)->origin.where == "MATVIEW_PROFILES_CI_PROVIDER");
  CHECK(world.value("ci", "url").value == "https://a.example");
  const auto secret = world.value("ci", "api_key");
  CHECK(secret.value == "***");
  CHECK(secret.secret);
  CHECK(secret.origin == matview::config::Origin{Layer::environment, "MATVIEW_PROFILES_CI_API_KEY"});
}

TEST_CASE("a name in a variable stands for the file's profile with that name, dashes and dots as underscores") {
  World world;
  world.user("[profiles.Prod-EU.west]\nprovider = \"local\"\n");
  CHECK_FALSE(world.load());  // a dotted name has to be quoted
  world.user("[profiles.\"Prod-EU.west\"]\nprovider = \"local\"\n");
  world.environment.set("MATVIEW_PROFILES_PROD_EU_WEST_THREADS", "4");
  CHECK(world.value("Prod-EU.west", "threads").value == "4");
  CHECK(world.load()->profiles().size() == 2);
}

TEST_CASE("a variable that can mean two profiles is refused") {
  World world;
  world.user("[profiles.a-b]\nprovider = \"local\"\n[profiles.a_b]\nprovider = \"local\"\n");
  world.environment.set("MATVIEW_PROFILES_A_B_THREADS", "4");
  CHECK(world.error().code == ErrorCode::usage);
  CHECK(world.error().message == "MATVIEW_PROFILES_A_B_THREADS can mean profile 'a-b' or profile 'a_b'");
}

TEST_CASE("where name and key can be cut apart in two ways the profile that exists decides") {
  World world;
  world.providers[1].settings.push_back("limit");
  world.environment.set("MATVIEW_PROFILES_X_MEMORY_LIMIT", "1GB");
  CHECK(world.error().code == ErrorCode::usage);
  CHECK(world.error().message ==
        "MATVIEW_PROFILES_X_MEMORY_LIMIT can mean key 'memory_limit' of profile 'x' or key 'limit' of profile "
        "'x_memory'");
  world.environment.set("MATVIEW_PROFILES_X_PROVIDER", "local");
  CHECK(world.value("x", "memory_limit").value == "1GB");
  world.environment.set("MATVIEW_PROFILES_X_MEMORY_PROVIDER", "remote");
  CHECK(world.error().code == ErrorCode::usage);
}

TEST_CASE("a mistyped key in a variable is refused with the nearest one") {
  World world;
  world.environment.set("MATVIEW_PROFILES_CI_PROVIDER", "remote").set("MATVIEW_PROFILES_CI_ULR", "x");
  CHECK(world.error().code == ErrorCode::usage);
  CHECK(world.error().message == "MATVIEW_PROFILES_CI_ULR ends with no known key");
  CHECK(world.error().hint == "did you mean 'url'?");
  world.environment.unset("MATVIEW_PROFILES_CI_ULR").set("MATVIEW_PROFILES_CI_STORE", "x");
  CHECK(world.error().message == "MATVIEW_PROFILES_CI_STORE: unknown key 'store' of provider 'remote'");
  world.environment.unset("MATVIEW_PROFILES_CI_STORE");
  for (const char* odd : {"MATVIEW_PROFILES_", "MATVIEW_PROFILES_PROVIDER", "MATVIEW_PROFILES__PROVIDER",
                          "MATVIEW_PROFILES_a_PROVIDER", "MATVIEW_PROFILES_A_"}) {
    world.environment.set(odd, "local");
    CHECK(world.error().code == ErrorCode::usage);
    world.environment.unset(odd);
  }
}

TEST_CASE("a profile of variables without a provider is refused") {
  World world;
  world.environment.set("MATVIEW_PROFILES_CI_URL", "x");
  CHECK(world.error().code == ErrorCode::usage);
  CHECK(world.error().message == "MATVIEW_PROFILES_CI_URL: profile 'ci' has no key 'provider'");
}

TEST_CASE("a vendor's variable wins over files, the profile's own variable over both") {
  World world;
  world.user("[profiles.r]\nprovider = \"remote\"\nurl = \"file\"\napi_key_file = \"key\"\n");
  world.environment.set("REMOTE_URL", "vendor").set("REMOTE_API_KEY", "s3cret");
  CHECK(world.value("r", "url").value == "vendor");
  CHECK(world.value("r", "api_key").origin.where == "REMOTE_API_KEY");
  CHECK(world.value("r", "api_key_file").key.empty());
  world.environment.set("MATVIEW_PROFILES_R_URL", "own").set("MATVIEW_PROFILES_R_API_KEY_FILE", "/k");
  CHECK(world.value("r", "url").value == "own");
  CHECK(world.value("r", "api_key").key.empty());
  CHECK(world.value("r", "api_key_file").value == "/k");
}

TEST_CASE("booleans of the environment have the usual spellings") {
  World world;
  for (const char* text : {"1", "true", "yes", "on"}) {
    world.environment.set("MATVIEW_NO_INPUT", text);
    CHECK(world.load()->setting("no_input")->value == "true");
  }
  for (const char* text : {"0", "false", "no", "off"}) {
    world.environment.set("MATVIEW_NO_INPUT", text);
    CHECK(world.load()->setting("no_input")->value == "false");
  }
}
