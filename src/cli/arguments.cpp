#include "cli/arguments.hpp"

#include <charconv>

namespace matview::cli {

std::optional<std::string> Arguments::value(std::string_view option) const {
  const auto& all = values(option);
  return all.empty() ? std::nullopt : std::optional(all.back());
}

const std::vector<std::string>& Arguments::values(std::string_view option) const {
  static const std::vector<std::string> k_none;
  const auto found = options_.find(option);
  return found == options_.end() ? k_none : found->second;
}

std::optional<std::int64_t> Arguments::number(std::string_view option) const {
  const auto text = value(option);
  if (!text) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  return error == std::errc() && end == text->data() + text->size() ? std::optional(number) : std::nullopt;
}

std::vector<std::string> Arguments::list(std::string_view option) const {
  std::vector<std::string> parts;
  for (const auto& text : values(option))
    for (std::size_t start = 0; start <= text.size();) {
      const auto comma = std::min(text.find(',', start), text.size());
      parts.push_back(text.substr(start, comma - start));
      start = comma + 1;
    }
  return parts;
}

void Arguments::hand_to_provider(const std::string& option, bool flag) {
  provider_options_[option] = flag ? std::vector<std::string>() : values(option);
}

}  // namespace matview::cli
