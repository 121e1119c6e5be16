#include <doctest/doctest.h>
#include <sys/stat.h>

#include "world.hpp"

using matview::ErrorCode;
using matview::test::read_file;
using matview::test::World;

namespace {

constexpr std::string_view k_profiles = "[profiles.a]\nprovider = \"local\"\n[profiles.b]\nprovider = \"local\"\n";

/// The user's file after `profile use b`.
std::string after_use(const std::string& text) {
  const World world;
  const auto file = world.user(text + std::string(k_profiles));
  const auto config = world.load();
  REQUIRE(config);
  const auto outcome = use_profile(*config, "b", false);
  if (!outcome) return outcome.error().message;
  CHECK(outcome->changed);
  CHECK(outcome->file == file);
  CHECK(world.load()->default_profile().name == "b");
  const auto now = read_file(file);
  REQUIRE(now.ends_with(k_profiles));
  return now.substr(0, now.size() - k_profiles.size());
}

}  // namespace

TEST_CASE("using a profile changes the one value and nothing else") {
  CHECK(after_use("default_profile = \"a\"\n") == "default_profile = \"b\"\n");
  CHECK(after_use("# c\n\n  default_profile='a'   # why\nretries = 3\n\n") ==
        "# c\n\n  default_profile=\"b\"   # why\nretries = 3\n\n");
  CHECK(after_use("\"default_profile\" = \"\"\"a\"\"\"\n") == "\"default_profile\" = \"b\"\n");
  CHECK(after_use("default_profile = '''a'''#x\n") == "default_profile = \"b\"#x\n");
  CHECK(after_use("default_profile = \"\\u0061\"\r\n") == "default_profile = \"b\"\r\n");
}

TEST_CASE("using a profile adds the key at the top where it is missing") {
  CHECK(after_use("") == "default_profile = \"b\"\n\n");
  CHECK(after_use("retries = 3\n") == "default_profile = \"b\"\n\nretries = 3\n");
  CHECK(after_use("# My settings\n# of today\n\nretries = 3\n") ==
        "# My settings\n# of today\ndefault_profile = \"b\"\n\nretries = 3\n");
  CHECK(after_use("# about retries\nretries = 3\n") == "default_profile = \"b\"\n\n# about retries\nretries = 3\n");
  CHECK(after_use("retries = 3\r\n") == "default_profile = \"b\"\r\n\r\nretries = 3\r\n");
  CHECK(after_use("\xEF\xBB\xBFretries = 3\n") ==
        "\xEF\xBB\xBF"
        "default_profile = \"b\"\n\nretries = 3\n");
}

TEST_CASE("using a profile makes the file with its folder, but not in a dry run") {
  World world;
  world.system(k_profiles);
  const auto file = world.directory.path() / "home/.config/matview/config.toml";
  auto outcome = use_profile(*world.load(), "a", true);
  REQUIRE(outcome);
  CHECK(outcome->changed);
  CHECK_FALSE(std::filesystem::exists(world.directory.path() / "home"));
  outcome = use_profile(*world.load(), "a", false);
  REQUIRE(outcome);
  CHECK(outcome->file == file);
  CHECK(read_file(file) == "default_profile = \"a\"\n");
  outcome = use_profile(*world.load(), "a", false);
  REQUIRE(outcome);
  CHECK_FALSE(outcome->changed);
  CHECK(std::distance(std::filesystem::directory_iterator(file.parent_path()), {}) == 1);
}

TEST_CASE("a file of comments alone, without a line end, is still valid after using a profile") {
  World world;
  world.system(k_profiles);
  const auto file = world.user("# nothing yet");
  REQUIRE(use_profile(*world.load(), "a", false));
  CHECK(read_file(file) == "# nothing yet\ndefault_profile = \"a\"\n");
}

TEST_CASE("using a profile keeps the mode of the file and a link to it") {
  World world;
  world.user(k_profiles);
  const auto file = world.directory.path() / "home/.config/matview/config.toml";
  const auto real = world.directory.path() / "dotfiles.toml";
  std::filesystem::rename(file, real);
  std::filesystem::create_symlink(real, file);
  ::chmod(real.c_str(), 0640);
  REQUIRE(use_profile(*world.load(), "a", false));
  CHECK(std::filesystem::is_symlink(file));
  CHECK(read_file(real).starts_with("default_profile = \"a\"\n"));
  CHECK((std::filesystem::status(real).permissions() & std::filesystem::perms::mask) ==
        static_cast<std::filesystem::perms>(0640));
}

TEST_CASE("using a profile is refused where a stronger layer decides, and says which") {
  World world;
  const auto user = world.user(k_profiles);
  const auto before = read_file(user);
  const auto project = world.project("default_profile = \"a\"\n");
  auto outcome = use_profile(*world.load(), "b", false);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code == ErrorCode::usage);
  CHECK(outcome.error().message == "cannot make 'b' the default profile: " + project.string() +
                                       ":1 says 'a', and the project file goes before the user file");
  world.environment.set("MATVIEW_PROFILE", "a");
  outcome = use_profile(*world.load(), "b", false);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().message.find("MATVIEW_PROFILE says 'a', and the environment") != std::string::npos);
  CHECK(outcome.error().hint == "unset MATVIEW_PROFILE, or set it to 'b'");
  CHECK(read_file(user) == before);
}

TEST_CASE("using an unknown profile is not_found; without a user file there is nothing to write to") {
  World world;
  world.system(k_profiles);
  auto outcome = use_profile(*world.load(), "lokal", false);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code == ErrorCode::not_found);
  CHECK(outcome.error().hint == "did you mean 'local'?");
  world.environment.unset("HOME");
  outcome = use_profile(*world.load(), "a", false);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code == ErrorCode::usage);
}

TEST_CASE("a user file that is a device is never replaced") {
  World world;
  world.options.config_file = "/dev/null";
  const auto config = world.load();
  REQUIRE(config);
  world.system(k_profiles);
  const auto outcome = use_profile(*world.load(), "a", false);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().message == "cannot write to '/dev/null': it is no regular file");
}

TEST_CASE("--config names the file that is written") {
  World world;
  world.user(k_profiles);
  const auto other = world.directory.write("other.toml", k_profiles);
  world.options.config_file = other;
  REQUIRE(use_profile(*world.load(), "a", false));
  CHECK(read_file(other).starts_with("default_profile = \"a\"\n"));
}
