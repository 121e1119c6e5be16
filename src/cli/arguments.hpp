#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matview/request.hpp"

namespace matview::cli {

/// The words of a command line, sorted and checked: option values are of their kind, non-repeatable options stand
/// there once. Asking for an option that was not given answers empty.
class Arguments {
 public:
  bool has(std::string_view option) const { return options_.contains(option); }
  std::size_t count(std::string_view option) const { return values(option).size(); }
  std::optional<std::string> value(std::string_view option) const;
  const std::vector<std::string>& values(std::string_view option) const;
  std::optional<std::int64_t> number(std::string_view option) const;
  /// The parts between the commas of all its values.
  std::vector<std::string> list(std::string_view option) const;

  const std::vector<std::string>& words() const { return words_; }
  const OptionValues& provider_options() const { return provider_options_; }

  void add_value(const std::string& option, std::string value) { options_[option].push_back(std::move(value)); }
  void add_word(std::string word) { words_.push_back(std::move(word)); }
  /// Makes `option` one that is handed to the provider; `flag` for one without a value.
  void hand_to_provider(const std::string& option, bool flag);

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> options_;
  std::vector<std::string> words_;
  OptionValues provider_options_;
};

}  // namespace matview::cli
