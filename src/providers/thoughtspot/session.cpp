#include "providers/thoughtspot/session.hpp"

#include <fmt/format.h>

#include <chrono>

#include "providers/remote/settings.hpp"

namespace matview::providers::thoughtspot {

namespace {

constexpr std::chrono::seconds k_time_to_log_out{3};

}  // namespace

Error with_login_hint(Error error, Login login, const std::string& profile) {
  if (error.code != ErrorCode::auth || !error.hint.empty()) return error;
  const std::string_view what = login == Login::session   ? "TS_USERNAME and TS_PASSWORD, or username and password_file"
                                : login == Login::trusted ? "TS_USERNAME and TS_SECRET_KEY, or username and "
                                                            "secret_key_file"
                                                          : "TS_TOKEN, or token_file";
  error.hint = fmt::format("set {} in profile '{}'; 'matview doctor -P {}' checks it", what, profile, profile);
  return error;
}

Session::Session(const ProviderContext& context, const Settings& settings) : context_(context), settings_(settings) {}

Session::~Session() { close(); }

Result<HttpResponse> Session::send_anonymously(const HttpRequest& request, Control& control) {
  if (context_.transport == nullptr) return fail(ErrorCode::internal, "the provider was opened without a transport");
  return context_.transport->send(request, control);
}

Result<HttpResponse> Session::send(const HttpRequest& request, Control& control) {
  MATVIEW_ASSIGN(auto used, credentials(control));
  auto response = send_as(used, request, control);
  if (!response) return response;
  if (response->status != 401) {
    if (!used.proven) mark_proven(used.number);
    return response;
  }
  // A session that worked before has expired. One that never did is refused, and a token is all there is.
  if (used.login == Login::bearer || !used.proven) return response;
  MATVIEW_ASSIGN(used, renewed(used.number, control));
  response = send_as(used, request, control);
  if (response && response->status != 401) mark_proven(used.number);
  return response;
}

Result<Login> Session::open(Control& control) {
  MATVIEW_ASSIGN(const auto used, credentials(control));
  return used.login;
}

void Session::close() {
  std::optional<Credentials> last;
  {
    const std::lock_guard lock(mutex_);
    last.swap(current_);
  }
  if (last) log_out(*last);
}

void Session::log_out(const Credentials& credentials) {
  if (credentials.login == Login::bearer) return;
  // Its own control: the one of the run may have been told to stop.
  Observer deaf;
  const std::atomic<int> no_stop{0};
  Control control{deaf, no_stop, std::chrono::steady_clock::now() + k_time_to_log_out};
  (void)send_as(credentials, logout_request(settings_.address), control);
}

Result<Session::Credentials> Session::credentials(Control& control) {
  const std::lock_guard lock(mutex_);
  if (current_) return *current_;
  return remember(log_in(control));
}

Result<Session::Credentials> Session::renewed(int number, Control& control) {
  const std::lock_guard lock(mutex_);
  if (current_ && current_->number != number) return *current_;
  current_.reset();
  return remember(log_in(control));
}

Result<Session::Credentials> Session::remember(Result<Credentials> login) {
  if (login) current_ = *login;
  if (!login && login.error().code == ErrorCode::auth) refused_ = login.error();
  return login;
}

Result<Session::Credentials> Session::log_in(Control& control) {
  if (refused_) return fail(*refused_);
  Credentials fresh;
  MATVIEW_ASSIGN(fresh.login, choose_login(settings_, context_.secrets, context_.profile));
  if (context_.secrets == nullptr) return fail(ErrorCode::internal, "the provider was opened without secrets");
  fresh.number = ++logins_;
  if (fresh.login == Login::bearer) {
    MATVIEW_ASSIGN(fresh.token, context_.secrets->get("token", control));
    return fresh;
  }
  auto cookies = cookies_for(fresh.login, control);
  if (!cookies) return fail(with_login_hint(std::move(cookies).error(), fresh.login, context_.profile));
  for (const auto& cookie : *cookies) context_.secrets->protect(cookie.value);
  fresh.cookies = *std::move(cookies);
  // With a secret key the token was issued for the org already.
  if (fresh.login == Login::trusted || !settings_.org) return fresh;
  const auto answer = send_as(fresh, org_request(settings_.address, *settings_.org), control);
  const auto chosen = answer ? read_org(*answer, *settings_.org) : Result<void>(fail(answer.error()));
  if (chosen) return fresh;
  log_out(fresh);
  return fail(chosen.error());
}

Result<std::vector<Cookie>> Session::cookies_for(Login login, Control& control) {
  auto cookies = login == Login::session ? log_in_with_password(control) : log_in_with_key(control);
  if (cookies) return cookies;
  return fail(std::move(cookies).error().with_context(fmt::format("cannot log in as '{}': ", settings_.username)));
}

Result<std::vector<Cookie>> Session::log_in_with_password(Control& control) {
  MATVIEW_ASSIGN(const auto password, context_.secrets->get("password", control));
  MATVIEW_ASSIGN(const auto answer,
                 send_anonymously(login_request(settings_.address, settings_.username, password), control));
  return read_login(answer);
}

Result<std::vector<Cookie>> Session::log_in_with_key(Control& control) {
  MATVIEW_ASSIGN(const auto key, context_.secrets->get("secret_key", control));
  MATVIEW_ASSIGN(const auto issued,
                 send_anonymously(token_request(settings_.address, settings_.username, key, settings_.org), control));
  MATVIEW_ASSIGN(const auto token, read_token(issued));
  context_.secrets->protect(token);
  MATVIEW_ASSIGN(const auto answer,
                 send_anonymously(token_login_request(settings_.address, settings_.username, token), control));
  return read_login(answer);
}

Result<HttpResponse> Session::send_as(const Credentials& credentials, HttpRequest request, Control& control) {
  if (credentials.token) add_bearer(request, *credentials.token);
  if (!credentials.cookies.empty()) add_cookies(request, credentials.cookies);
  return send_anonymously(request, control);
}

void Session::mark_proven(int number) {
  const std::lock_guard lock(mutex_);
  if (current_ && current_->number == number) current_->proven = true;
}

}  // namespace matview::providers::thoughtspot
