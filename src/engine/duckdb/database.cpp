#include "engine/duckdb/database.hpp"

#include <algorithm>
#include <cctype>

#include "engine/duckdb/cells.hpp"
#include "engine/duckdb/errors.hpp"
#include "engine/duckdb/functions.hpp"
#include "engine/duckdb/handles.hpp"
#include "engine/duckdb/key_filters.hpp"
#include "engine/duckdb/live_rows.hpp"
#include "engine/duckdb/memory.hpp"
#include "engine/duckdb/sql_text.hpp"
#include "engine/duckdb/watch.hpp"

namespace matview::engine {

namespace {

/// The statement types a message may have to name, by duckdb.h's numbers.
std::string statement_name(duckdb_statement_type type) {
  static constexpr const char* k_names[] = {
      "",       "SELECT",   "INSERT",    "UPDATE",       "EXPLAIN", "DELETE",  "PREPARE",
      "CREATE", "EXECUTE",  "ALTER",     "TRANSACTION",  "COPY",    "ANALYZE", "SET",
      "CREATE", "DROP",     "EXPORT",    "PRAGMA",       "VACUUM",  "CALL",    "SET",
      "LOAD",   "RELATION", "EXTENSION", "LOGICAL_PLAN", "ATTACH",  "DETACH",  "MULTI"};
  return static_cast<std::size_t>(type) < std::size(k_names) ? k_names[type] : "";
}

std::string first_word(std::string_view sql) {
  std::string word;
  for (const char c : sql) {
    if (std::isalpha(static_cast<unsigned char>(c))) {
      word += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    } else if (!word.empty() || !std::isspace(static_cast<unsigned char>(c))) {
      break;
    }
  }
  return word;
}

Result<void> no_nul(std::string_view sql) {
  if (sql.find('\0') == std::string_view::npos) return {};
  return fail(ErrorCode::usage, "the SQL text contains a NUL byte");
}

/// A prepared statement with the columns it will return.
struct Statement {
  PreparedHandle prepared;
  std::vector<TypeHandle> types;
  std::vector<std::string> names;
  duckdb_statement_type type = DUCKDB_STATEMENT_TYPE_INVALID;
  bool plain = true;
};

/// Rows of a result that runs, or ran, on the connection.
class Rows final : public QueryResult {
 public:
  Rows(const DuckDbApi& api, Watch& watch, const PartNames& parts, std::vector<Column> columns, Statement statement,
       Control* control, std::string view)
      : api_(api),
        watch_(watch),
        parts_(parts),
        columns_(std::move(columns)),
        statement_(std::move(statement)),
        control_(control),
        view_(std::move(view)),
        pending_(api),
        result_(api) {}

  Result<void> start(bool streaming) {
    const auto begin = streaming ? api_.pending_prepared_streaming : api_.pending_prepared;
    return under_control([&]() -> Result<void> {
      if (begin(statement_.prepared.get(), pending_.out()) == DuckDBError)
        return fail(duckdb_error(api_.pending_error(pending_.get()), 0, parts_));
      if (api_.execute_pending(pending_.get(), result_.out()) == DuckDBError) return fail(failure());
      for (idx_t i = 0; i < api_.column_count(result_.out()); ++i) types_.push_back(api_.column_type(result_.out(), i));
      return {};
    });
  }

  /// Sets who can tell the reason of a failure that DuckDB calls an interruption.
  void explain_with(std::function<std::optional<Error>()> explain) { explain_ = std::move(explain); }

  const std::vector<Column>& columns() const override { return columns_; }

  Result<bool> next(TextRows& rows) override {
    rows.clear();
    bool more = false;
    auto done = under_control([&]() -> Result<void> {
      ChunkHandle chunk(api_, api_.fetch_chunk(result_.get()));
      if (const char* error = api_.result_error(result_.out())) return fail(duckdb_error(error, 0, parts_));
      if (!chunk.get()) return {};
      more = true;
      return append(chunk.get(), rows);
    });
    if (done) return more;
    if (done.error().message.starts_with("INTERRUPT Error") && explain_)
      if (auto reason = explain_()) return fail(*std::move(reason));
    return fail(std::move(done).error());
  }

  Result<CopyResult> copied() {
    ChunkHandle chunk(api_, api_.fetch_chunk(result_.get()));
    return copy_result(api_, chunk.get());
  }

 private:
  Error failure() {
    const char* text = api_.result_error(result_.out());
    return duckdb_error(text ? text : "", 0, parts_);
  }

  template <typename Work>
  Result<void> under_control(Work work) {
    if (!control_) return work();
    if (auto stop = stop_error(*control_)) return fail(*std::move(stop));
    Result<void> done;
    {
      const Watch::Turn turn(watch_, *control_, view_);
      done = work();
    }
    if (done) return done;
    if (auto stop = stop_error(*control_)) return fail(*std::move(stop));
    return done;
  }

  Result<void> append(duckdb_data_chunk chunk, TextRows& rows) {
    const auto size = api_.data_chunk_get_size(chunk);
    rows.resize(size);
    for (auto& row : rows) row.resize(types_.size());
    for (idx_t column = 0; column < types_.size(); ++column) {
      auto* vector = api_.data_chunk_get_vector(chunk, column);
      for (idx_t i = 0; i < size; ++i) {
        MATVIEW_ASSIGN(rows[i][column], cell_text(api_, types_[column], vector, i));
      }
    }
    return {};
  }

  const DuckDbApi& api_;
  Watch& watch_;
  const PartNames& parts_;
  std::vector<Column> columns_;
  Statement statement_;
  Control* control_;
  std::string view_;
  PendingHandle pending_;
  ResultHandle result_;
  std::vector<duckdb_type> types_;
  std::function<std::optional<Error>()> explain_;
};

/// Optimizers of DuckDB 1.5.6 that change the result of a query.
std::string unsound_optimizers(const DatabaseOptions& options) {
  // Arms of a UNION ALL that share a join are given each other's columns, or rows: duckdb/duckdb#24624, #25819.
  std::string names = "common_subplan";
  // Rows that a join above does not need are left out below a LIMIT, and others get through: duckdb/duckdb#22924.
  if (options.has_limit) names += ",join_filter_pushdown";
  return names;
}

class DatabaseImpl final : public Database {
 public:
  explicit DatabaseImpl(const DuckDbApi& api)
      : api_(api), live_rows_(api), key_filters_(api), database_(api), connection_(api) {}

  Result<void> open(const DatabaseOptions& options) {
    ConfigHandle config(api_);
    api_.create_config(config.out());
    const auto set = [&](const char* name, const std::string& value) -> Result<void> {
      if (api_.set_config(config.get(), name, value.c_str()) == DuckDBSuccess) return {};
      return fail(ErrorCode::usage, std::string("DuckDB refuses ") + name + " = '" + value + "'");
    };
    const auto memory =
        options.memory_limit.empty()
            ? std::to_string(available_memory() / 10 * 7 / static_cast<std::int64_t>(options.members)) + "B"
            : options.memory_limit;
    MATVIEW_TRY(set("memory_limit", memory));
    if (options.threads) MATVIEW_TRY(set("threads", std::to_string(*options.threads)));
    MATVIEW_TRY(set("temp_directory", options.temporary_directory.string()));
    MATVIEW_TRY(set("preserve_insertion_order", options.preserve_order ? "true" : "false"));
    MATVIEW_TRY(set("disabled_optimizers", unsound_optimizers(options)));
    MATVIEW_TRY(set("autoinstall_known_extensions", "false"));
    MATVIEW_TRY(set("autoload_known_extensions", "false"));
    MATVIEW_TRY(set("allow_community_extensions", "false"));
    MATVIEW_TRY(set("allow_unsigned_extensions", "false"));
    char* reason = nullptr;
    if (api_.open_ext(":memory:", database_.out(), config.get(), &reason) == DuckDBError) {
      auto error = duckdb_error(reason ? reason : "");
      api_.free(reason);
      error.code = ErrorCode::usage;
      return fail(std::move(error).with_context("cannot open DuckDB: "));
    }
    if (api_.connect(database_.get(), connection_.out()) == DuckDBError)
      return fail(ErrorCode::failed, "cannot connect to DuckDB");
    watch_.emplace(api_, connection_.get());
    if (auto zone = execute("SET TimeZone = " + quote_literal(options.time_zone)); !zone) {
      zone.error().code = ErrorCode::usage;
      return zone;
    }
    if (!options.file_search_path.empty())
      MATVIEW_TRY(execute("SET file_search_path = " + quote_literal(options.file_search_path.string())));
    // The cache of external files takes one that was overwritten within a second, at the same size, for the old one.
    return execute(
        "SET enable_external_file_cache = false; SET parquet_metadata_cache = false;"
        "SET enable_progress_bar = true; SET enable_progress_bar_print = false; SET progress_bar_time = 0;"
        "SET disabled_filesystems = 'HTTPFileSystem'; SET allow_persistent_secrets = false;"
        "SET lock_configuration = true");
  }

  Result<void> execute(std::string_view sql) override {
    MATVIEW_TRY(no_nul(sql));
    MATVIEW_TRY(add_functions(sql));
    ResultHandle result(api_);
    if (api_.query(connection_.get(), std::string(sql).c_str(), result.out()) == DuckDBSuccess) return {};
    return fail(duckdb_error(api_.result_error(result.out()), 0, parts_));
  }

  Result<TextRows> rows(std::string_view sql) override { return all_rows(sql, nullptr, ""); }

  Result<TextRows> run(std::string_view sql, Control& control, const std::string& view) override {
    return all_rows(sql, &control, view);
  }

  Result<std::unique_ptr<QueryResult>> stream(std::string_view sql, Control& control) override {
    MATVIEW_ASSIGN(auto rows, start(sql, &control, "", true));
    rows->explain_with([this, &control, text = std::string(sql)]() { return explanation(text, control); });
    return std::unique_ptr<QueryResult>(std::move(rows));
  }

  Result<CopyResult> copy(std::string_view sql, Control& control, const std::string& view) override {
    MATVIEW_ASSIGN(const auto result, start(sql, &control, view, false));
    return result->copied();
  }

  Result<void> append(std::string_view table, const TextRows& rows) override {
    duckdb_appender appender = nullptr;
    bool done = api_.appender_create_ext(connection_.get(), "temp", "main", std::string(table).c_str(), &appender) ==
                DuckDBSuccess;
    for (std::size_t i = 0; done && i < rows.size(); ++i) {
      for (const auto& cell : rows[i])
        done = done && (cell ? api_.append_varchar_length(appender, cell->data(), cell->size())
                             : api_.append_null(appender)) == DuckDBSuccess;
      done = done && api_.appender_end_row(appender) == DuckDBSuccess;
    }
    done = done && api_.appender_close(appender) == DuckDBSuccess;
    Result<void> result;
    if (!done) {
      ErrorHandle error(api_, api_.appender_error_data(appender));
      const char* text = api_.error_data_message(error.get());
      result = fail(duckdb_error(text ? text : "cannot append rows"));
    }
    api_.appender_destroy(&appender);
    return result;
  }

  Result<void> remember_keys(const std::string& name, const std::string& sql) override {
    return key_filters_.remember(name, connection_.get(), sql);
  }

  void name_part(const std::string& part, const std::string& name) override { parts_.emplace(part, name); }

  Result<std::vector<Column>> describe(std::string_view sql) override {
    MATVIEW_ASSIGN(auto original, prepare(sql));
    return columns_of(original, sql);
  }

  Result<Parsed> parse(std::string_view sql) override {
    MATVIEW_TRY(no_nul(sql));
    ExtractedHandle extracted(api_);
    const auto count = api_.extract_statements(connection_.get(), std::string(sql).c_str(), extracted.out());
    if (count == 0) {
      const char* error = api_.extract_statements_error(extracted.get());
      if (error && *error) return fail(duckdb_error(error));
      return Parsed{};
    }
    Parsed parsed{static_cast<int>(count), ""};
    // Only SELECT statements have a syntax tree as JSON; that needs no binding, which preparing does.
    MATVIEW_ASSIGN(const auto select,
                   rows("SELECT (json_serialize_sql(" + quote_literal(sql) + ")->>'error') = 'false'"));
    if (select[0][0] == "true") {
      parsed.type = "SELECT";
      return parsed;
    }
    PreparedHandle prepared(api_);
    if (api_.prepare_extracted_statement(connection_.get(), extracted.get(), 0, prepared.out()) == DuckDBSuccess)
      parsed.type = statement_name(api_.prepared_statement_type(prepared.get()));
    if (parsed.type.empty() || parsed.type == "SELECT") parsed.type = first_word(sql);
    return parsed;
  }

 private:
  Result<Statement> prepare(std::string_view sql, int lines_before = 0) {
    MATVIEW_TRY(no_nul(sql));
    MATVIEW_TRY(add_functions(sql));
    ExtractedHandle extracted(api_);
    const auto count = api_.extract_statements(connection_.get(), std::string(sql).c_str(), extracted.out());
    if (count == 0) {
      const char* error = api_.extract_statements_error(extracted.get());
      if (error && *error) return fail(duckdb_error(error, lines_before));
      return fail(ErrorCode::usage, "there is no SQL statement in the text");
    }
    if (count > 1) return fail(ErrorCode::usage, "one SQL statement is expected, not " + std::to_string(count));
    Statement statement{PreparedHandle(api_), {}, {}};
    auto& prepared = statement.prepared;
    if (api_.prepare_extracted_statement(connection_.get(), extracted.get(), 0, prepared.out()) == DuckDBError)
      return fail(duckdb_error(api_.prepare_error(prepared.get()), lines_before, parts_));
    if (api_.nparams(prepared.get()) > 0)
      return fail(ErrorCode::usage, "the SQL text has parameters, and there is nothing to give them values");
    statement.type = api_.prepared_statement_type(prepared.get());
    for (idx_t i = 0; i < api_.prepared_statement_column_count(prepared.get()); ++i) {
      const char* name = api_.prepared_statement_column_name(prepared.get(), i);
      statement.names.emplace_back(name ? name : "");
      api_.free(const_cast<char*>(name));
      statement.types.emplace_back(api_, api_.prepared_statement_column_logical_type(prepared.get(), i));
      statement.plain = statement.plain && is_plain(api_, statement.types.back().get());
    }
    return statement;
  }

  /// Simple types are named here; for the others DuckDB is asked.
  Result<std::vector<Column>> columns_of(Statement& statement, std::string_view sql) {
    std::vector<Column> columns;
    bool all_named = true;
    for (std::size_t i = 0; i < statement.names.size(); ++i) {
      columns.push_back({statement.names[i], type_name(api_, statement.types[i].get())});
      all_named = all_named && !columns.back().type.empty();
    }
    if (all_named || statement.type != DUCKDB_STATEMENT_TYPE_SELECT) return columns;
    MATVIEW_ASSIGN(const auto described, all_rows("DESCRIBE\n" + std::string(sql), nullptr, ""));
    if (described.size() != columns.size()) return fail(ErrorCode::internal, "DESCRIBE and PREPARE disagree");
    for (std::size_t i = 0; i < columns.size(); ++i) columns[i].type = described[i][1].value_or("");
    return columns;
  }

  /// A stream that fails in one of several threads may say "Interrupted!" though nobody did. Computing the same values
  /// without streaming says why.
  std::optional<Error> explanation(const std::string& sql, Control& control) {
    const auto statement = prepare(sql);
    if (!statement || statement->names.empty() || statement->type != DUCKDB_STATEMENT_TYPE_SELECT) return std::nullopt;
    std::string names;
    for (std::size_t i = 0; i < statement->names.size(); ++i) names += (i ? ", c" : "c") + std::to_string(i);
    auto done = all_rows("SELECT count(*) FROM (\n" + std::string(without_terminator(sql)) + "\n) AS t(" + names +
                             ") WHERE hash(" + names + ") IS NULL",
                         &control, "");
    if (done) return std::nullopt;
    return std::move(done).error();
  }

  /// DuckDB's own cast to VARCHAR is what text means, so the query is wrapped in one. Its columns are addressed by
  /// position, whatever their names.
  static std::string as_text(const Statement& statement, std::string_view sql) {
    std::string casts;
    std::string names;
    for (std::size_t i = 0; i < statement.names.size(); ++i) {
      const auto name = "c" + std::to_string(i);
      casts += (i ? ", CAST(" : "CAST(") + name + " AS VARCHAR)";
      names += (i ? ", " : "") + name;
    }
    return "SELECT " + casts + " FROM (\n" + std::string(without_terminator(sql)) + "\n) AS t(" + names + ")";
  }

  Result<std::unique_ptr<Rows>> start(std::string_view sql, Control* control, const std::string& view, bool named) {
    MATVIEW_ASSIGN(auto statement, prepare(sql));
    std::vector<Column> columns;
    if (named) {
      MATVIEW_ASSIGN(columns, columns_of(statement, sql));
    }
    const bool select = statement.type == DUCKDB_STATEMENT_TYPE_SELECT;
    if (select && !statement.plain) {
      MATVIEW_ASSIGN(statement, prepare(as_text(statement, sql), 1));
    }
    auto rows = std::make_unique<Rows>(api_, *watch_, parts_, std::move(columns), std::move(statement), control, view);
    MATVIEW_TRY(rows->start(select && named));
    return rows;
  }

  Result<TextRows> all_rows(std::string_view sql, Control* control, const std::string& view) {
    MATVIEW_ASSIGN(auto result, start(sql, control, view, false));
    TextRows all;
    for (TextRows batch;;) {
      MATVIEW_ASSIGN(const bool more, result->next(batch));
      if (!more) return all;
      std::move(batch.begin(), batch.end(), std::back_inserter(all));
    }
  }

  /// Makes known what our own SQL asks for, when it first does.
  Result<void> add_functions(std::string_view sql) {
    if (sql.find(k_live_function) != std::string_view::npos)
      MATVIEW_TRY(live_rows_.add_to(database_.get(), connection_.get()));
    if (sql.find(k_among_function) == std::string_view::npos) return {};
    return key_filters_.add_to(connection_.get());
  }

  const DuckDbApi& api_;
  LiveRows live_rows_;
  KeyFilters key_filters_;
  DatabaseHandle database_;
  ConnectionHandle connection_;
  PartNames parts_;
  std::optional<Watch> watch_;  ///< once there is a connection
};

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const DatabaseOptions& options) {
  MATVIEW_ASSIGN(const DuckDbApi* api, duckdb_api());
  auto database = std::make_unique<DatabaseImpl>(*api);
  MATVIEW_TRY(database->open(options));
  return std::unique_ptr<Database>(std::move(database));
}

Result<std::string> duckdb_library_version() {
  MATVIEW_ASSIGN(const auto* const api, duckdb_api());
  return std::string(api->library_version());
}

}  // namespace matview::engine
