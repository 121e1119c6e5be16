#include "providers/thoughtspot/options.hpp"

#include "providers/remote/settings.hpp"
#include "providers/thoughtspot/tml.hpp"

namespace matview::providers::thoughtspot {

namespace {

Result<void> check_columns(std::string_view text) {
  MATVIEW_TRY(parse_columns(text));
  return {};
}

ProviderInfo make_info() {
  using enum Operation;
  using remote::spec;
  ProviderInfo info;
  info.name = "thoughtspot";
  info.summary = "views of ThoughtSpot Software (REST v1, with v2.0 where it is needed)";
  info.operations = {create, refresh, list, describe, definition, drop, history, job, doctor};
  info.options = {
      spec("tml", "FILE", "Create the view that this TML (YAML or JSON) describes", {create}),
      spec("tml-text", "TML", "The same, the TML itself; for views files", {create}),
      spec("connection", "NAME", "Connection on which the query of an SQL view runs: its name or GUID", {create}),
      spec("columns", "NAME:TYPE,...", "Columns of an SQL view; TYPE is attribute or measure", {create}, check_columns),
      spec("remote", "", "With --dry-run: have the server validate the definition", {create}),
      spec("allow-not-stale", "", "Take a view that is not stale, or not materialized, for a success", {refresh}),
      spec("force", "", "Drop the view although other objects read from it", {drop}),
  };
  info.options[3].repeatable = true;
  info.settings = {
      "url",     "auth",      "username", "password", "secret_key",      "token",           "org",
      "ca_file", "cert_file", "key_file", "insecure", "connect_timeout", "request_timeout", "max_requests_per_second"};
  info.variables = {{"url", "TS_URL"},
                    {"username", "TS_USERNAME"},
                    {"password", "TS_PASSWORD"},
                    {"secret_key", "TS_SECRET_KEY"},
                    {"token", "TS_TOKEN"}};
  info.asynchronous = true;
  info.concurrent = true;
  return info;
}

}  // namespace

const ProviderInfo& info() {
  static const ProviderInfo k_info = make_info();
  return k_info;
}

}  // namespace matview::providers::thoughtspot
