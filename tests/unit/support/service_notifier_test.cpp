#include "support/service_notifier.hpp"

#include <doctest/doctest.h>

#include "support/fake_environment.hpp"

using matview::support::ServiceNotifier;
using matview::support::watchdog_period;
using matview::test::FakeEnvironment;
using namespace std::chrono_literals;

TEST_CASE("the watchdog's period is for the process it names, or for whichever there is") {
  FakeEnvironment environment;
  CHECK_FALSE(watchdog_period(environment, 7));
  environment.set("WATCHDOG_USEC", "30000000");
  CHECK(watchdog_period(environment, 7) == 30s);
  environment.set("WATCHDOG_PID", "7");
  CHECK(watchdog_period(environment, 7) == 30s);
  CHECK_FALSE(watchdog_period(environment, 8));
  environment.set("WATCHDOG_PID", "x");
  CHECK_FALSE(watchdog_period(environment, 7));
  environment.unset("WATCHDOG_PID");
  for (const char* wrong : {"", "0", "-1", "soon", "1s"}) {
    environment.set("WATCHDOG_USEC", wrong);
    CHECK_FALSE(watchdog_period(environment, 7));
  }
}

TEST_CASE("where nobody listens nothing happens") {
  for (const std::string& socket : {std::string(), std::string("/nonexistent/socket"), std::string("@nobody-listens"),
                                    std::string("vsock:2:1234"), "/" + std::string(200, 'x')}) {
    FakeEnvironment environment;
    environment.set("NOTIFY_SOCKET", socket).set("WATCHDOG_USEC", "1000");
    ServiceNotifier notifier(environment);
    notifier.ready("a\nb");
    notifier.reloading();
    notifier.status("waiting");
    notifier.stopping();
  }
}
