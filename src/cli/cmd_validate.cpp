#include "cli/cmd_validate.hpp"

#include <fmt/format.h>

#include "app/names.hpp"
#include "cli/session.hpp"
#include "cli/views_file.hpp"
#include "output/records.hpp"
#include "output/values.hpp"
#include "support/json.hpp"
#include "support/text.hpp"

namespace matview::cli {

namespace {

/// A service's own checks of a request are made in its dry run, which sends nothing and fetches no secret.
Result<void> check_request(Session& session, const config::DefinedView& view) {
  MATVIEW_TRY(app::check_new_name(view.request.name));
  auto& workspace = session.workspace();
  MATVIEW_TRY(workspace.require(view.profile, Operation::create));
  MATVIEW_ASSIGN(const ProviderInfo* const info, workspace.info(view.profile));
  if (!info->asynchronous) return {};
  MATVIEW_ASSIGN(Provider* const provider, workspace.open(view.profile));
  Observer nobody;
  Control deaf{nobody, session.control().stop, session.control().deadline};
  CreateRequest request = view.request;
  request.replace = !info->recreates;
  auto plan = provider->plan_create(request, deaf);
  if (plan || (plan.error().code != ErrorCode::usage && plan.error().code != ErrorCode::unsupported)) return {};
  Error error = std::move(plan).error();
  error.code = ErrorCode::usage;
  return fail(workspace.attribute(std::move(error), view.profile));
}

Value document_of(const std::filesystem::path& file, const config::ViewsFile& read) {
  Value views = Value::array();
  for (const auto& view : read.views)
    views.push(Value::object().set("view", view.request.name).set("profile", view.profile).set("where", view.where));
  Value errors = Value::array();
  for (const auto& error : read.errors) errors.push(output::to_value(error));
  return Value::object()
      .set("schema_version", 1)
      .set("file", file.string())
      .set("valid", read.errors.empty())
      .set("views", std::move(views))
      .set("errors", std::move(errors));
}

Result<int> run(Session& session) {
  MATVIEW_ASSIGN(const auto file, views_file_path(session));
  MATVIEW_ASSIGN(auto read, read_views_file(session, file));
  for (const auto& view : read.views)
    if (auto checked = check_request(session, view); !checked)
      read.errors.push_back(
          std::move(checked).error().with_context(fmt::format("{}: view '{}': ", view.where, view.request.name)));
  if (output::is_json(session.format())) {
    const bool pretty = session.format() == output::Format::json;
    MATVIEW_TRY(
        output::print_text(session.out(), support::to_json(document_of(file, read), pretty) + "\n", session.style()));
  } else {
    for (const auto& error : read.errors) session.report(error);
    if (read.errors.empty())
      session.note(fmt::format("{}: {}, nothing wrong", file.string(),
                               support::count_noun(static_cast<std::int64_t>(read.views.size()), "view")));
  }
  return read.errors.empty() ? 0 : exit_code(ErrorCode::usage);
}

}  // namespace

Command validate_command() {
  CommandRow row{"validate", "", ValueKind::none, 0, 0, "check a views file without any backend", "", {}};
  row.description =
      "Reads the file and the configuration, and nothing else: keys, values, profiles, names that occur twice, circles "
      "of depends_on, and what a service would refuse. All that is wrong is told. SQL is checked by 'apply --dry-run'.";
  row.options = {views_file_option()};
  row.examples = {"matview validate -f matview.toml", "matview validate -f matview.toml -o json"};
  return {std::move(row), run};
}

}  // namespace matview::cli
