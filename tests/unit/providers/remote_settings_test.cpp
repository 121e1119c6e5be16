#include <doctest/doctest.h>

#include <atomic>
#include <fstream>
#include <map>

#include "providers/remote/settings.hpp"
#include "support/fake_environment.hpp"
#include "support/temporary_directory.hpp"

namespace remote = matview::providers::remote;
using matview::ErrorCode;

namespace {

matview::Result<std::string> base_url(std::map<std::string, std::string> settings, std::string_view fallback = {}) {
  const matview::test::FakeEnvironment environment;
  return remote::base_url({"p", std::move(settings), environment}, fallback);
}

}  // namespace

TEST_CASE("the address of a server is taken without a trailing slash") {
  CHECK(base_url({{"url", "https://example.com/ns/"}}).value() == "https://example.com/ns");
  CHECK(base_url({}, "https://api.example.com/api").value() == "https://api.example.com/api");
  CHECK(base_url({{"url", "http://127.0.0.1:8080"}}).value() == "http://127.0.0.1:8080");
  CHECK(base_url({{"url", "http://[::1]:8080"}}).value() == "http://[::1]:8080");
}

TEST_CASE("an address that is missing, malformed or would send credentials in the clear is refused") {
  CHECK(base_url({}).error().code == ErrorCode::usage);
  CHECK(base_url({{"url", "example.com"}}).error().code == ErrorCode::usage);
  CHECK(base_url({{"url", "ftp://example.com"}}).error().code == ErrorCode::usage);
  CHECK(base_url({{"url", "http://example.com"}}).error().hint.find("insecure") != std::string::npos);
  CHECK(base_url({{"url", "http://127.0.0.1.example.com"}}).error().code == ErrorCode::usage);
  CHECK(base_url({{"url", "http://example.com"}, {"insecure", "true"}}));
  const auto password = base_url({{"url", "https://user:hunter2@example.com"}});
  CHECK(password.error().message.find("hunter2") == std::string::npos);
}

TEST_CASE("a number given as an option is checked and named") {
  const matview::OptionValues options{{"n", {"1", "7"}}, {"bad", {"7x"}}, {"low", {"0"}}};
  CHECK(remote::integer_option(options, "n", 1).value() == 7);
  CHECK_FALSE(remote::integer_option(options, "other", 1).value());
  CHECK(remote::integer_option(options, "bad", 1).error().message.find("--bad") == 0);
  CHECK(remote::integer_option(options, "low", 1).error().code == ErrorCode::usage);
}

TEST_CASE("a dry run's secrets are placeholders named after the variable that would hold them") {
  matview::ProviderInfo info;
  remote::PlaceholderSecrets secrets(nullptr, info);
  matview::Observer observer;
  const std::atomic<int> stop{0};
  matview::Control control{observer, stop, std::nullopt};
  const auto secret = secrets.get("api_key", control);
  REQUIRE(secret);
  const auto shown = matview::replace_placeholders("key: " + secret->reveal() + "!",
                                                   [](std::string_view name) { return "<" + std::string(name) + ">"; });
  CHECK(shown == "key: <API_KEY>!");
}

TEST_CASE("a file named by an option is read whole, or told to be wrong") {
  const matview::test::TemporaryDirectory directory;
  const matview::test::FakeEnvironment environment(directory.path());
  std::ofstream(directory.path() / "spec") << std::string("a\0b", 3);
  CHECK(remote::read_option_file("udtf", "spec", environment).value() == std::string("a\0b", 3));
  CHECK(remote::read_option_file("udtf", "none", environment).error().code == ErrorCode::usage);
  CHECK(remote::read_option_file("udtf", ".", environment).error().message.find("directory") != std::string::npos);
}
