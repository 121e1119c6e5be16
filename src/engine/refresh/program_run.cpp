#include "engine/refresh/program_run.hpp"

#include <fmt/format.h>

#include "engine/udtf/program_files.hpp"
#include "support/file.hpp"
#include "support/text.hpp"
#include "support/uuid.hpp"

namespace matview::engine {

namespace {

// Between the parts of a fingerprint; in none of them.
constexpr char k_part = '/';

/// A directory that goes with what is in it.
class PrivateDirectory {
 public:
  explicit PrivateDirectory(std::filesystem::path path) : path_(std::move(path)) {}
  PrivateDirectory(const PrivateDirectory&) = delete;
  PrivateDirectory& operator=(const PrivateDirectory&) = delete;
  ~PrivateDirectory() { (void)support::remove_tree(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace

Result<std::string> effective_fingerprint(const ViewDefinition& definition, const udtf::RunOptions& options) {
  if (definition.program.empty()) return definition.fingerprint;
  MATVIEW_ASSIGN(const auto program, udtf::program_from_json(definition.program));
  MATVIEW_ASSIGN(const auto files, udtf::look_at_files(program));
  auto fingerprint = definition.fingerprint + k_part + udtf::content_mark(files);
  if (options.output_limit && options.output_limit != program.output_limit)
    fingerprint += fmt::format("{}limit={}", k_part, *options.output_limit);
  return fingerprint;
}

std::string fingerprint_difference(const ViewDefinition& definition, const std::string& then, const std::string& now) {
  const auto is_of = [&](const std::string& fingerprint) {
    return fingerprint.starts_with(definition.fingerprint) && fingerprint.size() > definition.fingerprint.size() &&
           fingerprint[definition.fingerprint.size()] == k_part;
  };
  if (!is_of(then) || !is_of(now)) return "definition changed";
  const auto mark_of = [&](const std::string& text) {
    const auto begin = definition.fingerprint.size() + 1;
    return text.substr(begin, text.find(k_part, begin) - begin);
  };
  if (mark_of(then) == mark_of(now)) {
    const auto limit = now.find("limit=");
    if (limit == std::string::npos) return "the last refresh was limited in its rows";
    return fmt::format("asked for with --output-limit {}", now.substr(limit + 6));
  }
  const auto program = udtf::program_from_json(definition.program);
  const auto files = program ? udtf::look_at_files(*program) : Result<std::vector<udtf::ProgramFile>>();
  const auto changed = program && files ? udtf::changed_file(program->files, *files) : std::string();
  // Changed back to what it was at create: then no file stands out.
  return "program changed" + (changed.empty() ? "" : " (" + std::filesystem::path(changed).filename().string() + ")");
}

Result<udtf::Expansion> run_program(const EngineContext& context, const ViewDefinition& definition,
                                    const OperationDatabase& opened, const std::string& sql,
                                    const std::string& known_sql, Control& control) {
  MATVIEW_ASSIGN(auto program, udtf::program_from_json(definition.program));
  program = udtf::with_options(std::move(program), context.program);
  MATVIEW_ASSIGN(const auto before, udtf::look_at_files(program));

  std::error_code ignored;
  const auto parent =
      opened.temporary_directory ? *opened.temporary_directory : std::filesystem::temp_directory_path(ignored);
  const PrivateDirectory directory(parent / fmt::format("program-{}", support::uuid_v7(context.environment)));
  MATVIEW_TRY(support::make_directories(directory.path()));
  std::filesystem::permissions(directory.path(), std::filesystem::perms::owner_all, ignored);

  udtf::ExpandRequest request;
  request.view = definition.name;
  request.kind = definition.kind;
  request.time_zone = definition.time_zone;
  request.sql = sql;
  request.known_sql = known_sql;
  request.directory = directory.path();
  MATVIEW_ASSIGN(auto expansion, udtf::expand(*opened.database, program, request, context.environment, control));
  MATVIEW_ASSIGN(const auto after, udtf::look_at_files(program));
  if (const auto changed = udtf::changed_file(before, after); !changed.empty())
    return fail(Error(ErrorCode::conflict, fmt::format("the program's file {} changed while it ran", changed))
                    .with_hint("refresh again"));
  if (expansion.skipped > 0)
    control.observer.warning(fmt::format("{}: {} left out; the first: the program '{}' {}", definition.name,
                                         support::count_noun(expansion.skipped, "wrong row"), program.name,
                                         expansion.first_skipped));
  return expansion;
}

std::string view_rows_sql(const udtf::Expansion& expansion) {
  return fmt::format("SELECT * EXCLUDE ({}) FROM ({})", udtf::k_unit_column, expansion.rows_sql);
}

Value describe_expansion(const udtf::Expansion& expansion) {
  auto value = Value::object();
  value.set("source_rows", expansion.source_rows);
  value.set("rows", expansion.rows);
  value.set("processes", expansion.processes);
  value.set("skipped_rows", expansion.skipped);
  if (!expansion.first_skipped.empty()) value.set("first_skipped", expansion.first_skipped);
  value.set("stderr", support::valid_utf8(expansion.error_tail));
  return value;
}

}  // namespace matview::engine
