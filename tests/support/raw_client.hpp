#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace matview::test {

/// What a client sees of one exchange, byte by byte.
struct Seen {
  std::string text;
  bool reset = false;   ///< ended by a reset
  bool closed = false;  ///< ended in good order

  bool says(std::string_view part) const { return text.find(part) != std::string::npos; }
  /// The three digits; empty if no answer came.
  std::string status() const { return text.size() < 12 ? "" : text.substr(9, 3); }
  std::string body() const;
};

/// A connection to 127.0.0.1; -1 if nobody listens.
int dial(int port);

/// Sends and reads until the other side ends it, `enough` bytes are there or nothing has come for `patience`
/// milliseconds. Knows nothing of HTTP: what is sent is what the caller wrote.
Seen talk(int port, const std::string& request, std::size_t enough = 1 << 20, int patience = 10'000);

/// A request that asks for the connection to be closed. `fields` are whole header lines without their ends.
std::string raw_request(std::string_view method, std::string_view path, const std::vector<std::string>& fields = {},
                        std::string_view body = {});

}  // namespace matview::test
