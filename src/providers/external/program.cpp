#include "providers/external/program.hpp"

#include <fmt/format.h>

namespace matview::providers::external {

Program::Program(std::string name, std::filesystem::path path, const Environment& environment,
                 const std::atomic<int>& stop)
    : path_(std::move(path)), environment_(environment), stop_(stop), unknown_(unknown_info(name)), info_(&unknown_) {}

Result<std::unique_ptr<Session>> Program::greet(std::chrono::milliseconds patience) {
  {
    const std::lock_guard lock(mutex_);
    if (auto spare = std::move(spare_); spare && spare->usable()) return spare;
  }
  MATVIEW_ASSIGN(auto session, Session::start(path_, environment_));
  session->send(hello());
  const Limits limits{std::chrono::steady_clock::now() + patience, &stop_};
  MATVIEW_ASSIGN(const auto answer, session->receive(limits));
  if (!answer) {
    const auto code = *limits.over();
    if (code != ErrorCode::timeout)
      return fail(code, fmt::format("the start of '{}' was stopped", path_.filename().string()));
    session->end();
    auto error = session->broken(fmt::format("did not answer hello within {} ms", patience.count()));
    error.code = ErrorCode::timeout;
    return fail(std::move(error));
  }
  auto greeting = read_hello(unknown_.name, *answer);
  if (!greeting) {
    auto error = session->broken(greeting.error().code == ErrorCode::unsupported
                                     ? greeting.error().message
                                     : "answered hello with what cannot be understood: " + greeting.error().message);
    error.code = greeting.error().code;
    return fail(std::move(error));
  }
  const std::lock_guard lock(mutex_);
  if (info_ == &unknown_) {
    known_ = *std::move(greeting);
    info_ = &known_.info;
  }
  return session;
}

Result<void> Program::learn(std::chrono::milliseconds patience) {
  if (info_ != &unknown_) return {};
  MATVIEW_ASSIGN(auto session, greet(patience));
  const std::lock_guard lock(mutex_);
  spare_ = std::move(session);
  return {};
}

}  // namespace matview::providers::external
