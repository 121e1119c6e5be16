#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

#include "matview/provider.hpp"
#include "providers/external/program.hpp"

namespace matview::providers::external {

/// The running programs of one profile: each serves one request at a time, and as many run as there are requests at
/// once. Safe to use from several threads.
class Sessions {
 public:
  Sessions(std::shared_ptr<Program> program, const ProviderContext& context, std::chrono::milliseconds patience);

  Program& program() { return *program_; }
  const Program& program() const { return *program_; }
  const ProviderContext& context() const { return context_; }

  /// One that knows the profile and has nothing to do. Secrets are fetched when the first is opened.
  Result<std::unique_ptr<Session>> take(Control& control);

  /// Gives it back, if it is still of use.
  void give_back(std::unique_ptr<Session> session);

  std::int64_t next_id() { return ++last_id_; }

 private:
  Result<void> open(Session& session, Control& control);

  std::shared_ptr<Program> program_;
  ProviderContext context_;
  std::chrono::milliseconds patience_;
  std::atomic<std::int64_t> last_id_{0};
  std::mutex mutex_;  ///< of `idle_`
  std::vector<std::unique_ptr<Session>> idle_;
};

}  // namespace matview::providers::external
