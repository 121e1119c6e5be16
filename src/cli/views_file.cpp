#include "cli/views_file.hpp"

#include <fmt/format.h>

#include "output/format.hpp"
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

std::vector<ProviderInfo> provider_infos(Session& session) {
  std::vector<ProviderInfo> infos;
  for (const auto& entry : session.registry()) infos.push_back(entry.info());
  return infos;
}

Result<std::vector<config::DefinedView>> read_views(Session& session, const std::filesystem::path& file) {
  const auto infos = provider_infos(session);
  MATVIEW_ASSIGN(auto read, config::check_views_file(file, session.config(), infos, session.world().environment));
  if (read.errors.empty()) return std::move(read.views);
  if (!output::is_json(session.format()))
    for (std::size_t i = 0; i + 1 < read.errors.size(); ++i) session.report(read.errors[i]);
  return fail(std::move(read.errors.back()));
}

}  // namespace matview::cli
