#include "providers/postgres/database.hpp"

#include <algorithm>
#include <chrono>
#include <tuple>

namespace matview::providers::postgres {

namespace {

constexpr int k_looks_after_clients = 140000;

/// What the statement may take at the server if we are not there to cancel it when its time is up.
constexpr std::int64_t k_spare_ms = 2000;

/// In milliseconds; 0 is no limit.
std::string time_left(const Control& control) {
  if (!control.deadline) return "0";
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(*control.deadline - std::chrono::steady_clock::now());
  return std::to_string(std::max<std::int64_t>(left.count(), 0) + k_spare_ms);
}

}  // namespace

Result<Database::Lease> Database::connect(Control& control) const {
  std::unique_ptr<Connection> connection;
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      connection = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (!connection) {
    std::optional<Secret> password;
    if (context_.secrets != nullptr && context_.secrets->has("password")) {
      MATVIEW_ASSIGN(auto found, context_.secrets->get("password", control));
      password = std::move(found);
    }
    MATVIEW_ASSIGN(connection, Connection::open(parameters_, password, control));
    // A server that is not told otherwise goes on for hours for a client that was killed. Not every platform has it.
    if (connection->server_version() >= k_looks_after_clients)
      std::ignore = connection->run("SELECT set_config('client_connection_check_interval', '2s', false)", {}, control);
  }
  MATVIEW_TRY(connection->run("SELECT set_config('statement_timeout', $1, false)", {time_left(control)}, control));
  return Lease(*this, std::move(connection));
}

void Database::give_back(std::unique_ptr<Connection> connection) const {
  if (!connection->usable()) return;
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(connection));
}

Result<Transaction> Transaction::begin(Connection& connection, const std::string& mode, Control& control) {
  MATVIEW_TRY(connection.run("BEGIN " + mode, {}, control));
  return Transaction(connection);
}

Transaction::~Transaction() {
  if (connection_ == nullptr) return;
  const std::atomic<int> no_stop{0};
  Observer deaf;
  Control control{deaf, no_stop, std::nullopt};
  std::ignore = connection_->run("ROLLBACK", {}, control);
}

Result<void> Transaction::commit(Control& control) {
  MATVIEW_TRY(std::exchange(connection_, nullptr)->run("COMMIT", {}, control));
  return {};
}

}  // namespace matview::providers::postgres
