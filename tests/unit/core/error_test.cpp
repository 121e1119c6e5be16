#include "matview/error.hpp"

#include <doctest/doctest.h>

using namespace matview;

TEST_CASE("every code has the exit code and symbol of the contract") {
  CHECK(exit_code(ErrorCode::failed) == 1);
  CHECK(exit_code(ErrorCode::usage) == 2);
  CHECK(exit_code(ErrorCode::partial) == 3);
  CHECK(exit_code(ErrorCode::auth) == 4);
  CHECK(exit_code(ErrorCode::differs) == 5);
  CHECK(exit_code(ErrorCode::not_found) == 6);
  CHECK(exit_code(ErrorCode::unavailable) == 7);
  CHECK(exit_code(ErrorCode::timeout) == 8);
  CHECK(exit_code(ErrorCode::unsupported) == 9);
  CHECK(exit_code(ErrorCode::conflict) == 10);
  CHECK(exit_code(ErrorCode::locked) == 11);
  CHECK(exit_code(ErrorCode::internal) == 70);
  CHECK(exit_code(ErrorCode::interrupted) == 130);
  CHECK(exit_code(ErrorCode::terminated) == 143);
}

TEST_CASE("a symbol names its code, and an unknown one names none") {
  CHECK(error_code_from("NOT_FOUND") == ErrorCode::not_found);
  CHECK_FALSE(error_code_from("not_found").has_value());
}

TEST_CASE("an error can be given more and stay the same one") {
  Error error(ErrorCode::failed, "a message that is too long for the object itself to hold");
  error = std::move(error).with_context("about x: ");
  error = std::move(error).with_hint("a hint").with_detail("a detail").with_retryable();
  CHECK(error.message == "about x: a message that is too long for the object itself to hold");
  CHECK(error.hint == "a hint");
  CHECK(error.detail == "a detail");
  CHECK(error.retryable);
}
