#include "app/connection.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "app/guarded_provider.hpp"
#include "scripted_provider.hpp"

using namespace matview;
using namespace matview::test;

TEST_CASE("a secret is fetched once, and so is one that cannot be had") {
  ScriptedWorld world;
  const auto counter = world.directory.path() / "count";
  const auto program = world.directory.write(
      "secret", "#!/bin/sh\necho x >> '" + counter.string() + "'\n" + "test \"$1\" = ok && echo s3cret\n");
  ::chmod(program.c_str(), 0700);
  for (const char* word : {"ok", "bad"}) {
    std::filesystem::remove(counter);
    config::Profile profile;
    profile.name = "r";
    profile.settings["api_key_command"] = {
        "api_key_command", "[\"" + program.string() + "\", \"" + word + "\"]", {}, false};
    http::Redactor redactor;
    app::ProfileSecrets secrets(profile, world.environment, redactor);
    CHECK(secrets.has("api_key"));
    CHECK(!secrets.has("token"));
    for (int i = 0; i < 3; ++i) {
      const auto secret = secrets.get("api_key", world.control);
      CHECK(secret.has_value() == (std::string(word) == "ok"));
      if (secret) CHECK(secret->reveal() == "s3cret");
      if (!secret) CHECK(secret.error().code == ErrorCode::auth);
    }
    CHECK(read_file(counter) == "x\n");
    CHECK(redactor.mask("a s3cret b") == (std::string(word) == "ok" ? "a *** b" : "a s3cret b"));
  }
}

TEST_CASE("a profile's settings decide how its connections are made") {
  ScriptedWorld world;
  TransportOptions seen;
  const app::RemoteAccess access{[&](const TransportOptions& options) {
                                   seen = options;
                                   return open_silent_transport(options);
                                 },
                                 {}};
  config::Profile profile;
  REQUIRE(app::Connection::open(profile, {}, 0, access, world.environment));
  CHECK(seen.verify_tls);
  CHECK(seen.total_timeout == TransportOptions().total_timeout);
  REQUIRE(app::Connection::open(profile,
                                {{"insecure", "true"},
                                 {"ca_file", "/ca"},
                                 {"cert_file", "/cert"},
                                 {"key_file", "/key"},
                                 {"connect_timeout", "3s"},
                                 {"request_timeout", "10m"}},
                                0, access, world.environment));
  CHECK(!seen.verify_tls);
  CHECK(seen.ca_file == "/ca");
  CHECK(seen.cert_file == "/cert");
  CHECK(seen.key_file == "/key");
  CHECK(seen.connect_timeout == std::chrono::seconds(3));
  CHECK(seen.total_timeout == std::chrono::minutes(10));
  CHECK(seen.stall_timeout == std::chrono::minutes(10));
}

TEST_CASE("a provider of a remote backend is opened with a transport, its secrets and the job log") {
  ScriptedWorld world;
  world.environment.set("SCRIPTED_KEY", "s3cret");
  world.provider();
  ProviderContext* context = world.script().context;
  REQUIRE(context != nullptr);
  REQUIRE(context->secrets != nullptr);
  REQUIRE(context->transport != nullptr);
  REQUIRE(context->job_log != nullptr);
  CHECK(context->secrets->get("api_key", world.control)->reveal() == "s3cret");
  CHECK(context->settings.at("url") == "https://backend.example");
  CHECK(!context->settings.contains("api_key"));
}

TEST_CASE("no secret that was fetched gets out by an error, a job or the ledger") {
  ScriptedWorld world;
  world.environment.set("SCRIPTED_KEY", "s3cret-key");
  Provider* const provider = world.provider();
  REQUIRE(world.script().context->secrets->get("api_key", world.control));

  Error echoed =
      Error(ErrorCode::auth, "the key s3cret-key is wrong").with_detail("s3cret-key").with_hint("s3cret-key");
  world.script().refreshed = fail(echoed);
  const auto refused = provider->refresh({"daily", false, false, {}}, world.control);
  REQUIRE(!refused);
  CHECK(refused.error().message == "the key *** is wrong");
  CHECK(refused.error().detail == "***");
  CHECK(refused.error().hint == "***");

  Job failed = job_in(JobState::failed);
  failed.error = echoed;
  failed.native.set("s3cret-key", Value::Array{"s3cret-key"});
  world.script().looks = {failed};
  const auto looked = provider->job("job-1", world.control);
  REQUIRE(looked);
  CHECK(looked->error->message == "the key *** is wrong");
  CHECK(looked->native == Value(Value::Object{{"***", Value::Array{"***"}}}));

  world.record(failed);
  CHECK(read_file(world.directory.path() / "ledger.sqlite").find("s3cret-key") == std::string::npos);
  CHECK(world.workspace().attribute(echoed, "r").message == "the key *** is wrong");
}

TEST_CASE("a ledger that cannot be used is told of once, and the work goes on") {
  ScriptedWorld world;
  world.environment.set("MATVIEW_LEDGER", world.directory.write("text", std::string(4096, 'x')).string());
  JobLog& log = world.workspace().job_log();
  CHECK(!log.put({"key", job_in(JobState::running), {}}));
  CHECK(log.put({"key", job_in(JobState::running), {}}));
  REQUIRE(log.find("key"));
  CHECK(!log.find("key")->has_value());
  CHECK(log.records("", "", 1)->empty());
}
