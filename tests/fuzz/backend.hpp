#pragma once

#include <map>
#include <string>
#include <string_view>

namespace matview::fuzz {

struct Backend {
  const char* provider;
  std::map<std::string, std::string> settings;
  std::string view;  ///< what the operations are about
};

/// Has a provider carry out one operation against a backend that answers whatever the input says:
///
///     describe
///     200
///     Content-Type: application/json
///     {"id": …}
///     %%
///     503
///
/// The first line is the operation; answers follow in the order in which they are given, the last one for ever. What is
/// checked: it comes to an end, and neither a result nor an error holds the profile's secrets.
void run_backend(const Backend& about, std::string_view input);

}  // namespace matview::fuzz
