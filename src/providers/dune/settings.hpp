#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "matview/provider.hpp"

namespace matview::providers::dune {

/// What a profile says of the service.
struct Settings {
  std::string api;          ///< the address up to and with "/api"
  std::string owner;        ///< the account's handle; empty: to be found out
  std::string performance;  ///< tier of runs that no flag decides; empty: the service's default
  Duration look_again = std::chrono::milliseconds(500);  ///< before the first look for a run whose answer was lost
};

/// `usage` for values that can be told to be wrong here.
Result<Settings> read_settings(const ProviderContext& context);

/// The address up to and with "/api" of one written with or without "/api" or "/api/v1".
std::string api_address(std::string url);

/// The flags of this provider.
std::vector<OptionSpec> options();

}  // namespace matview::providers::dune
