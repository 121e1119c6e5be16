#include "engine/refresh/program_refresh.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "engine/duckdb/types.hpp"
#include "engine/refresh/compaction.hpp"
#include "engine/refresh/compare_rows.hpp"
#include "engine/refresh/refresh_mode.hpp"
#include "engine/refresh/stored_columns.hpp"
#include "engine/store/relation_sql.hpp"

namespace matview::engine {

namespace {

constexpr std::string_view k_gone_table = "__matview_gone";
constexpr std::string_view k_rows_table = "__matview_rows";

class ProgramRefresh {
 public:
  ProgramRefresh(const EngineContext& context, const OperationDatabase& opened, const ProgramRequest& request,
                 UncommittedFiles& data, UncommittedFiles& state, Job& job, Control& control)
      : context_(context),
        opened_(opened),
        database_(*opened.database),
        request_(request),
        view_(request.view),
        definition_(request.view.definition),
        data_(data),
        state_(state),
        job_(job),
        control_(control),
        is_chunker_(request.view.definition.kind == "chunker") {}

  Result<RefreshCommit> operator()() {
    MATVIEW_ASSIGN(const auto program, udtf::program_from_json(definition_.program));
    file_rows_ = udtf::with_options(program, context_.program).split.file_rows;
    MATVIEW_ASSIGN(const auto known, known_units(program));
    if (known.empty()) return full();
    auto change = incremental(known);
    // A HUGEINT that needs another way of storing it, for all rows.
    if (!change && is_hugeint_overflow(change.error())) return full();
    return change;
  }

 private:
  /// A SELECT of the units whose rows are there; empty where everything is to be run.
  Result<std::string> known_units(const udtf::Program& program) {
    const bool whole = !view_.current || request_.full || !allows_incremental(definition_) ||
                       request_.decision.action != RefreshDecision::Action::full || context_.program.output_limit ||
                       program.output_limit || !stored_as_before();
    if (whole) return std::string();
    MATVIEW_ASSIGN(const auto state, context_.store.state(view_.view_id));
    const auto found = state.find(k_unit_relation);
    std::string why = found == state.end() ? "it is not known which rows the program was given" : "";
    if (why.empty())
      for (const auto& file : found->second.files)
        if (const auto sound = verify_data_file(file); !sound) why = sound.error().message;
    if (!why.empty()) {
      constexpr std::string_view k_code = "STATE_MISSING";
      MATVIEW_TRY(allow_full(definition_, k_code, why));
      job_.native.set("code", k_code).set("code_reason", why);
      return std::string();
    }
    return "SELECT unit FROM (" + rows_sql(found->second.files, found->second.columns) + ")";
  }

  Result<RefreshCommit> full() {
    MATVIEW_ASSIGN(const auto expansion, run_program(context_, definition_, opened_, request_.sql, "", control_));
    job_.native.set("program", describe_expansion(expansion));
    RefreshCommit change;
    change.columns = stored_as_before() ? view_.current->columns : definition_.columns;
    auto written = write(expansion.rows_sql, change);
    if (!written && is_hugeint_overflow(written.error())) {
      MATVIEW_ASSIGN(change.columns, storage_columns(query_columns(change.columns), HugeintAs::text));
      change.files.clear();
      written = write(expansion.rows_sql, change);
    }
    if (!written) return fail(std::move(written).error());
    MATVIEW_TRY(write_units(expansion, change));
    job_.rows_total = expansion.rows;
    MATVIEW_TRY(compare(expansion, change));
    return change;
  }

  /// How the columns are stored: as in the current version, if those are still the program's.
  bool stored_as_before() const {
    return view_.current && same_query_columns(view_.current->columns, definition_.columns);
  }

  /// Equal rows make no new version: only the state and what was read are recorded anew.
  Result<void> compare(const udtf::Expansion& expansion, RefreshCommit& change) {
    const auto sql = view_rows_sql(expansion);
    const NewRows rows{sql, expansion.rows, change.columns};
    MATVIEW_ASSIGN(const bool equal, rows_are_equal(context_.store, database_, view_, rows, job_, control_));
    if (!equal || request_.decision.action == RefreshDecision::Action::reinitialized) return {};
    change.replaces = false;
    change.files.clear();
    return {};
  }

  Result<RefreshCommit> incremental(const std::string& known) {
    MATVIEW_ASSIGN(const auto current, context_.store.pin(definition_.name, view_.current->version));
    for (const auto& file : current.files) MATVIEW_TRY(verify_data_file(file));
    MATVIEW_ASSIGN(const auto expansion, run_program(context_, definition_, opened_, request_.sql, known, control_));
    job_.native.set("program", describe_expansion(expansion));
    MATVIEW_ASSIGN(const auto gone, find_gone(expansion, current.files));

    RefreshCommit change;
    change.columns = view_.current->columns;
    job_.mode = "incremental";
    job_.native.set("code", "");
    job_.rows_added = expansion.rows;
    job_.rows_removed = gone;
    job_.rows_total = current.version.rows + expansion.rows - gone;
    change.replaces = false;
    if (expansion.rows > 0) MATVIEW_TRY(write(expansion.rows_sql, change));
    if (gone > 0) {
      MATVIEW_ASSIGN(change.deletes, write_deletes(database_, std::string(k_gone_table), current.files, data_, control_,
                                                   definition_.name));
    }
    MATVIEW_TRY(write_units(expansion, change));
    MATVIEW_TRY(keep_readable(current.files, change));
    return change;
  }

  /// Merges files where reading would cost much more than it must.
  Result<void> keep_readable(const std::vector<DataFile>& current, RefreshCommit& commit) {
    MATVIEW_ASSIGN(commit.field_ids, context_.store.field_ids(view_.view_id, commit.columns));
    RelationChange rows{commit.columns, false, std::move(commit.files), std::move(commit.deletes)};
    MATVIEW_TRY(compact(database_, current, rows, file_columns(), field_ids_sql(commit.field_ids), data_, control_,
                        definition_.name));
    commit.files = std::move(rows.files);
    commit.deletes = std::move(rows.deletes);
    return {};
  }

  std::string unit_column() const {
    return quote_identifier(is_chunker_ ? udtf::k_source_row_id : udtf::k_unit_column);
  }

  std::vector<std::string> file_columns() const {
    std::vector<std::string> names;
    for (const auto& column : view_.current->columns) names.push_back(quote_identifier(column.name));
    if (!is_chunker_) names.push_back(quote_identifier(udtf::k_unit_column));
    return names;
  }

  /// Puts the positions of rows whose unit is no more into a table; how many there are.
  Result<std::int64_t> find_gone(const udtf::Expansion& expansion, const std::vector<DataFile>& files) {
    const auto located = files.empty()
                             ? std::string("SELECT 0::BIGINT AS __matview_file, 0::BIGINT AS __matview_pos, '' AS ") +
                                   unit_column() + " WHERE false"
                             : located_rows_sql(files, file_columns());
    MATVIEW_TRY(
        database_.run(fmt::format("CREATE OR REPLACE TEMP TABLE {} AS SELECT __matview_file, __matview_pos FROM "
                                  "({}) WHERE {} NOT IN ({})",
                                  k_gone_table, located, unit_column(), expansion.units_sql),
                      control_, definition_.name));
    MATVIEW_ASSIGN(const auto rows, database_.rows(fmt::format("SELECT count(*) FROM {}", k_gone_table)));
    return std::strtoll(rows[0][0].value_or("0").c_str(), nullptr, 10);
  }

  /// The rows as their files have them: a udtf's tell their unit in a column that no catalog knows of.
  std::string encoded(const std::string& sql, std::vector<StoredColumn> columns) const {
    if (is_chunker_)
      return encode_sql(fmt::format("SELECT * EXCLUDE ({}) FROM ({})", udtf::k_unit_column, sql), columns);
    columns.push_back({std::string(udtf::k_unit_column), "VARCHAR", "VARCHAR"});
    return encode_sql(sql, columns);
  }

  Result<void> write(const std::string& sql, RefreshCommit& change) {
    return write_sql(encoded(sql, change.columns), change);
  }

  /// One file, or several where files are to have no more than so many rows.
  Result<void> write_sql(const std::string& sql, RefreshCommit& change) {
    MATVIEW_ASSIGN(change.field_ids, context_.store.field_ids(view_.view_id, change.columns));
    if (!file_rows_) return write_file(sql, change);
    MATVIEW_TRY(database_.run(fmt::format("CREATE OR REPLACE TEMP TABLE {} AS {}", k_rows_table, sql), control_,
                              definition_.name));
    MATVIEW_ASSIGN(const auto count, database_.rows(fmt::format("SELECT count(*) FROM {}", k_rows_table)));
    const auto rows = std::strtoll(count[0][0].value_or("0").c_str(), nullptr, 10);
    for (std::int64_t first = 0; first < rows; first += *file_rows_)
      MATVIEW_TRY(write_file(
          fmt::format("SELECT * FROM {} WHERE rowid >= {} AND rowid < {}", k_rows_table, first, first + *file_rows_),
          change));
    return {};
  }

  Result<void> write_file(const std::string& sql, RefreshCommit& change) {
    MATVIEW_ASSIGN(auto file, write_rows(database_, sql, field_ids_sql(change.field_ids), data_.add(), control_,
                                         definition_.name));
    if (file.rows > 0) change.files.push_back(std::move(file));
    return {};
  }

  Result<void> write_units(const udtf::Expansion& expansion, RefreshCommit& change) {
    const StoredColumn unit{"unit", "VARCHAR", "VARCHAR"};
    RelationChange relation;
    relation.columns = {unit};
    MATVIEW_ASSIGN(auto file,
                   write_rows(database_, expansion.units_sql, "", state_.add("state"), control_, definition_.name));
    if (file.rows > 0) relation.files.push_back(std::move(file));
    change.state.emplace(k_unit_relation, std::move(relation));
    return {};
  }

  const EngineContext& context_;
  const OperationDatabase& opened_;
  Database& database_;
  const ProgramRequest& request_;
  const ViewRecord& view_;
  const ViewDefinition& definition_;
  UncommittedFiles& data_;
  UncommittedFiles& state_;
  Job& job_;
  Control& control_;
  bool is_chunker_;
  std::optional<std::int64_t> file_rows_;
};

}  // namespace

Result<RefreshCommit> compute_program_change(const EngineContext& context, const OperationDatabase& opened,
                                             const ProgramRequest& request, UncommittedFiles& data,
                                             UncommittedFiles& state, Job& job, Control& control) {
  return ProgramRefresh(context, opened, request, data, state, job, control)();
}

}  // namespace matview::engine
