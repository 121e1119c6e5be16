#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "matview/provider.hpp"
#include "providers/postgres/connection.hpp"

namespace matview::providers::postgres {

/// The database of one profile: as many connections as there are statements at once. Safe to use from several threads.
class Database {
 public:
  /// What `context` points to outlives it.
  Database(const ProviderContext& context, ConnectionParameters parameters)
      : context_(context), parameters_(std::move(parameters)) {}

  const ProviderContext& context() const { return context_; }

  /// A connection for as long as it is held. Its statements end on the server too when the control's deadline has
  /// passed, whatever becomes of us.
  class Lease {
   public:
    Lease(const Database& database, std::unique_ptr<Connection> connection)
        : database_(&database), connection_(std::move(connection)) {}
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (connection_) database_->give_back(std::move(connection_));
    }
    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }

   private:
    const Database* database_;
    std::unique_ptr<Connection> connection_;
  };

  Result<Lease> connect(Control& control) const;

 private:
  void give_back(std::unique_ptr<Connection> connection) const;

  ProviderContext context_;
  ConnectionParameters parameters_;
  mutable std::mutex mutex_;  ///< of `idle_`
  mutable std::vector<std::unique_ptr<Connection>> idle_;
};

/// BEGIN, and ROLLBACK unless it was committed.
class Transaction {
 public:
  /// `mode` follows BEGIN: "ISOLATION LEVEL REPEATABLE READ, READ ONLY".
  static Result<Transaction> begin(Connection& connection, const std::string& mode, Control& control);
  Transaction(Transaction&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Result<void> commit(Control& control);

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
};

}  // namespace matview::providers::postgres
