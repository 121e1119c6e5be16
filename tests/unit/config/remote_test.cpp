#include <doctest/doctest.h>

#include "world.hpp"

using namespace matview;
using matview::config::Layer;
using matview::test::World;

namespace {

/// A provider with every key that remote backends have.
class RemoteWorld : public World {
 public:
  RemoteWorld() {
    auto& remote = providers[1];
    remote.settings = {"url",     "username",        "api_key",         "client_secret", "insecure",
                       "ca_file", "connect_timeout", "request_timeout", "poll_interval", "max_requests_per_second"};
    remote.variables = {{"api_key", "REMOTE_API_KEY"}, {"url", "REMOTE_URL"}, {"url", "REMOTE_HOST"}};
  }
};

}  // namespace

TEST_CASE("a variable of a vendor alone makes a profile of the provider's name") {
  RemoteWorld world;
  world.options.profile = "remote";
  CHECK(world.error().code == ErrorCode::not_found);
  CHECK(world.error().hint == "set REMOTE_API_KEY, or make a profile: [profiles.remote] in the configuration file");
  world.environment.set("REMOTE_API_KEY", "");
  CHECK(world.error().code == ErrorCode::not_found);
  world.environment.set("REMOTE_API_KEY", "s3cret");
  const auto config = world.load();
  REQUIRE(config);
  CHECK(config->default_profile().name == "remote");
  CHECK(config->default_profile().provider == "remote");
  CHECK(config->default_profile().origin == config::Origin{Layer::built_in, "built-in"});
  CHECK(world.value("remote", "api_key").value == "***");
}

TEST_CASE("a vendor's variable leaves the profile in use as it is") {
  RemoteWorld world;
  world.environment.set("REMOTE_API_KEY", "s3cret");
  REQUIRE(world.load());
  CHECK(world.load()->default_profile().name == "local");
}

TEST_CASE("a profile that is called as a provider needs no key 'provider', and may be of another") {
  RemoteWorld world;
  world.user("[profiles.remote]\nurl = \"https://a.example\"\n");
  CHECK(world.value("remote", "url").value == "https://a.example");
  world.user("[profiles.remote]\nprovider = \"local\"\n");
  CHECK(world.load()->profile("remote").value()->provider == "local");
  world.user("");
  world.environment.set("MATVIEW_PROFILES_REMOTE_URL", "https://b.example");
  CHECK(world.value("remote", "url").value == "https://b.example");
}

TEST_CASE("a hidden provider has no profile of its own") {
  RemoteWorld world;
  world.providers[1].hidden = true;
  world.environment.set("REMOTE_API_KEY", "s3cret");
  CHECK(world.load()->profiles().size() == 1);
}

TEST_CASE("of several variables for one key the first that is set counts") {
  RemoteWorld world;
  world.environment.set("REMOTE_HOST", "https://host.example");
  CHECK(world.value("remote", "url").value == "https://host.example");
  CHECK(world.value("remote", "url").origin.where == "REMOTE_HOST");
  world.environment.set("REMOTE_URL", "https://url.example");
  CHECK(world.value("remote", "url").value == "https://url.example");
}

TEST_CASE("the hint for a missing secret names the vendor's variable") {
  RemoteWorld world;
  world.environment.set("REMOTE_URL", "https://a.example");
  const auto config = world.load();
  REQUIRE(config);
  const auto secret = config::resolve_secret(*config->profile("remote").value(), "api_key", world.environment);
  REQUIRE(!secret);
  CHECK(secret.error().hint == "set REMOTE_API_KEY, or api_key_file or api_key_command in profile 'remote'");
}

TEST_CASE("client_secret is a secret: it may come from a file or a program and never stands in the clear") {
  RemoteWorld world;
  world.user("[profiles.r]\nprovider = \"remote\"\nclient_secret = \"x\"\n");
  CHECK(world.error().message.find("a secret may not stand in a configuration file") != std::string::npos);
  world.user("[profiles.r]\nprovider = \"remote\"\nclient_secret_file = \"~/s\"\n");
  CHECK(world.value("r", "client_secret_file").value == (world.directory.path() / "home/s").string());
  world.environment.set("MATVIEW_PROFILES_R_CLIENT_SECRET", "s3cret");
  CHECK(world.value("r", "client_secret").value == "***");
}

TEST_CASE("keys of connections take what they are for and nothing else") {
  RemoteWorld world;
  const auto with = [&](const std::string& line) {
    world.user("[profiles.r]\nprovider = \"remote\"\n" + line + "\n");
    return world.error().message;
  };
  for (const char* line :
       {"insecure = true", "ca_file = \"ca.pem\"", "connect_timeout = \"3s\"", "request_timeout = \"1h\"",
        "poll_interval = \"20ms\"", "max_requests_per_second = 10", "max_requests_per_second = 0.25"})
    CHECK_MESSAGE(with(line).empty(), with(line));
  CHECK(world.value("r", "max_requests_per_second").value == "0.25");
  CHECK(with("insecure = \"yes\"").find("must be true or false") != std::string::npos);
  CHECK(with("ca_file = 3").find("must be a path") != std::string::npos);
  CHECK(with("connect_timeout = 3").find("must be a duration above 0") != std::string::npos);
  CHECK(with("poll_interval = \"0s\"").find("must be a duration above 0") != std::string::npos);
  for (const char* wrong : {"0", "-1", "0.0", "inf", "nan", "\"10\""})
    CHECK_MESSAGE(
        with(std::string("max_requests_per_second = ") + wrong).find("must be a number above 0") != std::string::npos,
        wrong);
  world.user("[profiles.r]\nprovider = \"remote\"\n");
  for (const char* wrong : {"0", "x", "1e999", "1 "}) {
    world.environment.set("MATVIEW_PROFILES_R_MAX_REQUESTS_PER_SECOND", wrong);
    CHECK(world.error().code == ErrorCode::usage);
  }
}

TEST_CASE("a project file may say nothing of where requests go or how they are guarded") {
  RemoteWorld world;
  world.user("[profiles.r]\nprovider = \"remote\"\n");
  for (const char* line : {"url = \"https://evil.example\"", "insecure = true", "ca_file = \"ca.pem\"",
                           "username = \"x\"", "client_secret_command = [\"x\"]", "request_timeout = \"1s\"",
                           "poll_interval = \"1ms\"", "max_requests_per_second = 1000"}) {
    world.project(std::string("[profiles.r]\n") + line + "\n");
    CHECK_MESSAGE(world.error().message.find("may not be set in a project file") != std::string::npos, line);
  }
}
