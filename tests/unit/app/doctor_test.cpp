#include "app/doctor.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "configured_world.hpp"
#include "silent_transport.hpp"

using matview::Check;
using matview::ErrorCode;
using matview::app::DoctorReport;
using matview::test::ConfiguredWorld;

namespace {

DoctorReport examine(const ConfiguredWorld& world, bool all_profiles = false) {
  matview::Observer observer;
  const std::atomic<int> stop{0};
  matview::Control control{observer, stop, {}};
  return matview::app::doctor({matview::test::k_examined_providers,
                               world.environment,
                               world.options,
                               all_profiles,
                               {matview::test::open_silent_transport, {}}},
                              control);
}

/// The first check of that name in any section.
Check find(const DoctorReport& report, const std::string& name) {
  for (const auto& section : report.sections)
    for (const auto& check : section.checks)
      if (check.name == name) return check;
  return {"missing", Check::Outcome::failed, "", ""};
}

}  // namespace

TEST_CASE("with no configuration all is well, and the store is still to be made") {
  const ConfiguredWorld world;
  const auto report = examine(world);
  CHECK_FALSE(report.error);
  REQUIRE(report.sections.size() == 2);
  CHECK(report.sections[0].title == "configuration");
  CHECK(report.sections[1].title == "profile local");
  CHECK(find(report, "file").message == "none, built-in values are in effect");
  const auto store = (world.directory.path() / ".local/share/matview").string();
  CHECK(find(report, "store directory").message == store + " is not there yet; 'create' makes it");
  CHECK(find(report, "engine").message == "is there");
  CHECK_FALSE(std::filesystem::exists(store));
}

TEST_CASE("a broken configuration is a finding with the code of the error") {
  const ConfiguredWorld world;
  const auto file = world.user("outptu = 1\n");
  const auto report = examine(world);
  REQUIRE(report.error);
  CHECK(report.error->code == ErrorCode::usage);
  CHECK(report.error->message == "1 of 1 check failed");
  CHECK(find(report, "configuration").message == file.string() + ":1: unknown key 'outptu'");
  CHECK(find(report, "configuration").hint == "did you mean 'output'?");
}

TEST_CASE("a file that others can change is a warning with what to do") {
  const ConfiguredWorld world;
  const auto file = world.user("");
  ::chmod(file.c_str(), 0664);
  const auto check = find(examine(world), "file");
  CHECK(check.outcome == Check::Outcome::warning);
  CHECK(check.message == file.string() + " can be changed by other users (mode 0664)");
  CHECK(check.hint == "chmod go-w " + file.string());
  CHECK_FALSE(examine(world).error);
}

TEST_CASE("a variable that nothing reads is a warning with the nearest one") {
  ConfiguredWorld world;
  world.environment.set("MATVIEW_OUPUT", "json").set("MATVIEW_STORE", world.directory.path().string());
  const auto check = find(examine(world), "environment");
  CHECK(check.outcome == Check::Outcome::warning);
  CHECK(check.message == "MATVIEW_OUPUT is set, but nothing reads it");
  CHECK(check.hint == "did you mean MATVIEW_OUTPUT?");
}

TEST_CASE("secrets are fetched to see whether they can be, and never shown") {
  ConfiguredWorld world;
  world.user("[profiles.far]\nprovider = \"remote\"\nurl = \"x\"\napi_key_file = \"key\"\n");
  const auto key = world.directory.write(".config/matview/key", "s3cret\n");
  ::chmod(key.c_str(), 0600);
  world.options.profile = "far";
  auto check = find(examine(world), "api_key");
  CHECK(check.outcome == Check::Outcome::ok);
  CHECK(check.message.starts_with("from a file ("));
  CHECK(check.message.find("s3cret") == std::string::npos);
  ::chmod(key.c_str(), 0644);
  check = find(examine(world), "api_key");
  CHECK(check.outcome == Check::Outcome::failed);
  CHECK(check.hint == "chmod 600 " + key.string());
}

TEST_CASE("what a provider finds belongs to the report; several kinds of failure make it FAILED") {
  ConfiguredWorld world;
  world.user("[profiles.far]\nprovider = \"remote\"\nurl = \"x\"\napi_key_file = \"none\"\n");
  world.options.profile = "far";
  const auto report = examine(world);
  CHECK(find(report, "reachability").outcome == Check::Outcome::failed);
  REQUIRE(report.error);
  CHECK(report.error->code == ErrorCode::failed);
  CHECK(report.error->message.starts_with("2 of "));
}

TEST_CASE("the address that is told holds no password") {
  ConfiguredWorld world;
  const auto file = world.user("[profiles.far]\nprovider = \"remote\"\nurl = \"https://u:s3cret@far.example\"\n");
  world.options.profile = "far";
  CHECK(find(examine(world), "url").message == "https://u:***@far.example (" + file.string() + ":3)");
}

TEST_CASE("of a remote profile the address, its guard and the ledger are looked at, and nothing is made") {
  ConfiguredWorld world;
  const auto file = world.user("[profiles.far]\nprovider = \"remote\"\nurl = \"https://far.example\"\n");
  world.options.profile = "far";
  auto report = examine(world);
  CHECK(find(report, "url").message == "https://far.example (" + file.string() + ":3)");
  const auto ledger = world.directory.path() / ".local/state/matview/ledger.sqlite";
  CHECK(find(report, "ledger").message == ledger.string() + " is not there yet; the first job makes it");
  CHECK(find(report, "TLS").name == "missing");
  CHECK_FALSE(std::filesystem::exists(world.directory.path() / ".local"));

  world.environment.set("MATVIEW_LEDGER", world.directory.write("text", std::string(4096, 'x')).string());
  world.environment.set("MATVIEW_PROFILES_FAR_INSECURE", "true").set("MATVIEW_PROFILES_FAR_CA_FILE", "/none.pem");
  report = examine(world);
  CHECK(find(report, "ledger").outcome == Check::Outcome::warning);
  CHECK(find(report, "ledger").message.find("damaged or no ledger") != std::string::npos);
  CHECK(find(report, "TLS").outcome == Check::Outcome::warning);
  CHECK(find(report, "ca_file").outcome == Check::Outcome::failed);
}

TEST_CASE("a profile that cannot be opened is a finding; the others are examined all the same") {
  ConfiguredWorld world;
  world.user("[profiles.far]\nprovider = \"remote\"\n");
  const auto report = examine(world, true);
  REQUIRE(report.sections.size() == 3);
  CHECK(report.sections[1].profile == "far");
  CHECK(find(report, "opening").message == "no url");
  CHECK(report.sections[2].profile == "local");
  REQUIRE(report.error);
  CHECK(report.error->code == ErrorCode::usage);
}

TEST_CASE("a store that is a file, or below one, is a failure; one open to all a warning") {
  ConfiguredWorld world;
  const auto file = world.directory.write("file", "");
  world.environment.set("MATVIEW_STORE", file.string());
  CHECK(find(examine(world), "store directory").message == "cannot use '" + file.string() + "': Not a directory");
  world.environment.set("MATVIEW_STORE", file.string() + "/below");
  CHECK(find(examine(world), "store directory").outcome == Check::Outcome::failed);
  const auto open = world.directory.path() / "open";
  std::filesystem::create_directory(open);
  ::chmod(open.c_str(), 0777);
  world.environment.set("MATVIEW_STORE", open.string());
  CHECK(find(examine(world), "store directory").outcome == Check::Outcome::warning);
  ::chmod(open.c_str(), 0755);
  CHECK(find(examine(world), "store directory").outcome == Check::Outcome::ok);
}

TEST_CASE("without HOME and a store the profile local fails with what to set") {
  ConfiguredWorld world;
  world.environment.unset("HOME");
  const auto report = examine(world);
  REQUIRE(report.error);
  CHECK(report.error->code == ErrorCode::usage);
  CHECK(find(report, "store directory").hint.find("MATVIEW_STORE") != std::string::npos);
}

TEST_CASE("a time zone that the system does not know is a warning") {
  ConfiguredWorld world;
  world.environment.set("MATVIEW_PROFILES_LOCAL_TIMEZONE", "Mars/Olympus");
  const auto zones = std::filesystem::is_directory("/usr/share/zoneinfo");
  const auto check = find(examine(world), "time zone");
  CHECK((check.outcome == Check::Outcome::warning) == zones);
}
