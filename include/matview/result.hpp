#pragma once

#include <tl/expected.hpp>

#include "matview/error.hpp"

namespace matview {

/// A value or the error that kept it from being. `Result<void>` says only whether it worked.
template <typename T>
using Result = tl::expected<T, Error>;

/// Shorthand for returning an error from a function that returns a Result.
inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }
inline tl::unexpected<Error> fail(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error(code, std::move(message)));
}

}  // namespace matview

/// Returns the error of `expression` from the enclosing function, if it has one.
#define MATVIEW_TRY(expression)                                                     \
  do {                                                                              \
    if (auto matview_try_result = (expression); !matview_try_result)                \
      return tl::unexpected<matview::Error>(std::move(matview_try_result).error()); \
  } while (false)

#define MATVIEW_CONCAT_(a, b) a##b
#define MATVIEW_CONCAT(a, b) MATVIEW_CONCAT_(a, b)

/// Declares `declaration` from the value of `expression`, or returns its error from the enclosing function.
#define MATVIEW_ASSIGN(declaration, expression) \
  MATVIEW_ASSIGN_IMPL_(MATVIEW_CONCAT(matview_result_, __LINE__), declaration, expression)
#define MATVIEW_ASSIGN_IMPL_(temporary, declaration, expression)                       \
  auto temporary = (expression);                                                       \
  if (!temporary) return tl::unexpected<matview::Error>(std::move(temporary).error()); \
  declaration = *std::move(temporary)
