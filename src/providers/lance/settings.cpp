#include "providers/lance/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "providers/remote/settings.hpp"
#include "support/duration.hpp"

namespace matview::providers::lance {

namespace {

std::string text_of(const ProviderContext& context, const std::string& key) {
  const auto* found = remote::setting(context, key);
  return found == nullptr ? std::string() : *found;
}

Result<Duration> duration_of(const ProviderContext& context, const std::string& key, Duration usual) {
  const auto* text = remote::setting(context, key);
  if (text == nullptr) return usual;
  auto duration = support::parse_duration(*text);
  if (!duration) return fail(std::move(duration).error().with_context(key + ": "));
  return duration;
}

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

/// The Python client's own form of an address names no host.
Result<void> check_scheme(const ProviderContext& context) {
  const auto url = text_of(context, "url");
  if (!url.starts_with("db://")) return {};
  const auto database = url.substr(5);
  return fail(Error(ErrorCode::usage, fmt::format("url: '{}' names no host", url))
                  .with_hint(fmt::format("write the address of the service, as https://{0}.REGION.api.lancedb.com, or "
                                         "that of your own and the key database = \"{0}\"",
                                         database)));
}

/// One header a line.
Result<Headers> headers_of(const ProviderContext& context) {
  Headers headers;
  std::string_view rest;
  const auto text = text_of(context, "headers");
  for (rest = text; !rest.empty();) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const auto line = trim(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.empty()) continue;
    auto header = parse_header(line);
    if (!header) return fail(std::move(header).error().with_context("headers: "));
    headers.push_back(*std::move(header));
  }
  return headers;
}

Result<void> read_naming(const ProviderContext& context, Naming& naming) {
  if (const auto* delimiter = remote::setting(context, "delimiter")) {
    auto checked = check_delimiter(*delimiter);
    if (!checked) return fail(std::move(checked).error().with_context("delimiter: "));
    naming.delimiter = *delimiter;
  }
  if (const auto* space = remote::setting(context, "namespace"); space != nullptr && *space != naming.delimiter) {
    auto path = split_path(*space, naming.delimiter);
    if (!path) return fail(std::move(path).error().with_context("namespace: "));
    naming.base = *std::move(path);
  }
  return {};
}

}  // namespace

Result<std::pair<std::string, std::string>> parse_header(std::string_view text) {
  constexpr std::string_view k_token = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  constexpr std::array<std::string_view, 6> k_own{"content-length", "content-type",      "host",
                                                  "connection",     "transfer-encoding", "accept"};
  const auto colon = text.find(':');
  const auto name = trim(text.substr(0, std::min(colon, text.size())));
  if (colon == std::string_view::npos || name.empty() || name.find_first_not_of(k_token) != std::string_view::npos)
    return fail(Error(ErrorCode::usage, "this is no header of the form 'Name: value'")
                    .with_hint("as --header 'x-lancedb-user-id: etl'"));
  if (std::find(k_own.begin(), k_own.end(), lower(name)) != k_own.end())
    return fail(ErrorCode::usage, fmt::format("the header '{}' belongs to the request itself", name));
  const auto value = trim(text.substr(colon + 1));
  for (const unsigned char c : value)
    if ((c < 0x20 && c != '\t') || c == 0x7f)
      return fail(ErrorCode::usage, fmt::format("the header '{}' holds a control character", name));
  return std::pair(std::string(name), std::string(value));
}

Result<Settings> read_settings(const ProviderContext& context) {
  Settings settings;
  MATVIEW_TRY(check_scheme(context));
  MATVIEW_ASSIGN(settings.url, remote::base_url(context));
  MATVIEW_TRY(read_naming(context, settings.naming));
  const auto dialect = text_of(context, "dialect");
  if (dialect != "" && dialect != "tables" && dialect != "views")
    return fail(Error(ErrorCode::usage, fmt::format("dialect: '{}' is none", dialect))
                    .with_hint("'tables' is what the specification has, 'views' what newer services offer beside it"));
  settings.dialect = dialect == "views" ? Dialect::views : Dialect::tables;
  settings.identity_in_body = text_of(context, "identity_in_body") == "true";
  settings.client_id = text_of(context, "client_id");
  settings.database = text_of(context, "database");
  settings.user_id = text_of(context, "user_id");
  MATVIEW_ASSIGN(settings.headers, headers_of(context));
  MATVIEW_ASSIGN(settings.poll_interval, duration_of(context, "poll_interval", settings.poll_interval));
  MATVIEW_ASSIGN(settings.watch_limit, duration_of(context, "watch_limit", settings.watch_limit));
  return settings;
}

Result<Settings> with_options(Settings settings, const OptionValues& options) {
  if (const auto* delimiter = remote::option(options, "delimiter")) {
    auto checked = check_delimiter(*delimiter);
    if (!checked) return fail(std::move(checked).error().with_context("--delimiter: "));
    settings.naming.delimiter = *delimiter;
  }
  if (const auto found = options.find("header"); found != options.end())
    for (const auto& text : found->second) {
      auto header = parse_header(text);
      if (!header) return fail(std::move(header).error().with_context("--header: "));
      settings.headers.push_back(*std::move(header));
    }
  return settings;
}

}  // namespace matview::providers::lance
