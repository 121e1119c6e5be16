#include "app/declared.hpp"

#include "app/names.hpp"
#include "config/layers.hpp"
#include "config/views_file.hpp"

namespace matview::app {

Result<std::vector<std::pair<ViewKey, ViewKey>>> declared_dependencies(const Workspace& workspace) {
  std::vector<std::pair<ViewKey, ViewKey>> edges;
  const auto file = config::find_project_file(workspace.environment().working_directory());
  if (!file) return edges;
  std::vector<ProviderInfo> infos;
  for (const auto& entry : workspace.registry()) infos.push_back(entry.info());
  MATVIEW_ASSIGN(const auto defined,
                 config::read_views_file(*file, workspace.config(), infos, workspace.environment()));
  for (const auto& view : defined) {
    const ViewKey key(workspace.name_of(view.profile), view.request.name);
    for (const auto& text : view.depends_on) {
      auto reference = parse_reference(text);
      if (!reference) return fail(std::move(reference).error().with_context(view.where + ": depends_on: "));
      // Without a profile it is of the same one.
      edges.emplace_back(key, ViewKey(reference->profile.empty() ? key.first : reference->profile, reference->name));
    }
  }
  return edges;
}

}  // namespace matview::app
