#pragma once

#include <string>

#include "engine/store/records.hpp"

namespace matview::engine {

/// A hash of all that decides a view's rows but for the data: the SELECT, where its paths count from, what is attached,
/// the pinned sources and columns, the time zone. Two definitions with equal fingerprints compute the same.
std::string definition_fingerprint(const ViewDefinition& definition);

}  // namespace matview::engine
