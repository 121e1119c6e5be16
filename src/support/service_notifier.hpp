#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "matview/environment.hpp"

namespace matview::support {

/// Tells a service manager how this process is: the protocol of sd_notify(3), a datagram of lines VARIABLE=VALUE to the
/// socket that NOTIFY_SOCKET names (a path, or '@' and an abstract name). Where there is none, or nobody listens,
/// nothing happens: a service must not fail for it.
class ServiceNotifier {
 public:
  explicit ServiceNotifier(const Environment& environment);
  ~ServiceNotifier();
  ServiceNotifier(const ServiceNotifier&) = delete;
  ServiceNotifier& operator=(const ServiceNotifier&) = delete;

  /// "READY=1\nSTATUS=…". Line ends of `status` become spaces.
  void ready(std::string_view status);
  void status(std::string_view status);
  void reloading();
  void stopping();

 private:
  class Heart;

  std::string socket_;
  std::unique_ptr<Heart> heart_;  ///< beats where a watchdog wants to hear it
};

/// How often the watchdog of `environment` wants to hear from the process `pid` at least: WATCHDOG_USEC, if it is for
/// that process. Empty: never.
std::optional<std::chrono::microseconds> watchdog_period(const Environment& environment, long pid);

}  // namespace matview::support
