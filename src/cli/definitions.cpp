#include "cli/definitions.hpp"

#include "app/inspect.hpp"
#include "output/print_changes.hpp"
#include "support/parallel.hpp"

namespace matview::cli {

namespace {

constexpr std::size_t k_at_a_time = 8;  ///< views that services are asked for

/// Of one listed view; with its options, which a list has as `show` has them.
OptionValues options_of(const ProviderInfo& info, const OptionValues& given) {
  OptionValues options;
  for (const auto& spec : info.options)
    if (const auto found = given.find(spec.name); found != given.end() && spec.operations.contains(Operation::describe))
      options.insert(*found);
  return options;
}

}  // namespace

Result<int> print_definitions(Session& session, const std::vector<std::pair<std::string, CreateRequest>>& definitions) {
  std::vector<output::Definition> printed;
  for (const auto& [profile, request] : definitions) {
    MATVIEW_ASSIGN(const ProviderInfo* const info, session.workspace().info(profile));
    printed.push_back({profile.empty() ? session.workspace().profile_in_use() : profile, info, request});
  }
  MATVIEW_TRY(output::print_definitions(session.out(), printed, session.style()));
  return 0;
}

Result<void> print_definitions_of(Session& session, const std::vector<View>& views, std::vector<Error>& errors) {
  auto& workspace = session.workspace();
  // Opened one after the other: what is asked then may be asked from several threads.
  bool remote = true;
  for (const auto& view : views) {
    MATVIEW_TRY(workspace.require(view.profile, Operation::definition));
    MATVIEW_TRY(workspace.open(view.profile));
    MATVIEW_ASSIGN(const ProviderInfo* const info, workspace.info(view.profile));
    remote = remote && info->asynchronous;
  }
  std::vector<Result<CreateRequest>> told(views.size(), CreateRequest());
  support::parallel_for(views.size(), remote ? k_at_a_time : 1, [&](std::size_t i) {
    const auto info = workspace.info(views[i].profile);
    told[i] = app::definition(workspace, {views[i].profile, views[i].name},
                              options_of(**info, session.arguments().provider_options()), session.control());
  });
  std::vector<std::pair<std::string, CreateRequest>> definitions;
  for (std::size_t i = 0; i < views.size(); ++i) {
    if (told[i]) {
      definitions.emplace_back(views[i].profile, *std::move(told[i]));
      continue;
    }
    errors.push_back(std::move(told[i]).error());
    session.report(errors.back());
  }
  MATVIEW_TRY(print_definitions(session, definitions));
  return {};
}

}  // namespace matview::cli
