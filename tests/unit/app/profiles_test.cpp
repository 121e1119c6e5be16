#include "app/profiles.hpp"

#include <doctest/doctest.h>

#include "configured_world.hpp"

using matview::ErrorCode;
using matview::config::Layer;
using matview::test::ConfiguredWorld;

TEST_CASE("profiles are listed with every value and its origin, secrets masked") {
  ConfiguredWorld world;
  const auto file = world.user(
      "default_profile = \"far\"\noutput = \"wide\"\n[profiles.far]\nprovider = \"remote\"\nurl = \"https://a\"\n");
  world.environment.set("MATVIEW_PROFILES_FAR_API_KEY", "s3cret");
  const auto config = world.load();
  REQUIRE(config);
  const auto list = matview::app::list_profiles(*config);
  REQUIRE(list.profiles.size() == 2);
  CHECK(list.default_profile.value == "far");
  CHECK(list.default_profile.origin.where == file.string() + ":1");
  REQUIRE(list.general.size() == 1);
  CHECK(list.general[0].key == "output");
  CHECK(list.files == std::vector<std::filesystem::path>{file});
  const auto& far = list.profiles[0];
  CHECK(far.name == "far");
  CHECK(far.provider == "remote");
  CHECK(far.in_use);
  CHECK(far.origin.where == file.string() + ":4");
  REQUIRE(far.settings.size() == 2);
  CHECK(far.settings[0].key == "api_key");
  CHECK(far.settings[0].value == "***");
  CHECK(far.settings[0].secret);
  CHECK(far.settings[0].origin.where == "MATVIEW_PROFILES_FAR_API_KEY");
  CHECK(far.settings[1].value == "https://a");
  CHECK_FALSE(list.profiles[1].in_use);
}

TEST_CASE("a password in an address is masked where profiles are shown, and kept for who connects") {
  ConfiguredWorld world;
  world.user("[profiles.far]\nprovider = \"remote\"\nurl = \"https://u:s3cret@a?token=t0ken\"\n");
  const auto config = world.load();
  REQUIRE(config);
  CHECK(matview::app::show_profile(*config, "far")->settings[0].value == "https://u:***@a?token=***");
  CHECK(matview::app::list_profiles(*config).profiles[0].settings[0].value == "https://u:***@a?token=***");
  CHECK(config->profile("far").value()->settings.at("url").value == "https://u:s3cret@a?token=t0ken");
}

TEST_CASE("showing no name shows the profile in use, a wrong one the nearest") {
  const ConfiguredWorld world;
  const auto config = world.load();
  REQUIRE(config);
  CHECK(matview::app::show_profile(*config, "")->name == "local");
  const auto missing = matview::app::show_profile(*config, "lokal");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == ErrorCode::not_found);
  CHECK(missing.error().hint == "did you mean 'local'?");
}

TEST_CASE("using a profile tells what was in use before and which file says so now") {
  const ConfiguredWorld world;
  const auto file = world.user("[profiles.b]\nprovider = \"local\"\n");
  auto use = matview::app::use_profile(*world.load(), "b", true);
  REQUIRE(use);
  CHECK(use->changed);
  CHECK(world.load()->default_profile().name == "local");
  use = matview::app::use_profile(*world.load(), "b", false);
  REQUIRE(use);
  CHECK(use->previous == "local");
  CHECK(use->profile == "b");
  CHECK(use->file == file);
  CHECK(world.load()->default_profile().name == "b");
}
