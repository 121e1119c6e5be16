#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "matview/provider.hpp"
#include "providers/external/greeting.hpp"
#include "providers/external/session.hpp"

namespace matview::providers::external {

/// A provider's program: where it is, and what it said of itself once it was asked. Safe to use from several threads.
class Program {
 public:
  /// The environment and `stop` outlive it.
  Program(std::string name, std::filesystem::path path, const Environment& environment, const std::atomic<int>& stop);

  const std::string& name() const { return unknown_.name; }

  /// What is known so far; without operations as long as the program was not started. What it refers to lives as long
  /// as this object.
  const ProviderInfo& info() const { return *info_.load(); }

  /// Whether the program itself has the operation; known once it was greeted.
  bool has(Operation operation) const { return known_.own.contains(operation); }

  /// Which run of matview's requests belong to; the same for all objects of a profile, which are several where several
  /// views are refreshed at once.
  std::int64_t run() const { return run_; }
  void begin_run() { ++run_; }

  /// A session with a program that was greeted, which is how the info becomes known. `timeout` where it does not answer
  /// within `patience`; as Session::receive and read_hello otherwise.
  Result<std::unique_ptr<Session>> greet(std::chrono::milliseconds patience);

  /// Greets it if that was not done yet, and keeps the session for the next who asks for one.
  Result<void> learn(std::chrono::milliseconds patience);

 private:
  const std::filesystem::path path_;
  const Environment& environment_;
  const std::atomic<int>& stop_;
  const ProviderInfo unknown_;
  Greeting known_;
  std::atomic<const ProviderInfo*> info_;
  std::atomic<std::int64_t> run_{1};
  std::mutex mutex_;  ///< of `known_` until it is told, and of `spare_`
  std::unique_ptr<Session> spare_;
};

}  // namespace matview::providers::external
