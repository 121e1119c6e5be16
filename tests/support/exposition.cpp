#include "support/exposition.hpp"

#include <cstdlib>
#include <set>
#include <stdexcept>
#include <utility>

namespace matview::test {

namespace {

class Reader {
 public:
  explicit Reader(std::string_view line) : line_(line) {}

  [[noreturn]] void wrong(const std::string& what) const { throw std::runtime_error(what + ": " + std::string(line_)); }

  bool at_end() const { return at_ == line_.size(); }
  bool take(char c) {
    if (at_end() || line_[at_] != c) return false;
    ++at_;
    return true;
  }
  void demand(char c) {
    if (!take(c)) wrong(std::string("expected '") + c + "'");
  }

  std::string name(bool colons) {
    std::string result;
    while (!at_end()) {
      const char c = line_[at_];
      const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (colons && c == ':');
      const bool digit = c >= '0' && c <= '9' && !result.empty();
      if (!letter && !digit) break;
      result += c;
      ++at_;
    }
    if (result.empty()) wrong("expected a name");
    return result;
  }

  std::string quoted() {
    demand('"');
    std::string result;
    while (!take('"')) {
      if (at_end()) wrong("a value without an end");
      char c = line_[at_++];
      if (c == '\\') {
        if (at_end()) wrong("a backslash at the end");
        const char escaped = line_[at_++];
        if (escaped != '\\' && escaped != '"' && escaped != 'n') wrong("an unknown escape");
        c = escaped == 'n' ? '\n' : escaped;
      }
      result += c;
    }
    return result;
  }

  std::string rest() { return std::string(line_.substr(std::exchange(at_, line_.size()))); }

 private:
  std::string_view line_;
  std::size_t at_ = 0;
};

std::string read_series(Reader& reader, std::string& name) {
  name = reader.name(true);
  std::map<std::string, std::string> labels;
  if (reader.take('{'))
    while (!reader.take('}')) {
      if (!labels.empty()) reader.demand(',');
      const auto label = reader.name(false);
      reader.demand('=');
      if (!labels.emplace(label, reader.quoted()).second) reader.wrong("a label twice");
    }
  std::string key = name + "{";
  for (const auto& [label, value] : labels) key += (key.back() == '{' ? "" : ",") + label + "=\"" + value + "\"";
  return key + "}";
}

}  // namespace

Series parse_exposition(std::string_view text) {
  if (!text.empty() && text.back() != '\n') throw std::runtime_error("no line end at the end");
  Series result;
  std::set<std::string> helped;
  std::set<std::string> typed;
  std::set<std::string> ended;
  std::string metric;
  while (!text.empty()) {
    const auto end = text.find('\n');
    Reader reader(text.substr(0, end));
    text.remove_prefix(end + 1);
    if (reader.take('#')) {
      reader.demand(' ');
      const auto keyword = reader.name(false);
      reader.demand(' ');
      const auto name = reader.name(true);
      reader.demand(' ');
      if (keyword == "HELP") {
        if (!helped.insert(name).second) reader.wrong("HELP twice");
        continue;
      }
      if (keyword != "TYPE" || reader.rest() != "gauge") reader.wrong("expected HELP, or TYPE gauge");
      if (!helped.contains(name)) reader.wrong("TYPE before HELP");
      if (!typed.insert(name).second) reader.wrong("TYPE twice");
      continue;
    }
    std::string name;
    const auto key = read_series(reader, name);
    if (!typed.contains(name)) reader.wrong("series before its TYPE");
    if (name != metric) {
      if (ended.contains(name)) reader.wrong("series of a metric apart from the others");
      ended.insert(metric);
      metric = name;
    }
    reader.demand(' ');
    const auto value = reader.rest();
    char* value_end = nullptr;
    std::strtod(value.c_str(), &value_end);
    if (value.empty() || *value_end != '\0') reader.wrong("no number, or more than one");
    if (!result.emplace(key, value).second) reader.wrong("a series twice");
  }
  return result;
}

}  // namespace matview::test
