#include "support/subprocess.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <thread>

#include "support/fake_environment.hpp"
#include "support/temporary_directory.hpp"

using matview::ErrorCode;
using matview::support::find_program;
using matview::support::ProcessRequest;
using matview::support::run_process;
using matview::test::FakeEnvironment;
using matview::test::TemporaryDirectory;

namespace {

ProcessRequest shell(const std::string& script) {
  ProcessRequest request;
  request.argv = {"/bin/sh", "-c", script};
  return request;
}

bool has_children() {
  const pid_t answer = ::waitpid(-1, nullptr, WNOHANG);
  return answer >= 0 || errno != ECHILD;
}

}  // namespace

TEST_CASE("a program's output, error text and exit code come back apart") {
  const auto run = run_process(shell("echo out; echo err >&2; exit 7"), FakeEnvironment("/"));
  REQUIRE(run);
  CHECK(run->standard_output == "out\n");
  CHECK(run->standard_error == "err\n");
  CHECK(run->exit_code == 7);
  CHECK(run->signal == 0);
  CHECK_FALSE(has_children());
}

TEST_CASE("a program that a signal ends has 128 and the signal as its code") {
  const auto run = run_process(shell("kill -KILL $$"), FakeEnvironment("/"));
  REQUIRE(run);
  CHECK(run->signal == SIGKILL);
  CHECK(run->exit_code == 128 + SIGKILL);
}

TEST_CASE("a program sees the given variables and folder, no input and none of our descriptors") {
  const TemporaryDirectory directory;
  FakeEnvironment environment("/");
  environment.set("ONE", "1").set("PATH", "/usr/bin:/bin");
  const int leaked = ::open("/dev/null", O_RDONLY);
  auto request = shell("pwd; echo \"$ONE$HOME\"; cat; ls /proc/self/fd | tr '\\n' ' '");
  request.working_directory = directory.path();
  const auto run = run_process(request, environment);
  ::close(leaked);
  REQUIRE(run);
  // 3 is the folder that ls itself reads.
  CHECK(run->standard_output == directory.path().string() + "\n1\n0 1 2 3 ");
}

TEST_CASE("a program that does not end in time is killed with all it started") {
  const TemporaryDirectory directory;
  auto request = shell("(sleep 600; echo late > late) & echo $! > pid; sleep 600");
  request.working_directory = directory.path();
  request.timeout = std::chrono::milliseconds(300);
  const auto run = run_process(request, FakeEnvironment("/"));
  REQUIRE_FALSE(run);
  CHECK(run.error().code == ErrorCode::timeout);
  CHECK(run.error().message == "'/bin/sh' did not end within 300 ms");
  CHECK_FALSE(has_children());
}

TEST_CASE("a program that leaves a child behind that holds its output does not hold us up") {
  auto request = shell("sleep 5 & echo $!");
  request.timeout = std::chrono::minutes(1);
  const auto run = run_process(request, FakeEnvironment("/"));
  REQUIRE(run);
  CHECK(run->exit_code == 0);
  REQUIRE_FALSE(run->standard_output.empty());
  // It still runs: its end was not waited for.
  CHECK(::kill(std::stoi(run->standard_output), SIGKILL) == 0);
}

TEST_CASE("a program that floods is killed, and of its error text the tail is kept") {
  auto request = shell("yes");
  request.stdout_limit = 1000;
  const auto run = run_process(request, FakeEnvironment("/"));
  REQUIRE_FALSE(run);
  CHECK(run.error().message == "'/bin/sh' wrote more than 1000 bytes");
  request = shell("i=0; while [ $i -lt 2000 ]; do echo $i >&2; i=$((i+1)); done");
  request.stderr_limit = 10;
  CHECK(run_process(request, FakeEnvironment("/"))->standard_error == "1998\n1999\n");
}

TEST_CASE("output far larger than a pipe arrives whole") {
  auto request = shell("head -c 900000 /dev/zero | tr '\\0' x");
  const auto run = run_process(request, FakeEnvironment("/"));
  REQUIRE(run);
  CHECK(run->standard_output == std::string(900000, 'x'));
}

TEST_CASE("a stop signal ends the program") {
  auto request = shell("sleep 600");
  std::atomic<int> stop{0};
  request.stop = &stop;
  request.timeout = std::chrono::minutes(5);
  std::thread signaller([&] { stop = SIGTERM; });
  const auto run = run_process(request, FakeEnvironment("/"));
  signaller.join();
  REQUIRE_FALSE(run);
  CHECK(run.error().code == ErrorCode::terminated);
}

TEST_CASE("a program whose end cannot be learnt has not succeeded") {
  const auto before = std::signal(SIGCHLD, SIG_IGN);
  const auto run = run_process(shell("echo out"), FakeEnvironment("/"));
  std::signal(SIGCHLD, before);
  REQUIRE_FALSE(run);
  CHECK(run.error().message == "cannot learn how '/bin/sh' ended: SIGCHLD is ignored");
}

TEST_CASE("programs run from many threads at once keep their outputs apart") {
  std::vector<std::thread> threads;
  std::vector<std::string> outputs(16);
  for (std::size_t i = 0; i < outputs.size(); ++i)
    threads.emplace_back([&outputs, i] {
      if (const auto run = run_process(shell("echo " + std::to_string(i)), FakeEnvironment("/")))
        outputs[i] = run->standard_output;
    });
  for (auto& thread : threads) thread.join();
  for (std::size_t i = 0; i < outputs.size(); ++i) CHECK(outputs[i] == std::to_string(i) + "\n");
  CHECK_FALSE(has_children());
}

TEST_CASE("a program is looked for in absolute folders of PATH only") {
  const TemporaryDirectory directory;
  const auto program = directory.write("bin/tool", "#!/bin/sh\n");
  const auto data = directory.write("data/tool", "no program\n");
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  FakeEnvironment environment(directory.path() / "bin");
  environment.set("PATH", data.parent_path().string() + ":" + program.parent_path().string());
  CHECK(find_program("tool", environment) == program);
  environment.set("PATH", ":.:" + data.parent_path().string());
  const auto missing = find_program("tool", environment);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == ErrorCode::not_found);
  CHECK(find_program("./tool", environment));
  CHECK_FALSE(find_program("", environment));
  CHECK_FALSE(find_program(data.string(), environment));
}

TEST_CASE("a file that is no program cannot be run, and that is said") {
  const TemporaryDirectory directory;
  const auto file = directory.write("broken", "#!/no/such/interpreter\n");
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  ProcessRequest request;
  request.argv = {file.string()};
  const auto run = run_process(request, FakeEnvironment("/"));
  REQUIRE_FALSE(run);
  CHECK(run.error().code == ErrorCode::failed);
  CHECK(run.error().message == "cannot run '" + file.string() + "': No such file or directory");
}

TEST_CASE("programs are found by the beginning of their names, the first of PATH, in absolute folders") {
  const matview::test::TemporaryDirectory directory;
  const auto program = [&](const char* name, bool runs = true) {
    const auto path = directory.write(name, "#!/bin/sh\n");
    if (runs) std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
  };
  const auto first = program("a/tool-x");
  program("b/tool-x");
  const auto second = program("b/tool-y");
  program("b/tool-z", false);
  program("b/other");
  matview::test::FakeEnvironment environment(directory.path());
  const auto folder = directory.path().string();
  environment.set("PATH", "a:" + folder + "/nowhere:" + folder + "/a:" + folder + "/b:");
  const auto found = matview::support::find_programs("tool-", environment);
  REQUIRE(found.size() == 2);
  CHECK(found.at("tool-x") == first);
  CHECK(found.at("tool-y") == second);
}
