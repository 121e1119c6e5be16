#include "cli/views_file.hpp"

#include <fmt/format.h>

#include "output/format.hpp"
#include "providers/external/discover.hpp"
#include "support/home.hpp"

namespace matview::cli {

OptionRow views_file_option() {
  return {"file", 'f', "FILE", ValueKind::file, "the views file; see 'matview help views-file'"};
}

OptionRow prune_option() {
  return {"prune", '\0', "", ValueKind::none,
          "views that are not in the file are to go, of the profiles that the file names"};
}

Result<std::filesystem::path> views_file_path(Session& session) {
  const auto file = session.arguments().value("file");
  if (!file || file->empty())
    return fail(Error(ErrorCode::usage, fmt::format("'{}' needs to know which views file", session.command()))
                    .with_hint("name it: --file matview.toml"));
  const auto& environment = session.world().environment;
  return support::expand_path(*file, environment.working_directory(), environment).value_or(*file);
}

Result<config::ViewsFile> read_views_file(Session& session, const std::filesystem::path& file) {
  std::vector<ProviderInfo> infos;
  for (const auto& entry : session.registry()) infos.push_back(entry.info());
  MATVIEW_ASSIGN(auto read, config::check_views_file(file, session.config(), infos, session.world().environment));
  for (const auto& view : read.views) {
    const auto info = session.workspace().info(view.profile);
    // Services have views that are made of something else, which their own checks know, and so may programs of others.
    const bool may_lack = !info || (*info)->asynchronous || providers::is_external(**info);
    if (!view.request.query.empty() || may_lack) continue;
    read.errors.push_back(Error(ErrorCode::usage, fmt::format("{}: view '{}' has no query", view.where,
                                                              session.shown(view.profile, view.request.name)))
                              .with_hint("give it query or query_file"));
  }
  return read;
}

Result<std::vector<config::DefinedView>> read_views(Session& session, const std::filesystem::path& file) {
  MATVIEW_ASSIGN(auto read, read_views_file(session, file));
  if (read.errors.empty()) return std::move(read.views);
  if (!output::is_json(session.format()))
    for (std::size_t i = 0; i + 1 < read.errors.size(); ++i) session.report(read.errors[i]);
  return fail(std::move(read.errors.back()));
}

}  // namespace matview::cli
