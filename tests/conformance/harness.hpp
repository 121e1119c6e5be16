#pragma once

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <vector>

#include "subject.hpp"

namespace matview::test {

/// A control that nothing stops unless the test says so.
class TestControl final : public Observer {
 public:
  std::atomic<int> stop{0};
  Control control{*this, stop, std::nullopt};
};

/// Runs `body` on a fresh backend of every provider.
template <typename Body>
void for_each_provider(Body body) {
  for (const auto& subject : subjects()) {
    CAPTURE(subject.name);
    const auto fixture = subject.make();
    const auto provider = fixture->open();
    TestControl test;
    body(*fixture, *provider, test.control);
  }
}

/// As for_each_provider, but only over those that compute in this process: what they tell of rows, versions and
/// freshness right after a call can be checked.
template <typename Body>
void for_each_engine(Body body) {
  for (const auto& subject : subjects()) {
    CAPTURE(subject.name);
    const auto fixture = subject.make();
    auto* rows = dynamic_cast<RowFixture*>(fixture.get());
    if (rows == nullptr) continue;
    const auto provider = fixture->open();
    REQUIRE_FALSE(provider->info().asynchronous);
    TestControl test;
    body(*rows, *provider, test.control);
  }
}

/// As for_each_provider, but only over those whose jobs run at a backend.
template <typename Body>
void for_each_asynchronous_provider(Body body) {
  for_each_provider([&](Fixture& fixture, Provider& provider, Control& control) {
    if (provider.info().asynchronous) body(fixture, provider, control);
  });
}

/// As for_each_engine, but only where the provider says that it can do `operation`.
template <typename Body>
void for_each_engine_with(Operation operation, Body body) {
  for_each_engine([&](RowFixture& fixture, Provider& provider, Control& control) {
    if (provider.info().operations.contains(operation)) body(fixture, provider, control);
  });
}

/// The message of a failed result, for REQUIRE_MESSAGE.
template <typename T>
std::string why(const Result<T>& result) {
  return result ? std::string() : std::string(symbol(result.error().code)) + ": " + result.error().message;
}

}  // namespace matview::test

/// A result that must be a success; the error's text is shown when it is none.
#define REQUIRE_OK(expression)                                                                 \
  do {                                                                                         \
    const auto& matview_test_result = (expression);                                            \
    REQUIRE_MESSAGE(matview_test_result.has_value(), matview::test::why(matview_test_result)); \
  } while (false)

/// A result that must be an error of that code.
#define REQUIRE_ERROR(expression, expected)                   \
  do {                                                        \
    const auto matview_test_result = (expression);            \
    REQUIRE_FALSE(matview_test_result.has_value());           \
    CHECK(matview_test_result.error().code == (expected));    \
    CHECK_FALSE(matview_test_result.error().message.empty()); \
  } while (false)
