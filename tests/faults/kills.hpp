#pragma once

#include <functional>
#include <string>
#include <vector>

#include "support/store_fixture.hpp"

namespace matview::test {

/// The steps a command passes, each once, in order.
std::vector<std::string> steps_of(const StoreFixture& store, const std::vector<std::string>& arguments);

void kill_at(const StoreFixture& store, const std::vector<std::string>& arguments, const std::string& step);

/// For each step of `arguments`, from the same beginning: killed there, then checked; then killed there twice. Returns
/// the steps.
std::vector<std::string> for_each_kill(const StoreFixture& store, const std::vector<std::string>& arguments,
                                       std::size_t at_least, const std::function<void()>& check);

/// Fails the test unless the command passed all of these.
void require_among(const std::vector<std::string>& steps, const std::vector<std::string>& expected);

}  // namespace matview::test
