#include "cli/help_topics.hpp"

#include <doctest/doctest.h>

#include <regex>
#include <set>
#include <sstream>

#include "config/names.hpp"
#include "engine/refresh/reasons.hpp"
#include "matview/error.hpp"
#include "support/text.hpp"

using matview::ErrorCode;
using matview::cli::help_topic;
using matview::cli::help_topics;

TEST_CASE("the exit codes of the help are those that errors have") {
  const auto text = help_topic("exit-codes");
  REQUIRE(text);
  std::set<int> told;
  std::istringstream lines(*text);
  const std::regex row(R"(^ +([0-9]+)  ([A-Z_]+) +[^ ].*)");
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (!std::regex_match(line, match, row)) continue;
    const int code = std::stoi(match[1]);
    told.insert(code);
    if (match[2] == "OK") {
      CHECK(code == 0);
      continue;
    }
    const auto known = matview::error_code_from(match[2].str());
    REQUIRE_MESSAGE(known, match[2].str());
    CHECK(matview::exit_code(*known) == code);
  }
  for (int value = 0; value <= static_cast<int>(ErrorCode::terminated); ++value)
    CHECK_MESSAGE(told.count(matview::exit_code(static_cast<ErrorCode>(value))) == 1, value);
  CHECK(told.size() == static_cast<std::size_t>(ErrorCode::terminated) + 2);
}

TEST_CASE("every variable that the configuration reads is told of") {
  const auto text = help_topic("environment");
  REQUIRE(text);
  for (const auto& name : matview::config::variable_names()) CHECK_MESSAGE(text->find(name) != std::string::npos, name);
}

TEST_CASE("every coded reason is explained, and none that there is not") {
  const auto text = help_topic("reasons");
  REQUIRE(text);
  std::set<std::string> told;
  const std::regex code(R"((^|\n)  ([A-Z]+(_[A-Z]+)*)( |\n))");
  for (std::sregex_iterator match(text->begin(), text->end(), code), end; match != end; ++match)
    told.insert((*match)[2]);
  std::set<std::string> known;
  for (const auto& reason : matview::engine::k_coded_reasons) known.emplace(reason.code);
  CHECK(told == known);
}

TEST_CASE("topics are plain text of at most 80 columns") {
  for (const auto& topic : help_topics()) {
    const auto text = help_topic(topic.name);
    REQUIRE(text);
    CHECK(text->ends_with("\n"));
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) {
      CHECK_MESSAGE(matview::support::display_width(line) <= 80, line);
      CHECK_MESSAGE(!line.ends_with(" "), line);
    }
  }
  CHECK_FALSE(help_topic("nothing"));
}
