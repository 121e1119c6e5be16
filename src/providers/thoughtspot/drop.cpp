#include "providers/thoughtspot/drop.hpp"

#include <fmt/format.h>

#include "providers/remote/settings.hpp"
#include "providers/thoughtspot/catalog.hpp"
#include "providers/thoughtspot/drop_requests.hpp"
#include "providers/thoughtspot/fault.hpp"
#include "support/text.hpp"

namespace matview::providers::thoughtspot {

namespace {

Result<std::vector<Dependent>> dependents_of(Client& client, const Header& view, Control& control) {
  MATVIEW_ASSIGN(auto answer, client.send(dependents_request(client.address(), view), control));
  if (is_missing_call(answer)) {
    MATVIEW_ASSIGN(answer, client.send(list_dependents_request(client.address(), view), control));
  }
  return read_dependents(answer, view);
}

Result<void> check_unread(Client& client, const Header& view, Control& control) {
  const auto dependents = dependents_of(client, view, control);
  if (!dependents) {
    Error error = dependents.error();
    if (error.code != ErrorCode::unavailable && error.code != ErrorCode::timeout)
      error.hint = "--force drops the view without asking what reads it";
    return fail(std::move(error).with_context("cannot find out what reads it: "));
  }
  if (dependents->empty()) return {};
  std::vector<std::string> lines;
  for (const auto& [kind, header] : *dependents)
    lines.push_back(fmt::format("{}  {} '{}'{}", support::strip_control(header.id), support::strip_control(kind),
                                support::strip_control(header.name),
                                header.author.empty() ? "" : " by " + support::strip_control(header.author)));
  return fail(
      Error(ErrorCode::conflict,
            fmt::format("{} from it", dependents->size() == 1 ? "one object reads"
                                                              : fmt::format("{} objects read", dependents->size())))
          .with_detail(support::join(lines, "\n"))
          .with_hint("drop or change them first; --force drops the view all the same and breaks them"));
}

}  // namespace

Result<void> drop(Client& client, const DropRequest& request, Control& control) {
  const auto found = resolve_view(client, request.name, control);
  const bool absent = !found && found.error().code == ErrorCode::not_found;
  if (absent && request.if_exists) return {};
  if (!found) return fail(found.error());
  if (!remote::has_flag(request.options, "force")) MATVIEW_TRY(check_unread(client, *found, control));
  MATVIEW_ASSIGN(auto answer, client.send(delete_request(client.address(), *found), control));
  if (is_missing_call(answer)) {
    MATVIEW_ASSIGN(answer, client.send(delete_request_v2(client.address(), *found), control));
    if (is_missing_call(answer))
      return fail(Error(ErrorCode::unsupported, "this server has no call that deletes")
                      .with_hint("ThoughtSpot Software has it since 9.0.1; delete the view in ThoughtSpot itself"));
  }
  return read_delete(answer);
}

}  // namespace matview::providers::thoughtspot
