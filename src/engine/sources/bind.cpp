#include <algorithm>

#include "engine/duckdb/sql_text.hpp"
#include "engine/sources/attached.hpp"
#include "engine/sources/clock.hpp"
#include "engine/sources/definition.hpp"
#include "engine/sources/listing.hpp"
#include "engine/sources/policy.hpp"
#include "engine/sources/resolve.hpp"

namespace matview::engine {

namespace {

Error as_usage(Error error) {
  if (error.code == ErrorCode::failed || error.code == ErrorCode::not_found) error.code = ErrorCode::usage;
  return error;
}

/// Whether columns are taken that the text does not name: by a star, or by the name of a table of files.
bool takes_all(const Syntax& syntax) {
  const auto& words = syntax.bare_words;
  return syntax.lists_all ||
         std::any_of(syntax.references.begin(), syntax.references.end(), [&](const auto& reference) {
           const auto call = file_call(reference);
           if (!call || !*call) return false;
           const auto name = fold_case(reference.alias.empty() ? (*call)->alias : reference.alias);
           return std::find(words.begin(), words.end(), name) != words.end();
         });
}

bool reads_text(const Syntax& syntax) {
  return std::any_of(syntax.references.begin(), syntax.references.end(), [](const auto& reference) {
    const auto call = file_call(reference);
    return call && *call && !(*call)->function.ends_with("parquet");
  });
}

/// Binds one definition: pins what it reads and collects what stands in the text for it.
class Binder {
 public:
  Binder(Database& database, const ViewDefinition& definition, const UpstreamLookup& upstream,
         FileNames file_names = FileNames::hidden)
      : database_(database), definition_(definition), upstream_(upstream), file_names_(file_names) {}

  Result<BoundDefinition> bind() {
    MATVIEW_ASSIGN(const auto syntax, analyze(database_, definition_.sql));
    if (file_names_ == FileNames::columns) MATVIEW_TRY(check_file_names(syntax));
    MATVIEW_TRY(check_functions(syntax));
    MATVIEW_ASSIGN(attachments_, parse_attachments(definition_.attachments));
    DatabaseOptions options;
    options.file_search_path = definition_.base_dir;
    if (!definition_.time_zone.empty()) options.time_zone = definition_.time_zone;
    MATVIEW_ASSIGN(scratch_, Database::open(options));
    for (const auto& attachment : attachments_)
      if (!attachment.is_lake) MATVIEW_TRY(attach_duckdb(*scratch_, attachment));
    std::vector<std::string> replacements;
    for (const auto& reference : syntax.references) {
      MATVIEW_ASSIGN(const auto resolved, resolve(reference, definition_, attachments_, upstream_));
      auto relation = pin(reference, resolved);
      if (!relation) {
        auto first = position_first(relation.error());
        // Views further on in the text are not known to it yet, and are not what is wrong.
        const bool misses_table = first.message.find("Catalog Error: Table with name") != std::string::npos;
        return fail(misses_table ? std::move(relation).error() : std::move(first));
      }
      replacements.push_back(*std::move(relation));
    }
    auto columns = scratch_->describe(substitute(definition_.sql, syntax.references, replacements));
    if (!columns) return fail(position_first(as_usage(std::move(columns).error())));
    bound_.columns = *std::move(columns);
    restore_names();
    for (const auto& [name, pinned] : pinned_) bound_.sources.push_back({name.second, name.first, to_json(pinned)});
    MATVIEW_ASSIGN(bound_.unstable_functions, unstable_functions(database_, syntax));
    bound_.only_clocks = only_clocks(syntax, bound_.unstable_functions);
    return std::move(bound_);
  }

 private:
  using Key = std::pair<std::string, std::string>;  // kind and name

  /// Refuses a query over text files that takes columns it does not name, a whole row among them: one more would be
  /// among them.
  static Result<void> check_file_names(const Syntax& syntax) {
    if (!takes_all(syntax) || !reads_text(syntax)) return {};
    return fail(Error(ErrorCode::usage,
                      "the query takes all columns, and the column filename that it names would be one of them")
                    .with_hint("ask for it as one of the columns: read_csv(…, filename = true)"));
  }

  Pinned& source(const Resolved& resolved) {
    const Key key{to_string(resolved.kind), resolved.name};
    for (auto& [other, pinned] : pinned_)
      if (other.first == key.first &&
          (other == key || (key.first != "files" && fold_case(other.second) == fold_case(key.second))))
        return pinned;
    return pinned_.emplace_back(key, Pinned{}).second;
  }

  /// Pins what the reference stands for; the relation that stands for it while binding, empty for itself.
  Result<std::string> pin(const Reference& reference, const Resolved& resolved) {
    switch (resolved.kind) {
      case Resolved::Kind::files: return pin_file_call(reference, *resolved.call, source(resolved));
      case Resolved::Kind::view: return pin_view(reference, resolved);
      case Resolved::Kind::duckdb: {
        auto& pinned = source(resolved);
        pinned.attachment = resolved.attachment;
        pinned.schema = resolved.schema;
        pinned.table = resolved.table;
        MATVIEW_ASSIGN(pinned.columns, attached_columns(*scratch_, pinned));
        return std::string();
      }
      case Resolved::Kind::ducklake: {
        auto& pinned = source(resolved);
        pinned.attachment = resolved.attachment;
        pinned.schema = resolved.schema;
        pinned.table = resolved.table;
        auto table = lake_table(*find_attachment(attachments_, resolved.attachment), pinned, {});
        if (!table) return fail(as_usage(std::move(table).error()));
        pinned.columns = table->columns;
        lakes_.push_back({resolved.attachment, resolved.schema, resolved.table, table->select_sql});
        return subquery(table->select_sql, reference, resolved.table);
      }
      case Resolved::Kind::other: break;
    }
    return std::string();
  }

  Result<std::string> pin_file_call(const Reference& reference, const FileCall& call, Pinned& pinned) {
    pinned.patterns = call.patterns;
    std::vector<std::string> absolute;
    for (const auto& pattern : call.patterns) absolute.push_back(absolute_pattern(pattern, definition_.base_dir));
    MATVIEW_ASSIGN(const auto files, list_files(absolute));
    if (files.empty())
      return fail(Error(ErrorCode::usage, "no file matches '" + call.name() + "'")
                      .with_hint("paths count from " + definition_.base_dir));
    const auto same = [&](const FileUse& use) { return use.call == call.key(); };
    auto use = std::find_if(pinned.uses.begin(), pinned.uses.end(), same);
    if (use == pinned.uses.end()) {
      MATVIEW_ASSIGN(auto fresh, pin_files(*scratch_, call, files, file_names_));
      use = pinned.uses.insert(pinned.uses.end(), std::move(fresh));
    }
    return file_relation(*scratch_, call, *use, files, !reference.alias.empty());
  }

  Result<std::string> pin_view(const Reference& reference, const Resolved& resolved) {
    auto& pinned = source(resolved);
    pinned.table = resolved.table;
    if (pinned.columns.empty()) {
      MATVIEW_ASSIGN(pinned.columns, scratch_->describe(resolved.view->select_sql));
      bound_.depends_on.push_back(resolved.table);
      views_.emplace_back(resolved.table, resolved.view->select_sql);
    }
    return subquery(resolved.view->select_sql, reference, resolved.table);
  }

  static std::string subquery(const std::string& sql, const Reference& reference, const std::string& name) {
    return "(" + sql + ")" + (reference.alias.empty() ? " AS " + quote_identifier(name) : "");
  }

  /// An unnamed subquery has its own text for a name, and that must be the user's, not what stands for it here.
  void restore_names() {
    const auto is_text = [](const Column& column) { return holds_subquery(column.name); };
    if (std::none_of(bound_.columns.begin(), bound_.columns.end(), is_text)) return;
    if (!create_views()) return;
    const auto original = scratch_->describe(definition_.sql);
    if (!original || original->size() != bound_.columns.size()) return;
    for (std::size_t i = 0; i < original->size(); ++i) bound_.columns[i].name = original->at(i).name;
  }

  /// Makes the names of the original text known to the scratch database.
  bool create_views() {
    std::vector<std::string> statements;
    for (const auto& [name, sql] : views_)
      statements.push_back("CREATE OR REPLACE TEMP VIEW " + quote_identifier(name) + " AS " + sql);
    for (const auto& lake : lakes_) {
      const auto schema = quote_identifier(lake.attachment) + "." + quote_identifier(lake.schema);
      statements.push_back("ATTACH IF NOT EXISTS ':memory:' AS " + quote_identifier(lake.attachment));
      statements.push_back("CREATE SCHEMA IF NOT EXISTS " + schema);
      statements.push_back("CREATE OR REPLACE VIEW " + schema + "." + quote_identifier(lake.table) + " AS " + lake.sql);
    }
    return std::all_of(statements.begin(), statements.end(),
                       [&](const auto& statement) { return scratch_->execute(statement).has_value(); });
  }

  /// DuckDB's complaint about the text as the user wrote it has the better position; `error` where it has none.
  Error position_first(Error error) {
    if (error.message.find("Error: ") == std::string::npos) return error;
    if (!create_views()) return error;
    const auto original = scratch_->describe(definition_.sql);
    return original ? error : as_usage(original.error());
  }

  Database& database_;
  const ViewDefinition& definition_;
  const UpstreamLookup& upstream_;
  FileNames file_names_;
  std::vector<Attachment> attachments_;
  std::unique_ptr<Database> scratch_;
  std::vector<std::pair<Key, Pinned>> pinned_;
  std::vector<std::pair<std::string, std::string>> views_;
  struct LakeView {
    std::string attachment;
    std::string schema;
    std::string table;
    std::string sql;
  };
  std::vector<LakeView> lakes_;
  BoundDefinition bound_;
};

}  // namespace

Result<BoundDefinition> bind_definition(Database& database, const ViewDefinition& definition,
                                        const UpstreamLookup& upstream) {
  auto bound = Binder(database, definition, upstream).bind();
  if (fold_case(bound ? definition.sql : bound.error().message).find("filename") == std::string::npos) return bound;
  const auto syntax = analyze(database, definition.sql);
  if (!syntax || (bound ? takes_all(*syntax) : !reads_text(*syntax))) return bound;
  // What stands for text files has no hidden columns, nor have the parts by which a change is computed.
  auto named = Binder(database, definition, upstream, FileNames::columns).bind();
  if (bound) return named && same_columns(named->columns, bound->columns) ? std::move(named) : std::move(bound);
  const bool refused = !named && named.error().message.find("Error: ") == std::string::npos;
  return named || refused ? std::move(named) : std::move(bound);
}

}  // namespace matview::engine
