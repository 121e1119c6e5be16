#include "faults/remote_run.hpp"

#include <atomic>
#include <exception>
#include <memory>
#include <stdexcept>
#include <thread>

#include "support/leaks.hpp"
#include "support/raw_client.hpp"
#include "support/sandbox.hpp"

namespace matview::test {

namespace {

/// They wait more than they work.
constexpr int k_workers = 12;

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

void add_faults(FakeBackend& fake, const RemoteCase& which) {
  const auto& fault = which.fault->fault;
  if (fault.is_null()) return fake.stop();
  const auto quoted = Json(which.subject->secrets.front()).dump();
  Json whole = parse_json(replaced(fault.dump(), "{secret}", quoted.substr(1, quoted.size() - 2)));
  whole["method"] = which.operation->method;
  whole["path"] = which.operation->path;
  if (which.fault->lasts) whole["times"] = 0;
  fake.fault(whole);
}

RemoteOutcome run_case(const RemoteCase& which, FakeBackend& fake) {
  const auto& [subject, operation, fault] = which;
  const Sandbox box;
  const auto job = prepare(*subject, *operation, fake);
  fake.forget();
  add_faults(fake, which);

  auto arguments = arguments_of(*operation, job);
  const char* limit = operation->follows && fault->lasts ? "1500ms" : "20s";
  for (const auto* argument :
       {"--retries", "1", "--timeout", limit, "-vv", "--trace-http=trace.log", "--log-file=run.log"})
    arguments.push_back(argument);
  auto command = remote_command(box, *subject, fake, std::move(arguments));
  // Low enough for a test, but only where a stall is to be noticed: the machine may be at work.
  if (fault->stalls) command.environment["MATVIEW_PROFILES_P_REQUEST_TIMEOUT"] = "700ms";

  RemoteOutcome result;
  const auto start = std::chrono::steady_clock::now();
  result.outcome = run(command);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  result.requests = fake.requests();

  const LeakSearch search(secrets_of(*subject, result.requests));
  for (const auto& found : {search.in_text("stdout", result.outcome.out), search.in_text("stderr", result.outcome.err),
                            search.in_files(box.directory().path())})
    if (result.leak.empty()) result.leak = found;
  return result;
}

}  // namespace

Command remote_command(const Sandbox& box, const RemoteSubject& subject, const FakeBackend& fake,
                       std::vector<std::string> arguments) {
  auto command = box.command(std::move(arguments));
  for (const auto& [name, value] : subject.environment)
    command.environment[name] = replaced(value, "{url}", fake.url());
  command.environment["MATVIEW_PROFILE"] = "p";
  command.environment["MATVIEW_PROFILES_P_CONNECT_TIMEOUT"] = "5s";
  command.environment["MATVIEW_PROFILES_P_REQUEST_TIMEOUT"] = "20s";
  return command;
}

std::string prepare(const RemoteSubject& subject, const RemoteOperation& operation, FakeBackend& fake) {
  for (const auto& script : operation.script) fake.command(script);
  std::string job;
  for (const auto& request : operation.before) {
    auto fields = subject.headers;
    fields.push_back("Content-Type: application/json");
    const auto seen = talk(fake.port(), raw_request(request.method, request.path, fields, request.body));
    if (!seen.status().starts_with("2")) throw std::runtime_error("before: " + seen.text);
    const auto answer = parse_json(seen.body());
    for (const auto* key : {"job_id", "execution_id"})
      if (answer.contains(key)) job = answer[key].get<std::string>();
  }
  return job;
}

std::vector<std::string> arguments_of(const RemoteOperation& operation, const std::string& job) {
  std::vector<std::string> arguments;
  for (const auto& argument : operation.arguments) arguments.push_back(replaced(argument, "{job}", job));
  return arguments;
}

std::vector<std::string> secrets_of(const RemoteSubject& subject, const std::vector<RecordedRequest>& requests) {
  std::vector<std::string> secrets = subject.secrets;
  for (const auto& request : requests) {
    const auto bearer = request.header("authorization");
    if (bearer.starts_with("Bearer ")) secrets.push_back(bearer.substr(7));
    const auto cookies = request.header("cookie");
    for (std::size_t at = 0; at < cookies.size();) {
      const auto end = std::min(cookies.find(';', at), cookies.size());
      const auto equals = cookies.find('=', at);
      if (equals < end && end - equals > 8) secrets.push_back(cookies.substr(equals + 1, end - equals - 1));
      at = std::min(cookies.find_first_not_of("; ", end), cookies.size());
    }
  }
  return secrets;
}

std::string RemoteCase::name() const { return subject->name + ": " + operation->name + ": " + fault->name; }

std::vector<RemoteOutcome> run_cases(const std::vector<RemoteCase>& cases) {
  std::vector<RemoteOutcome> outcomes(cases.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    std::unique_ptr<FakeBackend> fake;
    const RemoteSubject* of = nullptr;
    for (std::size_t i = next++; i < cases.size(); i = next++) try {
        if (of != cases[i].subject || fake->pid() < 0) {
          of = cases[i].subject;
          fake = std::make_unique<FakeBackend>(of->backend, of->options);
        } else {
          fake->restart();
        }
        outcomes[i] = run_case(cases[i], *fake);
      } catch (const std::exception& error) {
        outcomes[i].mishap = error.what();
      }
  };
  std::vector<std::thread> workers;
  for (int i = 0; i < k_workers; ++i) workers.emplace_back(work);
  for (auto& worker : workers) worker.join();
  return outcomes;
}

}  // namespace matview::test
