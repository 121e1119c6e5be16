#pragma once

#include <string>
#include <utility>
#include <vector>

#include "matview/provider.hpp"
#include "providers/lance/identifier.hpp"

namespace matview::providers::lance {

/// Which routes list, describe and drop use: those of tables, as the specification has it, or those of views, which
/// newer services offer beside.
enum class Dialect { tables, views };

using Headers = std::vector<std::pair<std::string, std::string>>;

/// A profile, read and checked.
struct Settings {
  std::string url;  ///< without a trailing slash
  Naming naming;
  Dialect dialect = Dialect::tables;
  bool identity_in_body = false;
  std::string client_id;  ///< of OAuth2 client credentials; empty: none
  std::string database;
  std::string user_id;
  Headers headers;  ///< sent with every request
  Duration poll_interval = std::chrono::seconds(1);
  Duration watch_limit = std::chrono::hours(1);  ///< how long a job that only the view can tell of is followed
};

/// `usage`, naming the key, for a value that makes no sense.
Result<Settings> read_settings(const ProviderContext& context);

/// "Name: value", or "Name:value". `usage` for what no header can be, and for one that the client itself sends.
Result<std::pair<std::string, std::string>> parse_header(std::string_view text);

/// What the options --delimiter and --header of one call change in the settings.
Result<Settings> with_options(Settings settings, const OptionValues& options);

}  // namespace matview::providers::lance
