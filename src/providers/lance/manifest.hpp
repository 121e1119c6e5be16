#pragma once

#include <string>
#include <utility>
#include <vector>

namespace matview::providers::lance {

/// The values in `env_vars` of a manifest that are secrets by their names, with those names: a manifest is the one part
/// of a request that may carry credentials for the workers.
std::vector<std::pair<std::string, std::string>> secrets_of_manifest(const std::string& manifest);

/// `body`, which holds the manifest as JSON text, with placeholders for those secrets.
std::string without_secrets(std::string body, const std::string& manifest);

}  // namespace matview::providers::lance
