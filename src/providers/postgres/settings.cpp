#include "providers/postgres/settings.hpp"

#include <array>
#include <chrono>
#include <utility>

#include "providers/postgres/sql.hpp"
#include "providers/remote/settings.hpp"
#include "support/duration.hpp"

namespace matview::providers::postgres {

namespace {

constexpr std::array<std::pair<const char*, const char*>, 5> k_keywords{
    {{"host", "host"}, {"port", "port"}, {"database", "dbname"}, {"user", "user"}, {"service", "service"}}};

Result<void> check_storage(std::string_view text) {
  MATVIEW_TRY(storage_parameter(text));
  return {};
}

}  // namespace

Result<ConnectionParameters> read_settings(const ProviderContext& context) {
  ConnectionParameters parameters;
  if (const auto* url = remote::setting(context, "url")) {
    MATVIEW_ASSIGN(parameters, parse_connection_text(*url));
  }
  for (const auto& [key, keyword] : k_keywords)
    if (const auto* value = remote::setting(context, key)) parameters[keyword] = *value;
  if (const auto* text = remote::setting(context, "connect_timeout")) {
    MATVIEW_ASSIGN(const auto length, support::parse_duration(*text));
    // libpq counts in whole seconds, and takes less than 2 for 2.
    parameters["connect_timeout"] = std::to_string(std::chrono::ceil<std::chrono::seconds>(length).count());
  }
  return parameters;
}

std::vector<OptionSpec> options() {
  using enum Operation;
  auto concurrently = remote::spec("concurrently", "WHEN",
                                   "refresh without holding up readers, where a unique index allows it", {refresh});
  concurrently.choices = {"auto", "always", "never"};
  auto storage = remote::spec("storage", "KEY=VALUE", "a storage parameter of the view, as fillfactor=70", {create},
                              check_storage);
  storage.repeatable = true;
  return {
      std::move(concurrently),
      remote::spec("unique-index", "A,B",
                   "make a unique index over these columns, so that it can be refreshed concurrently", {create}),
      remote::spec("tablespace", "NAME", "keep the rows in this tablespace", {create}),
      remote::spec("using", "METHOD", "table access method of the rows", {create}),
      std::move(storage),
  };
}

}  // namespace matview::providers::postgres
