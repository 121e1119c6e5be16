#pragma once

#include <functional>
#include <string_view>

#include "matview/control.hpp"
#include "matview/provider.hpp"
#include "providers/external/session.hpp"

namespace matview::providers::external {

/// A message that belongs to a request and is neither its end nor progress: columns and rows of a query.
using MessageSink = std::function<Result<void>(const Value& message)>;

/// One request and what comes of it, over a session that nobody else uses.
class Exchange {
 public:
  /// The request is sent at once, or rather while its answer is waited for.
  Exchange(Session& session, std::int64_t id, std::string_view operation, std::int64_t run, bool dry_run,
           Value arguments, const Control& control);

  /// The next message that belongs to the request: the last one has type "result". Progress and warnings go to the
  /// control's observer. An error that the program answered with is the error here. Where the control says stop or its
  /// deadline has passed the program is told, and made to end if it does not answer soon: `interrupted`, `terminated`
  /// or `timeout`, unless it had done what was asked. An error with `unanswered` may have been carried out.
  Result<Value> next(Control& control);

  /// Asks the program to stop and waits for the end of the request, or of the program.
  void abandon(std::string_view reason);

 private:
  Result<std::optional<Value>> take(const Value& message, Observer& observer);
  Result<Value> stopped(ErrorCode why, Observer& observer);
  Error lost(Error error) const;

  Session& session_;
  std::int64_t id_;
  std::string operation_;
  bool changes_ = false;  ///< something, at the backend
  bool over_ = false;
};

}  // namespace matview::providers::external
