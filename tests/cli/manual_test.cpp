#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <string>
#include <vector>

#include "support/process.hpp"
#include "support/sandbox.hpp"

// The manual as it is installed: made from the table of commands, and of the same words as help.

using namespace matview::test;
namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

namespace {

const fs::path k_manual = MATVIEW_MANUAL;

Lines lines_of(const std::string& text) {
  Lines lines;
  for (std::size_t start = 0; start < text.size();) {
    const auto end = std::min(text.find('\n', start), text.size());
    lines.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return lines;
}

/// Words with one space between them.
std::string squeezed(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n';
    if (!blank)
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

/// A page as a reader sees it, without bold and underlined.
std::string rendered(const fs::path& page) {
  Command command;
  command.program = "/usr/bin/mandoc";
  command.arguments = {"-T", "utf8", page.string()};
  const auto outcome = run(command);
  REQUIRE(outcome.exit_code == 0);
  std::string text;
  for (std::size_t i = 0; i < outcome.out.size(); ++i) {
    if (outcome.out[i] != '\b')
      text += outcome.out[i];
    else if (!text.empty())
      text.pop_back();
  }
  return squeezed(text);
}

/// What help says, in the pieces that have to stand in the page too: paragraphs, and what each option does.
Lines pieces_of(const std::string& help) {
  Lines pieces;
  std::string piece;
  const auto finish = [&] {
    if (!squeezed(piece).empty()) pieces.push_back(squeezed(piece));
    piece.clear();
  };
  bool shared = false;
  for (const auto& line : lines_of(help)) {
    if (line.starts_with("Usage: ") || line.empty() || line.ends_with(":")) {
      finish();
      shared = line.starts_with("Options of every command");
    } else if (shared) {
      continue;
    } else if (line.starts_with("  -") || line.starts_with("      --")) {
      finish();
      if (line.size() > 28 && line.substr(26, 2) == "  ") piece = line.substr(28);
    } else {
      piece += "\n" + (line.starts_with("  matview ") ? "$ " + line.substr(2) : line);
      if (line.starts_with("  ") && !line.starts_with("   ")) finish();
    }
  }
  finish();
  return pieces;
}

Lines pages() {
  const auto outcome = Sandbox().run({"__manual"});
  REQUIRE(outcome.exit_code == 0);
  return lines_of(outcome.out);
}

}  // namespace

TEST_CASE("the pages in the source tree are what the program makes") {
  Sandbox box;
  const auto all = pages();
  REQUIRE(all.size() > 15);
  INFO("to bring them up to date: cmake --build BUILD --target generated_documents");
  for (const auto& page : all) {
    const auto made = box.run({"__manual", page});
    REQUIRE(made.exit_code == 0);
    CHECK_MESSAGE((read_file(k_manual / ("matview-" + page + ".1")) == made.out), page);
  }
  const auto overview = read_file(k_manual / "matview.1");
  for (const std::string part : {"commands", "options"}) {
    const auto made = box.run({"__manual", part}).out;
    const bool there =
        overview.find(".\\\" begin " + part + "\n" + made + ".\\\" end " + part + "\n") != std::string::npos;
    CHECK_MESSAGE(there, part);
  }
  for (const auto& entry : fs::directory_iterator(k_manual)) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with("matview-") || !name.ends_with(".1")) continue;
    const auto page = name.substr(8, name.size() - 10);
    CHECK_MESSAGE(std::find(all.begin(), all.end(), page) != all.end(), (name + " is of no command"));
  }
}

TEST_CASE("a page that there is not is an error") {
  CHECK(Sandbox().run({"__manual", "nonsense"}).exit_code == 2);
  CHECK(Sandbox().run({"__nonsense"}).exit_code == 2);
}

TEST_CASE("what help says of a command its page says too") {
  Sandbox box;
  for (const auto& page : pages()) {
    const auto help = box.run({"help", page});
    REQUIRE(help.exit_code == 0);
    Lines texts{help.out};
    if (help.out.find("\nCommands:\n") != std::string::npos) {
      // A group: what is said of each of its commands.
      texts.clear();
      const std::regex command("\n  (" + page + ") ([a-z]+)");
      for (std::sregex_iterator match(help.out.begin(), help.out.end(), command), end; match != end; ++match)
        texts.push_back(box.run({"help", page, (*match)[2]}).out);
      REQUIRE_FALSE(texts.empty());
    }
    auto text = rendered(k_manual / ("matview-" + page + ".1"));
    for (const auto& help_text : texts)
      for (auto piece : pieces_of(help_text)) {
        // An option begins with a capital there.
        const auto rest = piece.substr(1);
        const bool found = text.find(rest) != std::string::npos;
        CHECK_MESSAGE(found, (page + ": " + piece));
      }
  }
}
