#pragma once

#include <string>
#include <string_view>

namespace matview::providers::thoughtspot {

/// Where the two REST interfaces of a server are.
struct Address {
  std::string v1;  ///< https://host/callosum/v1/tspublic/v1
  std::string v2;  ///< https://host/api/rest/2.0
};

/// `url` is the server's, with or without the path of either interface. Without the prefix /callosum/v1 the server
/// answers with a web page, so it is put there where it is missing.
Address address_of(std::string_view url);

/// True for 8-4-4-4-12 hexadecimal digits, the form of every id of ThoughtSpot.
bool is_guid(std::string_view text);

}  // namespace matview::providers::thoughtspot
