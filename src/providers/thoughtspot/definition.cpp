#include "providers/thoughtspot/definition.hpp"

#include <fmt/format.h>

#include "providers/remote/settings.hpp"
#include "providers/thoughtspot/header.hpp"
#include "providers/thoughtspot/tml.hpp"
#include "support/text.hpp"

namespace matview::providers::thoughtspot {

namespace {

tl::unexpected<Error> usage(std::string message, std::string hint) {
  return fail(Error(ErrorCode::usage, std::move(message)).with_hint(std::move(hint)));
}

Result<void> check_common(const CreateRequest& request) {
  if (request.with_data)
    return fail(Error(ErrorCode::unsupported, "--with-data: no call of ThoughtSpot's API materializes a view")
                    .with_hint("create it, and materialize it in ThoughtSpot: Data > Views > NAME > Joins > "
                               "Materialization"));
  if (request.kind != "query")
    return usage(fmt::format("--kind {}: ThoughtSpot has no such views", request.kind), "leave it out");
  if (!request.tags.empty()) return usage("--tag: tags are given to objects in ThoughtSpot itself", "leave it out");
  return {};
}

Result<Definition> from_tml(const CreateRequest& request, std::string tml, const std::string& label) {
  const auto& flag = request.options.contains("tml") ? "tml" : "tml-text";
  for (const char* other : {"connection", "columns"})
    if (request.options.contains(other))
      return usage(fmt::format("--{} and --{} contradict each other", flag, other), "the TML says that itself");
  if (!request.query.empty())
    return usage(fmt::format("--{} and --query contradict each other", flag), "the TML holds the query of the view");
  Definition definition;
  definition.tml = std::move(tml);
  auto outline = read_tml(definition.tml);
  if (!outline) return fail(std::move(outline).error().with_context(label + ": "));
  if (outline->name != request.name)
    return usage(fmt::format("{}: it is of a view called '{}' and not '{}'", label,
                             support::strip_control(outline->name), request.name),
                 "give the command the same name, or change the one in the TML");
  definition.guid = outline->guid;
  definition.subtype = outline->kind == "view" ? k_view : k_sql_view;
  return definition;
}

Result<Definition> from_query(const CreateRequest& request) {
  const auto* connection = remote::option(request.options, "connection");
  if (request.query.empty())
    return usage("neither --tml nor --query says what the view is",
                 "--tml FILE takes any view; --query SQL --connection NAME makes an SQL view");
  if (connection == nullptr || connection->empty())
    return usage("an SQL view needs --connection: the connection its query runs on",
                 "it is the name ThoughtSpot shows under Data > Connections");
  SqlView view{request.name, *connection, request.query, {}};
  if (const auto found = request.options.find("columns"); found != request.options.end())
    for (const auto& text : found->second) {
      auto columns = parse_columns(text);
      if (!columns) return fail(std::move(columns).error().with_context("--columns: "));
      view.columns.insert(view.columns.end(), columns->begin(), columns->end());
    }
  return Definition{sql_view_tml(view), {}, std::string(k_sql_view)};
}

}  // namespace

Result<Definition> read_definition(const CreateRequest& request, const Environment& environment) {
  MATVIEW_TRY(check_common(request));
  const auto* text = remote::option(request.options, "tml-text");
  if (const auto* file = remote::option(request.options, "tml")) {
    if (text != nullptr) return usage("--tml and --tml-text contradict each other", "one of them is enough");
    MATVIEW_ASSIGN(auto tml, remote::read_option_file("tml", *file, environment));
    return from_tml(request, std::move(tml), fmt::format("--tml '{}'", *file));
  }
  if (text != nullptr) return from_tml(request, *text, "--tml-text");
  return from_query(request);
}

}  // namespace matview::providers::thoughtspot
