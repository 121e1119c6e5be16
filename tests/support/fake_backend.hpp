#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/json.hpp"
#include "support/temporary_directory.hpp"

namespace matview::test {

/// A request as a fake backend has it on record.
struct RecordedRequest {
  std::string listener;  ///< "main", or "other": what a redirect to another host led to
  std::string method;
  std::string path;                            ///< raw, as it was sent
  std::string query;                           ///< raw, without '?'
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
  std::optional<int> status;  ///< of the answer; none if none was sent
  std::string fault;          ///< that struck; else empty
  int under_way = 0;          ///< requests that were being answered at once, this one included
  std::string malformed;      ///< why it was no request at all; nothing else is set then

  Json json() const { return parse_json(body); }
  /// Empty where it was not sent.
  std::string header(const std::string& name) const;
};

/// A backend of tests/support/fake as a process on 127.0.0.1. It ends with this object, and with the test however that
/// ends, since it lives no longer than its stdin. Errors are std::runtime_error: a fake that fails is no answer.
/// Use from one thread; several may run at once.
class FakeBackend {
 public:
  /// Starts `backend` ("echo", "dune", …); `options` go to its create().
  explicit FakeBackend(std::string backend, Json options = Json::object());
  ~FakeBackend();
  FakeBackend(const FakeBackend&) = delete;
  FakeBackend& operator=(const FakeBackend&) = delete;

  /// "http://127.0.0.1:PORT". After stop() nobody listens there.
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  int port() const { return port_; }
  /// Another host in the place of a redirect's target, whose requests have listener "other".
  std::string other_url() const { return "http://127.0.0.1:" + std::to_string(other_port_); }
  pid_t pid() const { return pid_; }

  /// Everything it was sent since the start or forget(), in the order in which it was answered.
  std::vector<RecordedRequest> requests() const;
  /// Those to the main listener with that method (empty: any) whose whole path matches the regular expression.
  std::vector<RecordedRequest> requests(std::string_view method, const std::string& path) const;
  /// Leaves out of requests() what came so far.
  void forget() const;

  /// Adds a fault; see tests/support/fake/faults.mjs.
  void fault(const Json& fault);
  void fault(const char* text) { fault(parse_json(text)); }
  void fault(const std::string& text) { fault(parse_json(text)); }
  void clear_faults();

  /// The backend's own command; returns its answer.
  Json command(const Json& command);
  Json command(const char* text) { return command(parse_json(text)); }
  Json command(const std::string& text) { return command(parse_json(text)); }

  /// As if it were another one, started with the same options: no state, no faults, no requests. The port stays.
  void restart();

  /// Ends it, for a backend that is not there.
  void stop();

 private:
  Json ask(const Json& command);
  std::string read_line();

  std::string backend_;
  Json options_;
  TemporaryDirectory directory_;
  pid_t pid_ = -1;
  int in_ = -1;
  int out_ = -1;
  std::string pending_;  ///< read of its stdout, not yet a line
  int port_ = 0;
  int other_port_ = 0;
};

}  // namespace matview::test
