#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "matview/control.hpp"
#include "matview/result.hpp"
#include "matview/time.hpp"

namespace matview {

/// Header fields in the order in which they are sent or came. Names do not differ by case; one may occur several times.
class HttpHeaders {
 public:
  using Field = std::pair<std::string, std::string>;

  HttpHeaders() = default;
  HttpHeaders(std::initializer_list<Field> fields) : fields_(fields) {}

  /// Replaces every field of that name.
  HttpHeaders& set(std::string_view name, std::string value);
  HttpHeaders& add(std::string name, std::string value);

  /// The value of the first field of that name; null where there is none.
  const std::string* find(std::string_view name) const;
  /// The values of all fields of that name: Set-Cookie.
  std::vector<std::string> all(std::string_view name) const;

  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  bool operator==(const HttpHeaders&) const = default;

 private:
  std::vector<Field> fields_;
};

struct HttpResponse {
  int status = 0;
  HttpHeaders headers = {};
  std::string body = {};
  /// An earlier attempt at the same request may have been carried out: a gateway gave up on it, or it was not answered.
  bool perhaps_done_before = false;
};

/// After which failures the same request may be sent again. One that surely never left, as for want of a connection,
/// always may.
struct RetryRule {
  std::vector<int> statuses;   ///< of answers
  bool if_unanswered = false;  ///< also if it was sent and the answer was lost

  /// For what changes nothing.
  static RetryRule read();
  /// For what comes to the same when done twice.
  static RetryRule idempotent();
  /// For what starts or bills something: only where the backend says that it did nothing (429).
  static RetryRule submit();
};

/// A request, whole: what is shown by a dry run is what is sent.
struct HttpRequest {
  std::string purpose = {};  ///< for messages and traces: "refresh 'daily'"
  std::string method = "GET";
  std::string url = {};  ///< absolute and encoded
  HttpHeaders headers = {};
  std::optional<std::string> body = {};  ///< empty: none, and no Content-Type is made up for it
  RetryRule retry = RetryRule::read();
  /// The answer's body holds what is nobody's business, in members whose names do not tell: no trace shows it.
  bool private_answer = false;
  /// What a dry run, which sends nothing, takes for the answer, so that the requests after it can be built.
  HttpResponse assumed = {200, {}, "{}"};
};

/// Sends requests. Safe to use from several threads at once.
class Transport {
 public:
  virtual ~Transport() = default;

  /// Blocks until the whole answer is there, the control says stop or its deadline has passed. Every status is a
  /// success here. `unavailable`: no connection, TLS refused, connection lost, stalled, an answer too large or
  /// endlessly redirected; `timeout`: the control's deadline; `interrupted`, `terminated`: the control's stop.
  /// An error with `unanswered` may have been carried out by the backend; any other surely was not.
  virtual Result<HttpResponse> send(const HttpRequest& request, Control& control) = 0;
};

/// How a connection is made. All limits hold for one attempt to send one request.
struct TransportOptions {
  std::string ca_file = {};    ///< PEM; empty: the system's
  std::string cert_file = {};  ///< PEM: a certificate of our own, for servers that ask for one; with `key_file`
  std::string key_file = {};
  bool verify_tls = true;
  Duration connect_timeout = std::chrono::seconds(15);
  Duration stall_timeout = std::chrono::seconds(60);  ///< without a byte either way
  Duration total_timeout = std::chrono::minutes(5);
  std::int64_t response_limit = 32 << 20;  ///< bytes of an answer, headers included
};

/// Opens a transport; what main hands in, so that tests can stand in for the network.
using TransportFactory = std::function<std::unique_ptr<Transport>(const TransportOptions&)>;

}  // namespace matview
