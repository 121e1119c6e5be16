// Schedules of the local engine by a clock that the test sets.

#include <doctest/doctest.h>

#include <atomic>
#include <string>

#include "providers/local/local_provider.hpp"
#include "support/fake_environment.hpp"
#include "support/temporary_directory.hpp"
#include "support/time_text.hpp"

using namespace matview;

namespace {

class Clockwork {
 public:
  explicit Clockwork(const char* now) : environment_(directory_.path()) {
    at(now);
    const ProviderContext context{"local", {{"store", (directory_.path() / "store").string()}}, environment_};
    provider_ = providers::open_local(context).value();
  }

  Clockwork& at(const char* now) {
    environment_.at(support::parse_rfc3339(now).value());
    return *this;
  }

  void create(const std::string& name, const std::string& schedule, const std::string& zone = "UTC") {
    CreateRequest request;
    request.name = name;
    request.query = "SELECT 1 AS a";
    request.with_data = true;
    request.options = {{"schedule", {schedule}}, {"timezone", {zone}}};
    REQUIRE(provider_->create(request, control_));
  }

  bool due(const std::string& name) { return view(name).due; }
  std::string next(const std::string& name) { return support::format_rfc3339(view(name).next_refresh_at.value()); }

  Result<Job> refresh(const std::string& name, bool unattended = true) {
    RefreshRequest request;
    request.name = name;
    request.unattended = unattended;
    return provider_->refresh(request, control_);
  }

 private:
  View view(const std::string& name) {
    const auto views = provider_->list({}, control_);
    REQUIRE(views);
    for (const auto& view : *views)
      if (view.name == name) return view;
    FAIL("no such view");
    return {};
  }

  test::TemporaryDirectory directory_;
  test::FakeEnvironment environment_;
  Observer observer_;
  std::atomic<int> stop_{0};
  Control control_{observer_, stop_, std::nullopt};
  std::unique_ptr<Provider> provider_;
};

}  // namespace

TEST_CASE("a view is due when its schedule ticks, until it is refreshed; missed ticks are one") {
  Clockwork clock("2026-01-01T10:15:00Z");
  clock.create("v", "0 * * * *");
  CHECK_FALSE(clock.due("v"));
  CHECK(clock.next("v") == "2026-01-01T11:00:00Z");
  CHECK_FALSE(clock.at("2026-01-01T10:59:59Z").due("v"));
  CHECK(clock.at("2026-01-01T11:00:00Z").due("v"));
  CHECK(clock.at("2026-01-03T17:20:00Z").due("v"));
  REQUIRE(clock.refresh("v"));
  CHECK_FALSE(clock.due("v"));
  CHECK_FALSE(clock.at("2026-01-03T17:59:59Z").due("v"));
  CHECK(clock.at("2026-01-03T18:00:00Z").due("v"));
}

TEST_CASE("in spring the tick that is left out comes once, when the clock has been set") {
  Clockwork clock("2026-03-28T12:00:00Z");
  clock.create("v", "30 2 * * *", "Europe/Berlin");
  CHECK(clock.next("v") == "2026-03-29T01:00:00Z");
  CHECK_FALSE(clock.at("2026-03-29T00:59:00Z").due("v"));
  CHECK(clock.at("2026-03-29T01:00:00Z").due("v"));
  REQUIRE(clock.refresh("v"));
  CHECK_FALSE(clock.at("2026-03-29T01:30:00Z").due("v"));
  CHECK_FALSE(clock.at("2026-03-30T00:29:00Z").due("v"));
  CHECK(clock.at("2026-03-30T00:30:00Z").due("v"));
}

TEST_CASE("in autumn the tick that comes twice counts once") {
  Clockwork clock("2026-10-24T12:00:00Z");
  clock.create("v", "30 2 * * *", "Europe/Berlin");
  CHECK(clock.at("2026-10-25T00:30:00Z").due("v"));
  REQUIRE(clock.refresh("v"));
  CHECK_FALSE(clock.at("2026-10-25T01:30:00Z").due("v"));
  CHECK(clock.next("v") == "2026-10-26T01:30:00Z");
  CHECK(clock.at("2026-10-26T01:30:00Z").due("v"));
}

TEST_CASE("a window that was served refuses who asks by name, until the next opens") {
  Clockwork clock("2026-01-01T10:15:00Z");
  clock.create("v", "0 * * * *");
  const auto refused = clock.refresh("v", false);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::conflict);
  CHECK(refused.error().message.find("the next opens at 2026-01-01T11:00:00Z") != std::string::npos);
  CHECK(clock.refresh("v"));  // a run that nobody named the view for has looked at more than the window
  CHECK(clock.at("2026-01-01T11:00:00Z").refresh("v", false));
  CHECK_FALSE(clock.refresh("v", false));
}
