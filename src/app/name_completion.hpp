#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "matview/environment.hpp"
#include "matview/provider.hpp"

namespace matview::app {

/// A word that a shell may complete with, and what it says beside it.
struct Suggestion {
  std::string word;
  std::string remark = {};
};

// What there is for a word that is being typed. Never a request to a service, never an error: what cannot be looked up
// at once is not offered. Shells choose what fits the word; it is looked at for a profile and a '+' in front alone.

/// NAME of the profile in use, PROFILE:NAME where the word begins so, and "PROFILE:" for the other profiles.
std::vector<Suggestion> suggest_views(const config::Config& config, const Environment& environment,
                                      std::string_view word);
/// The same, each with the '+' that the word begins with.
std::vector<Suggestion> suggest_selectors(const config::Config& config, const Environment& environment,
                                          std::string_view word);
/// Of the views of the profile in use.
std::vector<Suggestion> suggest_tags(const config::Config& config, const Environment& environment);
std::vector<Suggestion> suggest_profiles(const config::Config& config);
/// Jobs on record, newest first, and those of the profile in use if that is the engine's.
std::vector<Suggestion> suggest_jobs(const config::Config& config, const Environment& environment);

/// True for a provider whose views are in a store on this machine, where they can be looked up at any time.
bool has_store(const ProviderInfo& info);

}  // namespace matview::app
