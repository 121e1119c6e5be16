#pragma once

#include "engine/store/records.hpp"
#include "engine/udtf/program.hpp"
#include "matview/environment.hpp"
#include "matview/request.hpp"
#include "providers/local/options.hpp"

namespace matview::providers {

/// The request that would make this definition, without what the profile's settings say anyway. Equal definitions have
/// equal requests, however they were asked for.
Result<CreateRequest> to_request(const engine::ViewDefinition& definition, const LocalSettings& settings);

/// What `to_request` would say of the definition that `create --replace` with `wanted` would make of `existing`, which
/// is what its columns are taken from: nothing is bound.
Result<CreateRequest> respelt(const CreateRequest& wanted, const engine::ViewDefinition& existing,
                              const LocalSettings& settings, const Environment& environment);

/// What `to_request` says of a program.
OptionValues program_request(const std::string& kind, const engine::udtf::Program& program);

}  // namespace matview::providers
