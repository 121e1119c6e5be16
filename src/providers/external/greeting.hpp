#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "matview/provider.hpp"
#include "matview/value.hpp"

namespace matview::providers::external {

/// The version of the protocol that this program speaks; see matview-provider(7).
inline constexpr std::int64_t k_protocol = 1;

/// The first message that a program gets.
Value hello();

/// What is known of a provider before its program was ever asked: its name, and that it is one of these.
ProviderInfo unknown_info(const std::string& name);

/// What a program said of itself.
struct Greeting {
  ProviderInfo info;
  std::set<Operation>
      own;  ///< operations of the program itself: jobs and their history are kept here where it has none
};

/// What the program's answer to `hello` makes known. `failed` where it cannot be understood; `unsupported` for another
/// version of the protocol.
Result<Greeting> read_hello(const std::string& name, const Value& answer);

/// What an operation is called in messages: "describe".
std::string_view word_of(Operation operation);

/// Whether `name` can be that of a provider: letters, digits, '-' and '_', beginning with a letter or digit.
bool is_provider_name(std::string_view name);

}  // namespace matview::providers::external
