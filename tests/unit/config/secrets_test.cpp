#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <sstream>
#include <type_traits>

#include "world.hpp"

using matview::Error;
using matview::ErrorCode;
using matview::Secret;
using matview::config::SecretSource;
using matview::test::World;

namespace {

constexpr std::string_view k_profile = "[profiles.r]\nprovider = \"remote\"\n";

std::filesystem::path key_file(const World& world, std::string_view text, mode_t mode = 0600) {
  const auto file = world.directory.write("home/.config/matview/key", text);
  ::chmod(file.c_str(), mode);
  return file;
}

matview::Result<Secret> resolve(const World& world, std::string_view key = "api_key",
                                const std::atomic<int>* stop = nullptr) {
  const auto config = world.load();
  REQUIRE(config);
  return resolve_secret(**config->profile("r"), key, world.environment, stop);
}

Error failure(const World& world) {
  auto secret = resolve(world);
  return secret ? Error(ErrorCode::internal, "resolved") : std::move(secret).error();
}

std::string command(const std::string& script) {
  return std::string(k_profile) + "api_key_command = [\"sh\", \"-c\", '''" + script + "''']\n";
}

}  // namespace

TEST_CASE("a secret shows itself to nobody but reveal") {
  Secret secret(std::string("s3cret"));
  std::ostringstream out;
  out << secret;
  CHECK(out.str() == "***");
  CHECK(secret.reveal() == "s3cret");
  static_assert(!fmt::is_formattable<Secret>::value);
  static_assert(!std::is_convertible_v<Secret, std::string>);
  Secret moved = std::move(secret);
  CHECK(moved.reveal() == "s3cret");
  Secret other(std::string("another one that is much longer than the small buffer of a string"));
  other = moved;
  CHECK(other.reveal() == "s3cret");
}

TEST_CASE("wiping overwrites every character a text ever held") {
  std::string text = "a long secret that does not fit into the object itself";
  const char* memory = text.data();
  const auto size = text.size();
  text.resize(3);
  matview::wipe(text);
  CHECK(text.empty());
  REQUIRE(text.data() == memory);
  CHECK(std::string(memory, size) == std::string(size, '\0'));
}

TEST_CASE("a secret comes from a file, without its line end") {
  const World world;
  world.user(std::string(k_profile) + "api_key_file = \"key\"\n");
  for (const char* text : {"s3cret", "s3cret\n", "s3cret\r\n", "s3cret\n\n"}) {
    key_file(world, text);
    const auto secret = resolve(world);
    REQUIRE(secret);
    CHECK(secret->reveal() == "s3cret");
  }
  CHECK(world.value("r", "api_key_file").value == (world.directory.path() / "home/.config/matview/key").string());
  CHECK_FALSE(world.value("r", "api_key_file").secret);
}

TEST_CASE("a secret file that is open to others, empty, missing or no file is refused") {
  const World world;
  world.user(std::string(k_profile) + "api_key_file = \"key\"\n");
  CHECK(failure(world).code == ErrorCode::auth);
  CHECK(failure(world).message.find("No such file") != std::string::npos);
  for (const mode_t mode : {0640, 0604, 0660, 0644}) {
    const auto file = key_file(world, "s3cret\n", mode);
    CHECK(failure(world).code == ErrorCode::auth);
    CHECK(failure(world).message.find(fmt::format("is open to other users (mode {:04o})", mode)) != std::string::npos);
    CHECK(failure(world).hint == "chmod 600 " + file.string());
  }
  const auto file = key_file(world, "\n");
  CHECK(failure(world).message.ends_with("is empty"));
  key_file(world, "two\nlines\n");
  CHECK(failure(world).message.ends_with("holds more than one line, or control characters"));
  CHECK(failure(world).message.find("two") == std::string::npos);
  key_file(world, std::string(70000, 'x'));
  CHECK(failure(world).message.ends_with("is larger than 64 KiB"));
  std::filesystem::remove(file);
  ::mkfifo(file.c_str(), 0600);
  CHECK(failure(world).message.ends_with("is no regular file"));
}

TEST_CASE("a secret comes from a command, run without a shell, with no input") {
  World world;
  world.environment.set("PATH", "/usr/bin:/bin").set("WORD", "from the environment");
  world.user(command("cat; printf '%s\\n' \"$WORD\""));
  const auto secret = resolve(world);
  REQUIRE(secret);
  CHECK(secret->reveal() == "from the environment");
  world.user(std::string(k_profile) + "api_key_command = [\"printf\", \"%s\", \"$WORD; echo 'x' | cat\"]\n");
  CHECK(resolve(world)->reveal() == "$WORD; echo 'x' | cat");
}

TEST_CASE("a command that fails is an auth error with its stderr and without its output") {
  World world;
  world.user(command("echo s3cret; printf 'the vault is \\033[31msealed\\n' >&2; exit 3"));
  CHECK(failure(world).code == ErrorCode::auth);
  CHECK(failure(world).message.find("'sh' ended with exit code 3") != std::string::npos);
  CHECK(failure(world).detail == "the vault is sealed\n");
  CHECK(failure(world).message.find("s3cret") == std::string::npos);
  world.user(command("true"));
  CHECK(failure(world).code == ErrorCode::auth);
  CHECK(failure(world).message.ends_with("is empty"));
  world.user(std::string(k_profile) + "api_key_command = [\"no-such-program-here\"]\n");
  CHECK(failure(world).code == ErrorCode::auth);
  CHECK(failure(world).message.find("no program 'no-such-program-here' in PATH") != std::string::npos);
  world.user(command("head -c 100000 /dev/zero"));
  CHECK(failure(world).message.find("wrote more than 65536 bytes") != std::string::npos);
}

TEST_CASE("a command named by a relative path counts from the file that names it") {
  World world;
  world.user(std::string(k_profile) + "api_key_command = [\"bin/get-key\", \"relative/stays\"]\n");
  const auto program = world.directory.write("home/.config/matview/bin/get-key", "#!/bin/sh\necho key of $1\n");
  ::chmod(program.c_str(), 0700);
  CHECK(resolve(world)->reveal() == "key of relative/stays");
}

TEST_CASE("a signal ends the wait for a command") {
  const World world;
  world.user(command("sleep 600"));
  const std::atomic<int> stop{2};
  const auto secret = resolve(world, "api_key", &stop);
  REQUIRE_FALSE(secret);
  CHECK(secret.error().code == ErrorCode::interrupted);
}

TEST_CASE("a secret comes from the environment, and a missing one says what to set") {
  World world;
  world.user(k_profile);
  CHECK(failure(world).code == ErrorCode::auth);
  CHECK(failure(world).message == "profile 'r' has no api_key");
  CHECK(failure(world).hint == "set REMOTE_API_KEY, or api_key_file or api_key_command in profile 'r'");
  world.environment.set("REMOTE_API_KEY", "vendor\n");
  CHECK(resolve(world)->reveal() == "vendor");
  world.environment.set("MATVIEW_PROFILES_R_API_KEY", "own");
  CHECK(resolve(world)->reveal() == "own");
  const auto sources = secret_sources(**world.load()->profile("r"));
  REQUIRE(sources.size() == 1);
  CHECK(sources.front().kind == SecretSource::Kind::variable);
  CHECK(sources.front().value == "MATVIEW_PROFILES_R_API_KEY");
}

TEST_CASE("no setting of a loaded configuration holds a secret") {
  World world;
  world.user(std::string(k_profile) + "password_file = \"key\"\n");
  key_file(world, "s3cret");
  world.environment.set("MATVIEW_PROFILES_R_API_KEY", "s3cret");
  const auto config = world.load();
  for (const auto& profile : config->profiles())
    for (const auto& [key, setting] : profile.settings) CHECK(setting.value.find("s3cret") == std::string::npos);
  const auto passed = provider_settings(**config->profile("r"));
  REQUIRE(passed);
  CHECK(passed->empty());
}
