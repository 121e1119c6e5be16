#include "providers/postgres/connection.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <array>
#include <chrono>

#include "providers/postgres/errors.hpp"
#include "providers/postgres/libpq/api.hpp"
#include "support/pause.hpp"
#include "support/text.hpp"

namespace matview::providers::postgres {

namespace {

using Clock = std::chrono::steady_clock;

// How long a stop signal may go unnoticed.
constexpr int k_tick_ms = 50;

using Result_ = std::unique_ptr<PGresult, decltype(&::PQclear)>;

std::string text_of(const char* text) { return text == nullptr ? std::string() : std::string(text); }

void wait_for(int socket, short events) {
  std::array<pollfd, 1> ends{{{socket, events, 0}}};
  ::poll(ends.data(), ends.size(), k_tick_ms);
}

Error lost(std::string_view said) {
  return Error(ErrorCode::unavailable,
               fmt::format("the connection was lost: {}", support::strip_control(said.substr(0, said.find('\n')))))
      .with_retryable();
}

class PqConnection final : public Connection {
 public:
  explicit PqConnection(const PqApi& api) : api_(api) {}
  ~PqConnection() override {
    if (connection_ != nullptr) api_.PQfinish(connection_);
  }
  PqConnection(const PqConnection&) = delete;
  PqConnection& operator=(const PqConnection&) = delete;

  Result<void> connect(const ConnectionParameters& parameters, const std::optional<Secret>& password,
                       Control& control) {
    std::vector<const char*> keys;
    std::vector<const char*> values;
    const auto add = [&](const char* key, const char* value) {
      keys.push_back(key);
      values.push_back(value);
    };
    for (const auto& [key, value] : parameters) add(key.c_str(), value.c_str());
    if (password) add("password", password->reveal().c_str());
    add("fallback_application_name", "matview");
    // Everything that is sent here and comes back is UTF-8.
    add("client_encoding", "UTF8");
    add(nullptr, nullptr);
    connection_ = api_.PQconnectStartParams(keys.data(), values.data(), 0);
    if (connection_ == nullptr) return fail(ErrorCode::internal, "libpq is out of memory");
    api_.PQsetNoticeReceiver(connection_, &PqConnection::take_notice, this);
    auto state = PGRES_POLLING_WRITING;
    while (api_.PQstatus(connection_) != CONNECTION_BAD && state != PGRES_POLLING_OK) {
      MATVIEW_TRY(support::check_control(control));
      wait_for(api_.PQsocket(connection_), state == PGRES_POLLING_READING ? POLLIN : POLLOUT);
      std::array<pollfd, 1> ready{
          {{api_.PQsocket(connection_), static_cast<short>(state == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0}}};
      if (::poll(ready.data(), ready.size(), 0) > 0) state = api_.PQconnectPoll(connection_);
      if (state == PGRES_POLLING_FAILED) break;
    }
    if (api_.PQstatus(connection_) != CONNECTION_OK)
      return fail(connection_error(api_.PQerrorMessage(connection_), api_.PQconnectionNeedsPassword(connection_) != 0));
    api_.PQsetnonblocking(connection_, 1);
    return {};
  }

  Result<Rows> run(const std::string& sql, const std::vector<std::string>& parameters, Control& control) override {
    MATVIEW_TRY(support::check_control(control));
    std::vector<const char*> values;
    for (const auto& parameter : parameters) values.push_back(parameter.c_str());
    observer_ = &control.observer;
    const int sent = api_.PQsendQueryParams(connection_, sql.c_str(), static_cast<int>(values.size()), nullptr,
                                            values.data(), nullptr, nullptr, 0);
    if (sent == 0) return fail(lost(api_.PQerrorMessage(connection_)));
    auto rows = finish(control);
    observer_ = nullptr;
    return rows;
  }

  bool usable() const override {
    return api_.PQstatus(connection_) == CONNECTION_OK && api_.PQtransactionStatus(connection_) == PQTRANS_IDLE;
  }
  int server_version() const override { return api_.PQserverVersion(connection_); }
  bool encrypted() const override { return api_.PQsslInUse(connection_) != 0; }
  std::string description() const override {
    return fmt::format("database '{}' at {}:{} as '{}'", text_of(api_.PQdb(connection_)),
                       text_of(api_.PQhost(connection_)), text_of(api_.PQport(connection_)),
                       text_of(api_.PQuser(connection_)));
  }

 private:
  static void take_notice(void* self, const PGresult* notice) {
    auto& connection = *static_cast<PqConnection*>(self);
    const std::string severity = text_of(connection.api_.PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED));
    if (connection.observer_ == nullptr || severity != "WARNING") return;
    connection.observer_->warning(
        support::strip_control(text_of(connection.api_.PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY))));
  }

  /// Reads all results. What was asked to stop is waited for: the server answers with an error soon.
  Result<Rows> finish(Control& control) {
    Rows rows;
    std::optional<Error> error;
    std::optional<Error> stopped;
    while (true) {
      while (api_.PQflush(connection_) == 1) wait_for(api_.PQsocket(connection_), POLLOUT | POLLIN);
      while (api_.PQisBusy(connection_) != 0) {
        if (!stopped)
          if (auto checked = support::check_control(control); !checked) {
            stopped = std::move(checked).error();
            cancel();
          }
        wait_for(api_.PQsocket(connection_), POLLIN);
        if (api_.PQconsumeInput(connection_) == 0) return fail(broken(stopped));
      }
      const Result_ result(api_.PQgetResult(connection_), api_.PQclear);
      if (!result) break;
      const auto status = api_.PQresultStatus(result.get());
      if (status == PGRES_FATAL_ERROR && !error) error = to_error(said(*result));
      if (status == PGRES_TUPLES_OK) rows = read(*result);
    }
    if (!error) return rows;
    if (api_.PQstatus(connection_) == CONNECTION_BAD) return fail(broken(stopped));
    if (stopped && error->code == ErrorCode::timeout) return fail(*std::move(stopped));
    return fail(*std::move(error));
  }

  Error broken(std::optional<Error> stopped) const {
    if (stopped) return *std::move(stopped);
    auto error = lost(api_.PQerrorMessage(connection_));
    error.unanswered = true;
    return error;
  }

  void cancel() {
    std::array<char, 256> ignored{};
    if (auto* handle = api_.PQgetCancel(connection_); handle != nullptr) {
      api_.PQcancel(handle, ignored.data(), static_cast<int>(ignored.size()));
      api_.PQfreeCancel(handle);
    }
  }

  ServerError said(const PGresult& result) const {
    const auto field = [&](int code) { return text_of(api_.PQresultErrorField(&result, code)); };
    ServerError error{field(PG_DIAG_SQLSTATE), field(PG_DIAG_MESSAGE_PRIMARY), field(PG_DIAG_MESSAGE_DETAIL),
                      field(PG_DIAG_MESSAGE_HINT), field(PG_DIAG_STATEMENT_POSITION)};
    if (error.message.empty()) error.message = text_of(api_.PQresultErrorMessage(&result));
    return error;
  }

  Rows read(const PGresult& result) const {
    Rows rows;
    const int columns = api_.PQnfields(&result);
    for (int column = 0; column < columns; ++column) rows.columns.emplace_back(api_.PQfname(&result, column));
    for (int row = 0; row < api_.PQntuples(&result); ++row) {
      std::vector<Rows::Cell> cells;
      for (int column = 0; column < columns; ++column) {
        const bool null = api_.PQgetisnull(&result, row, column) != 0;
        const auto length = static_cast<std::size_t>(api_.PQgetlength(&result, row, column));
        cells.push_back(null ? Rows::Cell() : std::string(api_.PQgetvalue(&result, row, column), length));
      }
      rows.rows.push_back(std::move(cells));
    }
    return rows;
  }

  const PqApi& api_;
  PGconn* connection_ = nullptr;
  Observer* observer_ = nullptr;  ///< of the statement that runs
};

}  // namespace

std::string Rows::text(std::size_t column) const {
  return rows.empty() || column >= rows.front().size() ? std::string() : rows.front()[column].value_or("");
}

Result<ConnectionParameters> parse_connection_text(const std::string& text) {
  MATVIEW_ASSIGN(const PqApi* const api, pq_api());
  char* problem = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&::PQconninfoFree)> options(
      api->PQconninfoParse(text.c_str(), &problem), api->PQconninfoFree);
  if (!options) {
    const std::unique_ptr<char, decltype(&::PQfreemem)> message(problem, api->PQfreemem);
    // libpq quotes the text, a password in it included.
    return fail(Error(ErrorCode::usage, "url: it is no PostgreSQL connection address")
                    .with_hint("as postgresql://host/database or \"host=… dbname=…\""));
  }
  ConnectionParameters parameters;
  for (const auto* option = options.get(); option->keyword != nullptr; ++option)
    if (option->val != nullptr) parameters[option->keyword] = option->val;
  for (const char* secret : {"password", "sslpassword"})
    if (parameters.contains(secret))
      return fail(Error(ErrorCode::usage, "url: it holds a password, which has no place in an address")
                      .with_hint("set password_file or password_command in the profile"));
  return parameters;
}

Result<std::unique_ptr<Connection>> Connection::open(const ConnectionParameters& parameters,
                                                     const std::optional<Secret>& password, Control& control) {
  MATVIEW_ASSIGN(const PqApi* const api, pq_api());
  auto connection = std::make_unique<PqConnection>(*api);
  MATVIEW_TRY(connection->connect(parameters, password, control));
  return connection;
}

}  // namespace matview::providers::postgres
