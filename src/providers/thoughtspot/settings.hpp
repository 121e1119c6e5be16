#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "matview/provider.hpp"
#include "providers/thoughtspot/address.hpp"

namespace matview::providers::thoughtspot {

/// How a session is come by.
enum class Login {
  session,  ///< user name and password: cookies
  trusted,  ///< user name and the server's secret key: a token, and for it cookies
  bearer,   ///< a token of REST 2.0 that somebody else got; nothing to log in or out of
};

std::string_view to_string(Login login);

struct Settings {
  Address address;
  std::optional<Login> login;  ///< where the profile says so; else by which secret there is
  std::string username;
  std::optional<std::int64_t> org;
  bool insecure = false;
};

/// `usage` for an address, an `auth` or an `org` that cannot be.
Result<Settings> read_settings(const ProviderContext& context);

/// The way in: what the profile says, else the first of bearer, trusted and session whose secret there is. `auth`,
/// saying what to set, where there is neither.
Result<Login> choose_login(const Settings& settings, const Secrets* secrets, const std::string& profile);

}  // namespace matview::providers::thoughtspot
