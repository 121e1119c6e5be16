#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "matview/provider.hpp"

namespace matview::app {

/// Takes secrets out of a text.
using Mask = std::function<std::string(std::string_view)>;

Error masked(Error error, const Mask& mask);
Job masked(Job job, const Mask& mask);

/// `provider`, with known secrets taken out of everything it answers that a server may have put there: errors, jobs,
/// definitions, what is native, checks; and out of its warnings. A server that echoes a key in an error text must not
/// bring it to a terminal or a log.
std::unique_ptr<Provider> guard(std::unique_ptr<Provider> provider, Mask mask);

}  // namespace matview::app
