#include "app/run_providers.hpp"

#include <utility>

namespace matview::app {

RunProviders::Lease::Lease(Lease&& other) noexcept
    : from_(std::exchange(other.from_, nullptr)), profile_(std::move(other.profile_)), provider_(other.provider_) {}

RunProviders::Lease::~Lease() {
  if (from_ != nullptr) from_->give_back(profile_, provider_);
}

Result<RunProviders::Lease> RunProviders::take(const std::string& profile, Provider& of_profile) {
  const std::lock_guard lock(mutex_);
  Pool& pool = pools_[profile];
  if (!std::exchange(pool.begun, true)) of_profile.begin_run();
  // With one thread nobody else works with the workspace's own.
  if (of_profile.info().concurrent || threads_ <= 1) return Lease(nullptr, profile, &of_profile);
  if (pool.idle.empty()) {
    MATVIEW_ASSIGN(auto another, workspace_.open_another(profile));
    another->join_run(of_profile, members_);
    pool.idle.push_back(another.get());
    pool.all.push_back(std::move(another));
  }
  Provider* const provider = pool.idle.back();
  pool.idle.pop_back();
  return Lease(this, profile, provider);
}

void RunProviders::give_back(const std::string& profile, Provider* provider) {
  const std::lock_guard lock(mutex_);
  pools_[profile].idle.push_back(provider);
}

}  // namespace matview::app
