#include "support/postgres_server.hpp"

#include <pwd.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <thread>
#include <vector>

namespace matview::test {

namespace {

namespace fs = std::filesystem;

fs::path binary(const char* name) { return fs::path(MATVIEW_POSTGRES_BIN) / name; }

/// Runs `program` as who may run a server: root may not, and becomes the user that the package made. It gets SIGQUIT,
/// upon which a server ends at once, when we are gone.
Command as_server_user(const fs::path& program, const std::vector<std::string>& arguments, const fs::path& directory) {
  Command command;
  command.program = "/usr/bin/setpriv";
  if (::geteuid() == 0) command.arguments = {"--reuid=postgres", "--regid=postgres", "--clear-groups"};
  command.arguments.insert(command.arguments.end(), {"--pdeathsig=QUIT", "--", program.string()});
  command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
  command.environment = {{"PATH", "/usr/bin:/bin"}, {"LC_ALL", "C.UTF-8"}, {"TZ", "UTC"}};
  command.directory = directory;
  command.time_limit = std::chrono::hours(24);
  return command;
}

}  // namespace

PostgresServer& PostgresServer::instance() {
  static PostgresServer server;
  return server;
}

PostgresServer::PostgresServer() {
  const fs::path& folder = directory_.path();
  if (::geteuid() == 0) {
    const auto* user = ::getpwnam("postgres");
    if (user == nullptr || ::chown(folder.c_str(), user->pw_uid, user->pw_gid) != 0)
      throw std::runtime_error("root cannot start a server, and there is no user 'postgres' to start it as");
  }
  // Others of this machine come in by the socket only.
  fs::permissions(folder, fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec);
  const auto data = (folder / "data").string();
  const auto made = run(
      as_server_user(binary("initdb"),
                     {"-D", data, "-U", user(), "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"}, folder));
  if (made.exit_code != 0) throw std::runtime_error("initdb failed: " + made.err + made.out);
  server_ = std::make_unique<Process>(as_server_user(
      binary("postgres"),
      {"-D", data, "-k", host(), "-c", "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off", "-c",
       "synchronous_commit=off", "-c", "max_connections=200", "-c", "autovacuum=off", "-c", "shared_buffers=16MB",
       // Whoever starts it reads its messages no longer once it runs.
       "-c", "log_min_messages=log", "-c", "log_min_error_statement=panic", "-c", "log_checkpoints=off"},
      folder));
  if (!server_->wait_for("ready to accept connections"))
    throw std::runtime_error("the PostgreSQL server did not start: " + server_->wait().err);
}

PostgresServer::~PostgresServer() {
  server_->signal(SIGQUIT);
  server_->wait();
}

std::string PostgresServer::new_database() {
  const auto name = "db" + std::to_string(++databases_);
  sql("postgres", "CREATE DATABASE " + name);
  return name;
}

Command PostgresServer::psql(const std::string& database, const std::string& statements) const {
  Command command;
  command.program = binary("psql");
  command.arguments = {"-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database};
  command.environment = {{"PATH", "/usr/bin:/bin"}, {"PGHOST", host()}, {"PGUSER", user()}, {"HOME", host()}};
  command.input = statements;
  return command;
}

std::string PostgresServer::sql(const std::string& database, const std::string& statements) const {
  const auto outcome = run(psql(database, statements));
  if (outcome.exit_code != 0) throw std::runtime_error("psql: " + outcome.err);
  auto text = outcome.out;
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

std::unique_ptr<Process> PostgresServer::background(const std::string& database, const std::string& statements) const {
  auto command = psql(database, "");
  // Its stdin is served only while it is waited for.
  command.arguments.insert(command.arguments.end(), {"-c", statements});
  return std::make_unique<Process>(command);
}

}  // namespace matview::test
