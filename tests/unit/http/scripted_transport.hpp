#pragma once

#include <deque>
#include <mutex>
#include <utility>
#include <vector>

#include "matview/http.hpp"

namespace matview::test {

/// Answers with what the test has put down, in order, and keeps what it was sent. The last answer repeats for ever.
class ScriptedTransport final : public Transport {
 public:
  ScriptedTransport& then(Result<HttpResponse> answer) {
    answers_.push_back(std::move(answer));
    return *this;
  }

  Result<HttpResponse> send(const HttpRequest& request, Control&) override {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
    auto answer = answers_.front();
    if (answers_.size() > 1) answers_.pop_front();
    return answer;
  }

  std::vector<HttpRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  mutable std::mutex mutex_;
  std::deque<Result<HttpResponse>> answers_;
  std::vector<HttpRequest> requests_;
};

/// As a connection refused, or, `unanswered`, one lost after the request was sent.
inline tl::unexpected<Error> no_answer(bool unanswered = false) {
  auto error = Error(ErrorCode::unavailable, unanswered ? "lost" : "refused").with_retryable();
  error.unanswered = unanswered;
  return fail(std::move(error));
}

}  // namespace matview::test
