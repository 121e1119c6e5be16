#include "providers/external/sessions.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "providers/external/documents.hpp"
#include "providers/external/requests.hpp"
#include "support/pause.hpp"

namespace matview::providers::external {

namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

Sessions::Sessions(std::shared_ptr<Program> program, const ProviderContext& context, std::chrono::milliseconds patience)
    : program_(std::move(program)), context_(context), patience_(patience) {}

Result<std::unique_ptr<Session>> Sessions::take(Control& control) {
  MATVIEW_TRY(support::check_control(control));
  {
    const std::lock_guard lock(mutex_);
    while (!idle_.empty()) {
      auto session = std::move(idle_.back());
      idle_.pop_back();
      if (session->usable()) return session;
    }
  }
  MATVIEW_ASSIGN(auto session, program_->greet(patience_));
  MATVIEW_TRY(open(*session, control));
  return session;
}

void Sessions::give_back(std::unique_ptr<Session> session) {
  if (!session->usable()) return;
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(session));
}

Result<void> Sessions::open(Session& session, Control& control) {
  std::map<std::string, Secret> secrets;
  for (const auto& key : program_->info().settings) {
    if (context_.secrets == nullptr || !context_.secrets->has(key)) continue;
    MATVIEW_ASSIGN(auto secret, context_.secrets->get(key, control));
    secrets.emplace(key, std::move(secret));
  }
  session.send(open_message(context_.profile, context_.settings, secrets));
  const auto patient_until = Clock::now() + patience_;
  const Limits limits{control.deadline ? std::min(*control.deadline, patient_until) : patient_until, &control.stop};
  MATVIEW_ASSIGN(const auto answer, session.receive(limits));
  if (!answer) {
    const auto code = *limits.over();
    session.end();
    auto error = session.broken("did not answer open in time");
    error.code = code;
    return fail(std::move(error));
  }
  const Value& type = answer->at("type");
  if (type == Value("ready")) return {};
  if (type != Value("error")) return fail(session.broken("answered open with neither 'ready' nor 'error'"));
  auto refused = read_error(answer->at("error"));
  if (refused) return fail(*std::move(refused));
  return fail(session.broken("answered open with what cannot be understood: " + refused.error().message));
}

}  // namespace matview::providers::external
