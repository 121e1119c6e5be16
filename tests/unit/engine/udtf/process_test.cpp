#include "engine/udtf/process.hpp"

#include <doctest/doctest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "support/temporary_directory.hpp"

using namespace matview;
using namespace matview::engine::udtf;

namespace {

/// A shell script that is run with some input.
struct Script {
  explicit Script(const std::string& text) {
    spec.argv = {"/bin/sh", "-c", text};
    spec.variables = {"PATH=/usr/bin:/bin", "WORD=told"};
    spec.directory = directory.path();
    spec.max_output = 1 << 20;
  }

  ProcessEnd run(std::string input = {}) {
    ProcessPipes pipes;
    pipes.feed = [&]() -> Result<std::string> { return std::exchange(input, {}); };
    pipes.drain = [&](std::string_view bytes) -> Result<void> {
      output += bytes;
      return {};
    };
    auto end = run_process(spec, pipes);
    REQUIRE(end);
    return *std::move(end);
  }

  test::TemporaryDirectory directory;
  ProcessSpec spec;
  std::string output;
};

bool is_zombie(pid_t pid) {
  std::ifstream stream("/proc/" + std::to_string(pid) + "/stat");
  const std::string stat(std::istreambuf_iterator<char>(stream), {});
  return stat.empty() || stat.find(") Z ") != std::string::npos;
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator entries("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

}  // namespace

TEST_CASE("a program gets its input, environment and directory; its output, stderr and exit code come back") {
  Script script("cat; echo \"$WORD $(pwd) $#\"; env | wc -l; echo oops >&2; exit 7");
  const auto end = script.run("in\n");
  CHECK(script.output == "in\ntold " + script.directory.path().string() + " 0\n3\n");
  CHECK(end.error_tail == "oops\n");
  CHECK(end.why == ProcessEnd::Why::exited);
  CHECK(end.exit_code == 7);
  CHECK(end.read_all);
}

TEST_CASE("more than a pipe holds goes both ways at once") {
  Script script("cat");
  script.spec.max_output = 1 << 30;
  const std::string large(5'000'000, 'x');
  CHECK(script.run(large).read_all);
  CHECK(script.output == large);
}

TEST_CASE("input that was not read is noticed, in the pipe and before it") {
  CHECK_FALSE(Script("exit 0").run("x").read_all);
  CHECK_FALSE(Script("exec <&-; exit 0").run(std::string(1'000'000, 'x')).read_all);
  CHECK_FALSE(Script("head -c 10 >/dev/null").run(std::string(1'000'000, 'x')).read_all);
  CHECK(Script("cat >/dev/null").run(std::string(1'000'000, 'x')).read_all);
  CHECK(Script("exit 0").run().read_all);
}

TEST_CASE("a program ends by a signal, by the clock, by a flood, on demand") {
  CHECK(Script("kill -11 $$").run().signal == SIGSEGV);
  Script hangs("sleep 1000");
  hangs.spec.deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(50);
  CHECK(hangs.run().why == ProcessEnd::Why::timed_out);
  CHECK(Script("yes").run().why == ProcessEnd::Why::flooded);
  const std::atomic<int> stop{SIGTERM};
  Script stopped("sleep 1000");
  stopped.spec.stop = &stop;
  CHECK(stopped.run().why == ProcessEnd::Why::stopped);
  const std::atomic<bool> abandon{true};
  Script abandoned("sleep 1000");
  abandoned.spec.abandon = &abandon;
  CHECK(abandoned.run().why == ProcessEnd::Why::abandoned);
}

TEST_CASE("what a program leaves running neither lives on nor holds up its end") {
  Script script("sleep 1000 & echo $!");
  CHECK(script.run().exit_code == 0);
  const auto pid = static_cast<pid_t>(std::stol(script.output));
  // It was killed; the kernel, and then init, need a moment.
  bool gone = false;
  for (int i = 0; i < 1000 && !gone; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    gone = ::kill(pid, 0) != 0 || is_zombie(pid);
  }
  CHECK(gone);
}

TEST_CASE("no descriptor is left open, however it ends") {
  const auto before = open_descriptors();
  Script("cat").run("x\n");
  Script("yes").run();
  Script missing("");
  missing.spec.argv = {"/no/such/program"};
  const auto end = run_process(missing.spec, {[]() -> Result<std::string> { return std::string(); },
                                              [](std::string_view) -> Result<void> { return {}; }});
  REQUIRE_FALSE(end);
  CHECK(end.error().message.find("cannot start '/no/such/program'") != std::string::npos);
  CHECK(open_descriptors() == before);
}

TEST_CASE("memory and processors are limited as was asked for") {
  Script script("ulimit -v; nproc");
  script.spec.memory = 512 << 20;
  script.spec.cpus = {0};
  script.run();
  CHECK(script.output == "524288\n1\n");
}
