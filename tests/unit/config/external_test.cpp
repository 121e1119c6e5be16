// Profiles of providers that are programs of their own.
#include <doctest/doctest.h>

#include "world.hpp"

using matview::ErrorCode;
using matview::ProviderInfo;
using matview::test::World;

namespace {

class ProgramWorld : public World {
 public:
  ProgramWorld() {
    ProviderInfo program;
    program.name = "folder";
    program.settings = {"start_timeout"};
    providers.push_back(program);
  }
};

}  // namespace

TEST_CASE("a profile of a program may have any key, and the program is asked later") {
  const ProgramWorld world;
  world.user(
      "[profiles.f]\nprovider = \"folder\"\ndepth = 3\nlabel = \"x\"\nfast = true\nkey_file = \"k\"\ntoken_file = "
      "\"t\"\n"
      "start_timeout = \"5s\"\n");
  CHECK(world.value("f", "depth").value == "3");
  CHECK(world.value("f", "label").value == "x");
  CHECK(world.value("f", "fast").value == "true");
  CHECK(world.value("f", "key_file").value == (world.directory.path() / "home/.config/matview/k").string());
  CHECK(world.value("f", "start_timeout").value == "5s");
}

TEST_CASE("a profile of a program holds no secret, no list and no wrong duration") {
  const ProgramWorld world;
  for (const char* wrong : {"token = \"t\"", "things = [\"a\"]", "things = {a = 1}", "start_timeout = \"soon\""}) {
    CAPTURE(wrong);
    world.user(std::string("[profiles.f]\nprovider = \"folder\"\n") + wrong + "\n");
    CHECK(world.error().code == ErrorCode::usage);
  }
}

TEST_CASE("a project file neither makes a profile of a program nor sends anything to one") {
  const ProgramWorld world;
  world.project("[profiles.f]\nprovider = \"folder\"\n");
  CHECK(world.error().message.find("may not be set in a project file") != std::string::npos);
  // Nor by calling a profile as the program is called.
  world.project("[profiles.folder]\nthreads = 2\n");
  CHECK(world.error().message.find("has no key 'provider'") != std::string::npos);
  world.user("[profiles.f]\nprovider = \"folder\"\n");
  world.project("[profiles.f]\nthreads = 2\n");
  CHECK(world.error().message.find("may not be set in a project file") != std::string::npos);
  world.project("default_profile = \"f\"\n");
  CHECK(world.load().has_value());
}

TEST_CASE("variables make a profile of a program, with any key") {
  ProgramWorld world;
  world.environment.set("MATVIEW_PROFILES_CI_PROVIDER", "folder").set("MATVIEW_PROFILES_CI_ROOT_FOLDER", "/x");
  CHECK(world.value("ci", "root_folder").value == "/x");
  world.environment.set("MATVIEW_PROFILES_OTHER_ROOT_FOLDER", "/x");
  CHECK(world.error().message == "MATVIEW_PROFILES_OTHER_ROOT_FOLDER ends with no known key");
}

TEST_CASE("a provider that nobody knows is told what program would be one") {
  const ProgramWorld world;
  world.user("[profiles.f]\nprovider = \"nowhere\"\n");
  CHECK(world.error().hint.find("a program 'matview-provider-nowhere' in PATH") != std::string::npos);
  world.user("[profiles.f]\nprovider = \"foldr\"\n");
  CHECK(world.error().hint == "did you mean 'folder'?");
}
