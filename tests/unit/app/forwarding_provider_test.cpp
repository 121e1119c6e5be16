#include "app/forwarding_provider.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "scripted_provider.hpp"

using namespace matview;
using namespace matview::test;

namespace {

std::string source(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(MATVIEW_SOURCE_DIRECTORY / path).rdbuf();
  return text.str();
}

/// The functions of Provider that a provider may override, as its header has them.
std::vector<std::string> virtual_functions() {
  std::string header = source("include/matview/provider.hpp");
  header.erase(0, header.find("class Provider {"));
  const std::regex declaration(R"(\n  virtual [^(]*[ &](\w+)\()");
  std::vector<std::string> names;
  for (std::sregex_iterator at(header.begin(), header.end(), declaration), end; at != end; ++at)
    names.push_back((*at)[1]);
  return names;
}

bool overrides(const std::string& text, const std::string& name) {
  return std::regex_search(text, std::regex("\\n  [^\\n(]*[ &]" + name + R"(\([^;{]*\) (const )?override)"));
}

}  // namespace

TEST_CASE("every function of a provider is forwarded, and none passes the guard unseen") {
  const std::string forwarding = source("src/app/forwarding_provider.hpp");
  const std::string guarded = source("src/app/guarded_provider.cpp");
  const auto names = virtual_functions();
  CHECK(names.size() >= 25);
  for (const auto& name : names) {
    CAPTURE(name);
    CHECK(overrides(forwarding, name));
    // These three answer nothing that a server may have written.
    if (name != "info" && name != "begin_run" && name != "join_run") CHECK(overrides(guarded, name));
  }
}

TEST_CASE("a call reaches the provider behind, and so does the leader of a run") {
  struct Joined final : Provider {
    const ProviderInfo& info() const override { return bare_local_info(); }
    void join_run(Provider& leader, std::size_t count) override {
      led_by = &leader;
      members = count;
    }
    Result<View> suspend(const std::string& name, Control&) override { return fail(ErrorCode::conflict, name); }
    Provider* led_by = nullptr;
    std::size_t members = 0;
  };
  auto first = std::make_unique<Joined>();
  auto second = std::make_unique<Joined>();
  Joined& leader = *first;
  Joined& member = *second;
  app::ForwardingProvider outer_leader(std::move(first));
  app::ForwardingProvider outer(std::make_unique<app::ForwardingProvider>(std::move(second)));

  outer.join_run(outer_leader, 3);
  CHECK(member.led_by == &leader);
  CHECK(member.members == 3);
  outer.join_run(leader, 2);
  CHECK(member.led_by == &leader);

  ScriptedWorld world;
  CHECK(outer.info().name == "local");
  CHECK(outer.suspend("daily", world.control).error().message == "daily");
}
