#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "app/workspace.hpp"

namespace matview::app {

/// The providers that the threads of one run work with. One that is safe for several threads is shared by them; of
/// another each thread has an object of its own for as long as it works with it, all of which take part in one run.
class RunProviders {
 public:
  /// A provider in use by one thread, given back when this goes.
  class Lease {
   public:
    Lease(RunProviders* from, std::string profile, Provider* provider)
        : from_(from), profile_(std::move(profile)), provider_(provider) {}
    Lease(Lease&& other) noexcept;
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Lease& operator=(Lease&&) = delete;
    ~Lease();

    Provider& operator*() const { return *provider_; }
    Provider* operator->() const { return provider_; }

   private:
    RunProviders* from_;
    std::string profile_;
    Provider* provider_;
  };

  /// `threads` work at once, of which no more than `members` work in this process and not elsewhere. The workspace
  /// outlives it.
  RunProviders(Workspace& workspace, std::size_t threads, std::size_t members)
      : workspace_(workspace), threads_(threads), members_(members) {}

  /// `of_profile` is the workspace's own, in which a run begins when it is seen first. Errors are those of opening one.
  Result<Lease> take(const std::string& profile, Provider& of_profile);

 private:
  struct Pool {
    std::vector<std::unique_ptr<Provider>> all;
    std::vector<Provider*> idle;
    bool begun = false;
  };

  void give_back(const std::string& profile, Provider* provider);

  Workspace& workspace_;
  const std::size_t threads_;
  const std::size_t members_;
  std::mutex mutex_;
  std::map<std::string, Pool> pools_;  ///< by profile
};

}  // namespace matview::app
