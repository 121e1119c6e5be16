#pragma once

#include <optional>
#include <string>
#include <vector>

#include "providers/memory/state.hpp"

namespace matview::providers::memory {

/// True if `name` is `target` or reads from it, over however many views.
bool reads(const State& state, const std::string& name, const std::string& target);

/// The views that read from `name` themselves, by name.
std::vector<std::string> downstream(const State& state, const std::string& name);

/// The newest version of a view; empty where it was never filled or is not there.
std::optional<std::int64_t> newest_version(const State& state, const std::string& name);

/// Why the next refresh has something to do; empty if it has not.
std::string staleness(const State& state, const StoredView& view);

/// The upstream views, each with the version read and what changed since.
std::vector<Source> sources(const State& state, const StoredView& view);

}  // namespace matview::providers::memory
