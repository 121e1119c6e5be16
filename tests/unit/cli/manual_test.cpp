#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include "cli/command_table.hpp"
#include "cli/help_topics.hpp"
#include "config/keys.hpp"
#include "config/names.hpp"
#include "engine/refresh/reasons.hpp"
#include "matview/error.hpp"
#include "providers/table.hpp"

namespace {

/// The source of a page of the manual.
std::string page(const std::string& name) {
  std::ifstream stream(std::filesystem::path(MATVIEW_SOURCE_DIRECTORY) / "man" / name);
  REQUIRE(stream);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// The provider for tests is not for users.
constexpr std::string_view k_untold = "memory";

/// Where the keys of a provider are told, and its options at length: on a page of its own.
std::string page_of(const std::string& provider) { return "matview-" + provider + ".7"; }

bool has_word(const std::string& text, const std::string& word) {
  return std::regex_search(text, std::regex("(^|[^A-Za-z0-9_-])" + word + "($|[^A-Za-z0-9_-])"));
}

}  // namespace

TEST_CASE("every command has a page that tells of every flag, and matview(1) of every command") {
  const auto text = page("matview.1");
  auto rows = matview::cli::command_rows(matview::providers::builtin_providers());
  REQUIRE_FALSE(rows.empty());
  for (const auto& row : rows) {
    const auto first = row.name.substr(0, row.name.find(' '));
    const auto own = page("matview-" + first + ".1");
    CHECK_MESSAGE(has_word(text, ".It Cm " + row.name), row.name);
    CHECK_MESSAGE(text.find(".Xr matview-" + first + " 1") != std::string::npos, row.name);
    for (const auto& option : row.options) {
      if (option.hidden) continue;
      CHECK_MESSAGE(has_word(own, ".It.*Fl Fl " + option.name), (row.name + " --" + option.name));
      for (const auto& provider : option.providers) {
        if (provider == k_untold) continue;
        const auto where = page_of(provider);
        CHECK_MESSAGE(has_word(page(where), "Fl Fl " + option.name), (where + ": " + row.name + " --" + option.name));
      }
    }
  }
  for (const auto& option : matview::cli::global_options())
    CHECK_MESSAGE(has_word(text, ".It.*Fl Fl " + option.name), option.name);
}

TEST_CASE("pages of the manual name no page that there is not") {
  const std::filesystem::path folder = std::filesystem::path(MATVIEW_SOURCE_DIRECTORY) / "man";
  const std::regex reference(R"(\.Xr (matview[a-z-]*) ([0-9]))");
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto text = page(entry.path().filename());
    for (std::sregex_iterator match(text.begin(), text.end(), reference), end; match != end; ++match) {
      const auto named = (*match)[1].str() + "." + (*match)[2].str();
      CHECK_MESSAGE(std::filesystem::exists(folder / named), (entry.path().filename().string() + ": " + named));
    }
  }
}

TEST_CASE("the manual tells of every variable, topic, coded reason and exit code") {
  const auto text = page("matview.1");
  const auto local = page("matview-local.7");
  for (const auto& name : matview::config::variable_names()) CHECK_MESSAGE(has_word(text, name), name);
  for (const auto& topic : matview::cli::help_topics())
    CHECK_MESSAGE(text.find(".Ql " + std::string(topic.name)) != std::string::npos, topic.name);
  for (const auto& reason : matview::engine::k_coded_reasons)
    CHECK_MESSAGE(has_word(local, ".It Sy " + std::string(reason.code)), reason.code);
  const auto from = text.find(".Sh EXIT STATUS");
  REQUIRE(from != std::string::npos);
  const auto section = text.substr(from, text.find(".Sh EXAMPLES") - from);
  std::set<int> told;
  const std::regex item(R"(\n\.It ([0-9]+)\n)");
  for (std::sregex_iterator match(section.begin(), section.end(), item), end; match != end; ++match)
    told.insert(std::stoi((*match)[1]));
  std::set<int> known{0};
  for (int value = 0; value <= static_cast<int>(matview::ErrorCode::terminated); ++value)
    known.insert(matview::exit_code(static_cast<matview::ErrorCode>(value)));
  CHECK(told == known);
}

TEST_CASE("the manual tells of every key of the configuration") {
  const auto text = page("matview-config.5");
  for (const auto& key : matview::config::general_keys())
    if (key.in_files) CHECK_MESSAGE(has_word(text, key.name), key.name);
  for (const auto& entry : matview::providers::builtin_providers())
    for (const auto& key : entry.info().settings) {
      if (entry.info().name == k_untold || has_word(text, key)) continue;
      const auto where = page_of(entry.info().name);
      CHECK_MESSAGE(has_word(page(where), key), (where + ": " + key));
    }
}

TEST_CASE("the variables of vendors stand on the page of their service and in 'help environment'") {
  const auto topic = matview::cli::help_topic("environment");
  REQUIRE(topic);
  for (const auto& entry : matview::providers::builtin_providers())
    for (const auto& [key, name] : entry.info().variables) {
      CHECK_MESSAGE(has_word(*topic, name), name);
      CHECK_MESSAGE(has_word(page(page_of(entry.info().name)), name), name);
    }
}
