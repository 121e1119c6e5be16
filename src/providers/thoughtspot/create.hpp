#pragma once

#include "providers/thoughtspot/client.hpp"
#include "providers/thoughtspot/definition.hpp"

namespace matview::providers::thoughtspot {

/// Makes the view, or with `replace` changes it. What came of it is warned about as far as it is not all that a reader
/// would take it for: ThoughtSpot does not materialize by creating.
Result<View> create(Client& client, const CreateRequest& request, const Definition& definition, Control& control);

/// Has the server check the definition, and nothing else.
Result<void> validate(Client& client, const CreateRequest& request, const Definition& definition, Control& control);

}  // namespace matview::providers::thoughtspot
