#pragma once

#include <string>
#include <string_view>

#include "matview/control.hpp"
#include "matview/request.hpp"
#include "providers/thoughtspot/client.hpp"
#include "providers/thoughtspot/header.hpp"

namespace matview::providers::thoughtspot {

/// The TML of a view as the server exports it; `format` is YAML or JSON.
Result<std::string> export_tml(Client& client, const Header& header, std::string_view format, Control& control);

/// The request that would make the view of this TML, a JSON document: of an SQL view that has nothing else, its query,
/// connection and columns; else the TML, without what says which object it is of.
Result<CreateRequest> to_request(std::string name, std::string_view tml);

/// The same of a view that is there.
Result<CreateRequest> definition(Client& client, const DescribeRequest& request, Control& control);

/// What `definition` would tell after a change; see Provider::redefined. `unsupported` for TML in YAML, which cannot be
/// compared: the server writes it in words of its own.
Result<CreateRequest> redefined(const CreateRequest& wanted, const CreateRequest& told, const Environment& environment);

}  // namespace matview::providers::thoughtspot
