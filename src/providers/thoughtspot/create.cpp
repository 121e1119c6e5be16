#include "providers/thoughtspot/create.hpp"

#include <fmt/format.h>

#include "providers/remote/settings.hpp"
#include "providers/thoughtspot/catalog.hpp"
#include "providers/thoughtspot/fault.hpp"
#include "providers/thoughtspot/tml.hpp"
#include "providers/thoughtspot/tml_requests.hpp"
#include "providers/thoughtspot/view.hpp"
#include "support/text.hpp"

namespace matview::providers::thoughtspot {

namespace {

/// What a create comes upon.
struct Prepared {
  Definition definition;
  std::optional<Header> existing;
};

/// ThoughtSpot takes several views of one name without a word; this is what keeps them apart.
Result<Prepared> prepare(Client& client, const CreateRequest& request, Definition definition, Control& control) {
  Prepared prepared;
  MATVIEW_ASSIGN(prepared.existing,
                 find_view(client, request.name, request.replace ? Expect::there : Expect::absent, control));
  if (prepared.existing && request.replace) {
    definition.tml = with_guid(definition.tml, prepared.existing->id);
    prepared.definition = std::move(definition);
    return prepared;
  }
  if (prepared.existing && request.if_not_exists) return prepared;
  if (prepared.existing)
    return fail(Error(ErrorCode::conflict, fmt::format("there is a view of that name already, {}",
                                                       support::strip_control(prepared.existing->id)))
                    .with_hint("--replace changes its definition, --if-not-exists leaves it as it is"));
  prepared.definition = std::move(definition);
  const auto& guid = prepared.definition.guid;
  if (guid.empty()) return prepared;
  // An exported file names the object it came from, and would change that one.
  MATVIEW_ASSIGN(const auto other, find_object(client, guid, Expect::absent, control));
  if (other)
    return fail(Error(ErrorCode::conflict,
                      fmt::format("the guid in the TML is that of '{}'", support::strip_control(other->name)))
                    .with_hint("take the line 'guid:' out of the file to make a new view"));
  return prepared;
}

Result<Imported> import(Client& client, const ImportSpec& spec, Control& control) {
  MATVIEW_ASSIGN(auto answer, client.send(import_request(client.address(), spec), control));
  if (is_missing_call(answer)) {
    MATVIEW_ASSIGN(answer, client.send(import_request_v2(client.address(), spec), control));
    if (is_missing_call(answer))
      return fail(Error(ErrorCode::unsupported, "this server has no import of TML")
                      .with_hint("ThoughtSpot Software has it since 7.1.1"));
  }
  return read_import(answer);
}

/// After a lost answer: the view if it is there now and was not before, or was changed.
std::optional<Header> look_again(Client& client, const CreateRequest& request, const std::optional<Header>& before,
                                 Control& control) {
  const auto now = find_view(client, request.name, Expect::there, control);
  if (!now || !*now) return std::nullopt;
  const bool changed = !before || (*now)->modified != before->modified;
  return changed ? *now : std::nullopt;
}

Result<Header> header_of(Client& client, const CreateRequest& request, const Prepared& prepared,
                         const std::string& guid, Control& control) {
  auto found = guid.empty() ? find_view(client, request.name, Expect::there, control)
                            : find_object(client, guid, Expect::there, control);
  if (found && *found) {
    if ((*found)->type.empty()) (*found)->type = prepared.definition.subtype;
    return **std::move(found);
  }
  // It was made; that it cannot be read is no failure of the create.
  Header header;
  header.id = guid;
  header.name = request.name;
  header.type = prepared.definition.subtype;
  return header;
}

View tell(Client& client, const Header& header, Control& control) {
  View view = to_view(header, client.context());
  if (header.type != k_view) return view;
  const auto name = support::strip_control(header.name);
  const auto place = fmt::format("Data > Views > {} > Joins > Materialization", name);
  view.refresh_reason = "not materialized by being created: do that in ThoughtSpot, " + place;
  control.observer.warning(
      fmt::format("ThoughtSpot does not materialize '{}' by creating it, and no call does: see {} there", name, place));
  return view;
}

}  // namespace

Result<View> create(Client& client, const CreateRequest& request, const Definition& definition, Control& control) {
  MATVIEW_ASSIGN(const auto prepared, prepare(client, request, definition, control));
  if (prepared.existing && !request.replace) return to_view(*prepared.existing, client.context());
  auto imported = import(client, {request.name, prepared.definition.tml, false}, control);
  if (!imported && imported.error().unanswered) {
    if (const auto made = look_again(client, request, prepared.existing, control)) return tell(client, *made, control);
    Error error = std::move(imported).error();
    error.hint = fmt::format("it may have been made all the same: 'matview show {}' looks", request.name);
    return fail(std::move(error));
  }
  if (!imported) return fail(std::move(imported).error());
  if (!imported->warning.empty()) control.observer.warning(imported->warning);
  MATVIEW_ASSIGN(const auto header, header_of(client, request, prepared, imported->guid, control));
  return tell(client, header, control);
}

Result<void> validate(Client& client, const CreateRequest& request, const Definition& definition, Control& control) {
  MATVIEW_ASSIGN(const auto prepared, prepare(client, request, definition, control));
  if (prepared.existing && !request.replace) return {};
  auto imported = import(client, {request.name, prepared.definition.tml, true}, control);
  if (!imported) return fail(std::move(imported).error());
  if (!imported->warning.empty()) control.observer.warning(imported->warning);
  return {};
}

}  // namespace matview::providers::thoughtspot
