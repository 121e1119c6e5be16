#include "read_examples.hpp"

#include <algorithm>
#include <regex>

namespace matview::test {

namespace {

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// mdoc's text as a reader sees it.
std::string plain(std::string text) {
  for (const auto& [escape, meaning] : {std::pair{"\\e", "\\"}, {"\\-", "-"}, {"\\&", ""}, {"\\(dq", "\""}})
    for (std::size_t at = 0; (at = text.find(escape, at)) != std::string::npos; at += std::string_view(meaning).size())
      text.replace(at, std::string_view(escape).size(), meaning);
  return text;
}

bool is_setting(const std::string& line) { return line.starts_with("export "); }

/// A display. With prompts only what follows them is typed; what follows `cat FILE` is that file.
Example read_display(const std::string& where, const std::vector<std::string>& lines) {
  Example example{where, ""};
  const bool prompts = std::any_of(lines.begin(), lines.end(), [](const auto& line) { return line.starts_with("$ "); });
  std::string* file = nullptr;
  bool goes_on = false;
  for (const auto& line : lines) {
    const bool typed = !prompts || line.starts_with("$ ");
    if (typed || goes_on) {
      const auto text = typed && prompts ? line.substr(2) : line;
      file = text.starts_with("cat ") ? &example.files[text.substr(4)] : nullptr;
      if (!is_setting(text) && file == nullptr) example.script += text + "\n";
      goes_on = text.ends_with('\\');
    } else if (file != nullptr) {
      *file += line + "\n";
    }
  }
  return example;
}

bool runs_matview(const Example& example) {
  static const std::regex k_command(R"((^|\n|\(|\| )matview )");
  return std::regex_search(example.script, k_command);
}

void keep(std::vector<Example>& examples, Example example) {
  if (runs_matview(example)) examples.push_back(std::move(example));
}

}  // namespace

std::vector<Example> examples_of_help(const std::string& command, std::string_view help) {
  std::vector<Example> examples;
  const auto at = help.find("\nExamples:\n");
  if (at == std::string_view::npos) return examples;
  for (const auto& line : lines_of(help.substr(at + 11)))
    if (line.starts_with("  ")) examples.push_back({"help " + command, line.substr(2) + "\n"});
  return examples;
}

std::vector<Example> examples_of_page(const std::string& name, std::string_view page) {
  std::vector<Example> examples;
  const auto at = page.find("\n.Sh EXAMPLES\n");
  if (at == std::string_view::npos) return examples;
  std::vector<std::string> display;
  bool inside = false;
  for (const auto& line : lines_of(page.substr(at + 14))) {
    if (line.starts_with(".Sh ")) break;
    if (line.starts_with(".Dl ")) {
      keep(examples, read_display(name, {plain(line.substr(4))}));
    } else if (line.starts_with(".Bd ")) {
      inside = true;
      display.clear();
    } else if (line.starts_with(".Ed")) {
      inside = false;
      keep(examples, read_display(name, display));
    } else if (inside) {
      display.push_back(plain(line));
    }
  }
  return examples;
}

std::vector<Example> examples_of_markdown(const std::string& name, std::string_view document) {
  std::vector<Example> examples;
  std::map<std::string, std::string> files;
  std::vector<std::string> block;
  std::string python;
  bool fenced = false;
  bool in_python = false;
  const auto finish = [&] {
    auto example = read_display(name, block);
    example.files = files;
    keep(examples, std::move(example));
    block.clear();
  };
  for (const auto& line : lines_of(document)) {
    if (line.starts_with("```")) {
      if (in_python) {
        static const std::regex k_name(R"(# ([a-z_]+\.py)\n)");
        if (std::smatch match; std::regex_search(python, match, k_name)) files[match[1]] = python;
      }
      fenced = !fenced;
      in_python = fenced && line == "```python";
      python.clear();
    } else if (in_python) {
      python += line + "\n";
    } else if (!fenced && line.starts_with("    ")) {
      block.push_back(line.substr(4));
    } else if (!block.empty()) {
      finish();
    }
  }
  if (!block.empty()) finish();
  return examples;
}

}  // namespace matview::test
