#include "providers/remote/settings.hpp"

#include <fmt/format.h>

#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "http/url.hpp"

namespace matview::providers::remote {

namespace {

Result<std::int64_t> parse_integer(std::string_view text, std::int64_t minimum) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < minimum)
    return fail(ErrorCode::usage, fmt::format("'{}' is not a whole number of at least {}", text, minimum));
  return value;
}

}  // namespace

const std::string* setting(const ProviderContext& context, const std::string& key) {
  const auto found = context.settings.find(key);
  return found == context.settings.end() || found->second.empty() ? nullptr : &found->second;
}

Result<std::string> base_url(const ProviderContext& context, std::string_view fallback) {
  const auto* given = setting(context, "url");
  std::string url = given == nullptr ? std::string(fallback) : *given;
  if (url.empty())
    return fail(Error(ErrorCode::usage, fmt::format("profile '{}' has no url", context.profile))
                    .with_hint("set the key url of the profile to the address of the server, as https://example.com"));
  auto parsed = http::parse_url(url);
  if (!parsed) return fail(std::move(parsed).error().with_context("url: "));
  const auto* insecure = setting(context, "insecure");
  const bool allowed = insecure != nullptr && *insecure == "true";
  if (parsed->scheme == "http" && !http::is_loopback(parsed->host) && !allowed)
    return fail(
        Error(ErrorCode::usage, fmt::format("url: http to {} would send credentials in the clear", parsed->host))
            .with_hint("use https, or say insecure = true in the profile"));
  while (url.ends_with('/')) url.pop_back();
  return url;
}

const std::string* option(const OptionValues& options, const std::string& name) {
  const auto found = options.find(name);
  return found == options.end() || found->second.empty() ? nullptr : &found->second.back();
}

bool has_flag(const OptionValues& options, const std::string& name) { return options.contains(name); }

Result<std::optional<std::int64_t>> integer_option(const OptionValues& options, const std::string& name,
                                                   std::int64_t minimum) {
  const auto* text = option(options, name);
  if (text == nullptr) return std::optional<std::int64_t>();
  auto value = parse_integer(*text, minimum);
  if (!value) return fail(std::move(value).error().with_context(fmt::format("--{}: ", name)));
  return std::optional(*value);
}

Result<void> check_count(std::string_view text) {
  MATVIEW_TRY(parse_integer(text, 1));
  return {};
}

Result<void> check_number(std::string_view text) {
  MATVIEW_TRY(parse_integer(text, 0));
  return {};
}

OptionSpec spec(std::string name, std::string value, std::string help, std::set<Operation> operations,
                Result<void> (*check)(std::string_view)) {
  OptionSpec result;
  result.name = std::move(name);
  result.value = std::move(value);
  result.help = std::move(help);
  result.operations = std::move(operations);
  result.check = check;
  return result;
}

Result<std::string> read_option_file(const std::string& name, const std::string& file, const Environment& environment) {
  constexpr std::size_t k_most = 16 << 20;
  const auto path = environment.working_directory() / file;
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    return fail(ErrorCode::usage, fmt::format("--{} '{}' is a directory", name, file));
  std::ifstream stream(path, std::ios::binary);
  if (!stream)
    return fail(ErrorCode::usage, fmt::format("cannot read --{} '{}': {}", name, file, std::strerror(errno)));
  std::string content(k_most + 1, '\0');
  stream.read(content.data(), static_cast<std::streamsize>(content.size()));
  content.resize(static_cast<std::size_t>(stream.gcount()));
  if (content.size() > k_most)
    return fail(ErrorCode::usage, fmt::format("--{} '{}' is larger than 16 MiB", name, file));
  return content;
}

Result<Secret> PlaceholderSecrets::get(std::string_view key, Control&) {
  const auto vendors = info_.variables.find(std::string(key));
  std::string variable = vendors == info_.variables.end() ? std::string(key) : vendors->second;
  for (auto& c : variable) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return Secret(secret_placeholder(variable));
}

}  // namespace matview::providers::remote
