#include "providers/thoughtspot/address.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace matview::providers::thoughtspot {

Address address_of(std::string_view url) {
  // The longest first.
  constexpr std::array<std::string_view, 5> k_paths{"/callosum/v1/tspublic/v1", "/callosum/v1", "/callosum",
                                                    "/api/rest/2.0", "/tspublic/v1"};
  const auto cut_slashes = [&] {
    while (url.ends_with('/')) url.remove_suffix(1);
  };
  cut_slashes();
  for (const auto path : k_paths)
    if (url.ends_with(path)) {
      url.remove_suffix(path.size());
      break;
    }
  cut_slashes();
  return {std::string(url) + "/callosum/v1/tspublic/v1", std::string(url) + "/api/rest/2.0"};
}

bool is_guid(std::string_view text) {
  constexpr std::string_view k_form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  return std::equal(text.begin(), text.end(), k_form.begin(), k_form.end(),
                    [](unsigned char c, char form) { return form == '-' ? c == '-' : std::isxdigit(c) != 0; });
}

}  // namespace matview::providers::thoughtspot
