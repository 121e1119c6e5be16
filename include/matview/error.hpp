#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace matview {

/// Why something failed, coarse enough for a script to branch on.
/// Each code has one stable symbol and one process exit code; both are part of the command line's contract.
enum class ErrorCode {
  failed,       ///< a failure without a code of its own, a refresh that failed among them
  usage,        ///< bad flags, arguments, configuration or definition; nothing was sent or changed
  partial,      ///< of several, at least one failed and at least one did not
  auth,         ///< credentials missing, refused or without the permission
  differs,      ///< a difference that was asked for: stale views, a changed file
  not_found,    ///< no such view, profile, job or version
  unavailable,  ///< network or server trouble after all retries: trying again later may help
  timeout,      ///< the caller's time limit was reached
  unsupported,  ///< this provider cannot do that
  conflict,     ///< exists already, was refreshed in this window, or changed underneath
  locked,       ///< another process is refreshing this view
  internal,     ///< a bug in this program
  interrupted,  ///< SIGINT
  terminated,   ///< SIGTERM
};

/// The stable upper-case name of a code, as it stands in JSON: "NOT_FOUND".
std::string_view symbol(ErrorCode code);

/// The code of that symbol; empty for an unknown one.
std::optional<ErrorCode> error_code_from(std::string_view symbol);

/// The process exit code of an error. The only mapping there is.
int exit_code(ErrorCode code);

/// An expected failure. Errors are values; exceptions are for bugs and exhausted memory.
struct Error {
  ErrorCode code = ErrorCode::failed;
  std::string message;  ///< what was asked and why it failed: one line, no full stop, no secret
  std::string detail;   ///< more lines for a person, as SQL with a caret below it; may be empty
  std::string hint;     ///< what to do about it; may be empty
  std::string provider;
  std::string profile;
  std::optional<int> http_status;
  std::string request_id;
  bool retryable = false;   ///< the same call may succeed later with nothing changed
  bool unanswered = false;  ///< what was asked for may have been done: the answer was lost

  Error() = default;
  Error(ErrorCode code, std::string message) : code(code), message(std::move(message)) {}

  // By value: `error = std::move(error).with_…` must not be a move to itself.
  Error with_hint(std::string text) && {
    hint = std::move(text);
    return std::move(*this);
  }
  Error with_detail(std::string text) && {
    detail = std::move(text);
    return std::move(*this);
  }
  Error with_retryable() && {
    retryable = true;
    return std::move(*this);
  }
  /// Puts the outer context before the message: "cannot refresh 'x': " + message.
  Error with_context(std::string_view prefix) && {
    message.insert(0, prefix);
    return std::move(*this);
  }
};

}  // namespace matview
