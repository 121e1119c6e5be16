#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "matview/environment.hpp"

namespace matview::test {

/// A world that a test decides: variables, working directory, a clock that stands still, ids that count up.
class FakeEnvironment final : public Environment {
 public:
  explicit FakeEnvironment(std::filesystem::path directory = "/nowhere") : directory_(std::move(directory)) {}

  FakeEnvironment& set(std::string name, std::string value) {
    variables_.insert_or_assign(std::move(name), std::move(value));
    return *this;
  }
  FakeEnvironment& unset(const std::string& name) {
    variables_.erase(name);
    return *this;
  }
  FakeEnvironment& in(std::filesystem::path directory) {
    directory_ = std::move(directory);
    return *this;
  }
  FakeEnvironment& at(Time now) {
    now_ = now;
    return *this;
  }

  std::optional<std::string> variable(const std::string& name) const override {
    const auto found = variables_.find(name);
    if (found == variables_.end()) return std::nullopt;
    return found->second;
  }
  std::vector<std::string> variable_names() const override {
    std::vector<std::string> names;
    for (const auto& [name, value] : variables_) names.push_back(name);
    return names;
  }
  Time now() const override { return now_; }
  std::filesystem::path working_directory() const override { return directory_; }

  /// 0…01, 0…02, …: unlike each other and the same in every run.
  std::array<std::uint8_t, 16> random_bytes() const override {
    std::array<std::uint8_t, 16> bytes{};
    const std::uint64_t count = ++ids_;
    for (std::size_t i = 0; i < 8; ++i) bytes[15 - i] = static_cast<std::uint8_t>(count >> (8 * i));
    return bytes;
  }

 private:
  std::map<std::string, std::string> variables_;
  std::filesystem::path directory_;
  Time now_ = std::chrono::sys_days(std::chrono::year(2026) / 1 / 15) + std::chrono::hours(12);
  mutable std::atomic<std::uint64_t> ids_{0};
};

}  // namespace matview::test
