#include "providers/postgres/definition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "providers/postgres/create.hpp"
#include "providers/postgres/sql.hpp"
#include "providers/remote/fields.hpp"
#include "support/json.hpp"
#include "support/text.hpp"

namespace matview::providers::postgres {

namespace {

std::string note_key(std::int64_t oid) { return fmt::format("query of {}", oid); }

void put(OptionValues& options, const std::string& name, std::vector<std::string> values) {
  if (!values.empty()) options[name] = std::move(values);
}

std::vector<std::string> of(const OptionValues& options, const std::string& name) {
  const auto found = options.find(name);
  return found == options.end() ? std::vector<std::string>() : found->second;
}

/// The query as the server writes it. A view of the session tells; the transaction leaves nothing of it.
Result<std::string> server_form(Connection& connection, const std::string& query, Control& control) {
  MATVIEW_ASSIGN(const auto transaction, Transaction::begin(connection, "", control));
  MATVIEW_TRY(connection.run(fmt::format("CREATE TEMP VIEW __matview_form AS\n{}\n", query), {}, control));
  MATVIEW_ASSIGN(const auto rows,
                 connection.run("SELECT pg_catalog.pg_get_viewdef('pg_temp.__matview_form'::regclass)", {}, control));
  return rows.text(0);
}

}  // namespace

std::vector<std::string> unique_keys(const StoredView& stored) {
  std::set<std::string> keys;
  const auto* indexes = stored.indexes.if_array();
  if (indexes == nullptr) return {};
  for (const auto& index : *indexes) {
    const bool usable =
        index.at("unique") == Value(true) && index.at("valid") == Value(true) && index.at("covers_all") == Value(true);
    if (usable) keys.insert(support::join(remote::texts(index, "columns"), ","));
  }
  return {keys.begin(), keys.end()};
}

std::string written_query(const Database& database, const StoredView& stored) {
  auto* log = database.context().job_log;
  const auto note = log == nullptr ? std::nullopt : log->recall(database.context().profile, note_key(stored.oid));
  if (!note) return stored.query;
  const auto kept = support::parse_json(*note);
  if (!kept || remote::text(*kept, "stored") != stored.query) return stored.query;
  return remote::text(*kept, "written");
}

void remember_query(const Database& database, const StoredView& stored, const std::string& written) {
  auto* log = database.context().job_log;
  if (log == nullptr || stored.query.empty()) return;
  log->remember(database.context().profile, note_key(stored.oid),
                support::to_json(Value::Object{{"stored", stored.query}, {"written", written}}));
}

CreateRequest to_request(const StoredView& stored, std::string query) {
  CreateRequest request;
  request.name = stored.shown;
  request.query = std::move(query);
  if (!stored.tablespace.empty()) put(request.options, "tablespace", {stored.tablespace});
  if (!stored.access_method.empty()) put(request.options, "using", {stored.access_method});
  auto storage = stored.storage;
  std::sort(storage.begin(), storage.end());
  put(request.options, "storage", std::move(storage));
  put(request.options, "unique-index", unique_keys(stored));
  return request;
}

Result<CreateRequest> definition(const Database& database, const std::string& name, Control& control) {
  MATVIEW_ASSIGN(const auto connection, database.connect(control));
  MATVIEW_ASSIGN(const auto stored, find_view(*connection, name, control));
  if (stored.query.empty())
    return fail(Error(ErrorCode::locked, fmt::format("the definition of '{}' cannot be read while it is refreshed",
                                                     support::strip_control(name)))
                    .with_retryable());
  return to_request(stored, written_query(database, stored));
}

Result<CreateRequest> redefined(const CreateRequest& wanted, const CreateRequest& told) {
  MATVIEW_TRY(read_definition(wanted));
  CreateRequest request = told;
  if (trimmed_query(wanted.query) != trimmed_query(told.query)) request.query = wanted.query;
  request.options.clear();
  // The server's defaults, which the catalog does not name.
  const auto tablespace = of(wanted.options, "tablespace");
  if (tablespace != std::vector<std::string>{"pg_default"}) put(request.options, "tablespace", tablespace);
  const auto method = of(wanted.options, "using");
  if (method != std::vector<std::string>{"heap"}) put(request.options, "using", method);
  auto storage = of(wanted.options, "storage");
  std::sort(storage.begin(), storage.end());
  put(request.options, "storage", std::move(storage));
  std::set<std::string> keys;
  for (const auto* options : {&wanted.options, &told.options})
    for (auto& key : of(*options, "unique-index")) keys.insert(std::move(key));
  put(request.options, "unique-index", {keys.begin(), keys.end()});
  return request;
}

Result<CreateRequest> redefined(const Database& database, const CreateRequest& wanted, const CreateRequest& told,
                                Control& control) {
  MATVIEW_ASSIGN(auto request, redefined(wanted, told));
  if (request.query == told.query) return request;
  MATVIEW_ASSIGN(const auto connection, database.connect(control));
  MATVIEW_ASSIGN(const auto stored, find_view(*connection, told.name, control));
  // One that cannot be read differs from what could; why it cannot shows when it is applied.
  const auto form = server_form(*connection, trimmed_query(wanted.query), control);
  const auto trimmed = form ? trimmed_query(*form) : std::string();
  if (!trimmed.empty() && trimmed.substr(trimmed.find_first_not_of(" \n")) == trimmed_query(stored.query))
    request.query = told.query;
  return request;
}

}  // namespace matview::providers::postgres
