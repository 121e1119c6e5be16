#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "matview/registry.hpp"

namespace matview::fuzz {

struct Backend {
  ProviderEntry provider;
  std::map<std::string, std::string> settings;
  std::set<std::string, std::less<>> secrets;  ///< which of them the profile has
  std::string view;                            ///< what the operations are about
  OptionValues options;                        ///< that a create cannot do without
};

/// Has a provider carry out one operation against a backend that answers whatever the input says:
///
///     describe
///     200 /whoami
///     Content-Type: application/json
///     {"id": …}
///     %%
///     503
///
/// The first line is the operation; then come the answers. One with a word after its status answers requests whose
/// address holds that word, any other every request, each once, in their order; the last that fits stays. What is
/// checked: it comes to an end, and neither a result nor an error holds the profile's secrets.
void run_backend(const Backend& about, std::string_view input);

}  // namespace matview::fuzz
