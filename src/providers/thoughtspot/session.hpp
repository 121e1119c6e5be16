#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "matview/provider.hpp"
#include "providers/thoughtspot/session_requests.hpp"
#include "providers/thoughtspot/settings.hpp"

namespace matview::providers::thoughtspot {

/// Sends requests as a user: logs in when the first one needs it, once more when the session has expired, and logs out
/// of every session it opened, whatever happened in between. Safe to use from several threads.
class Session {
 public:
  /// What `context` refers to outlives the session.
  Session(const ProviderContext& context, const Settings& settings);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// As Transport::send, with the credentials put into the request.
  Result<HttpResponse> send(const HttpRequest& request, Control& control);

  /// Without credentials.
  Result<HttpResponse> send_anonymously(const HttpRequest& request, Control& control);

  /// Logs in if that is still to be done. The way it was done.
  Result<Login> open(Control& control);

  /// Logs out, in a few seconds at most and also after a stop signal. The next request logs in again.
  void close();

 private:
  /// One login: what goes into requests until it has expired.
  struct Credentials {
    Login login = Login::session;
    std::vector<Cookie> cookies;
    std::optional<Secret> token;
    int number = 0;       ///< counts logins
    bool proven = false;  ///< some answer was other than 401
  };

  Result<Credentials> credentials(Control& control);
  /// A new login in the place of the one of that number; that of another thread if it was faster.
  Result<Credentials> renewed(int number, Control& control);
  Result<Credentials> log_in(Control& control);
  Result<Credentials> remember(Result<Credentials> login);
  Result<std::vector<Cookie>> cookies_for(Login login, Control& control);
  Result<std::vector<Cookie>> log_in_with_password(Control& control);
  Result<std::vector<Cookie>> log_in_with_key(Control& control);
  Result<HttpResponse> send_as(const Credentials& credentials, HttpRequest request, Control& control);
  void mark_proven(int number);
  void log_out(const Credentials& credentials);

  const ProviderContext& context_;
  const Settings& settings_;
  std::mutex mutex_;
  std::optional<Credentials> current_;
  /// A refused login is not tried again: with many views that would lock the account.
  std::optional<Error> refused_;
  int logins_ = 0;
};

/// An `auth` error without a hint gets one: where the credentials of this way in come from.
Error with_login_hint(Error error, Login login, const std::string& profile);

}  // namespace matview::providers::thoughtspot
