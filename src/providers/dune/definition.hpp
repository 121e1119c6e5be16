#pragma once

#include "matview/control.hpp"
#include "matview/request.hpp"
#include "providers/dune/query_answers.hpp"
#include "providers/dune/service.hpp"
#include "providers/dune/view_answers.hpp"

namespace matview::providers::dune {

/// The request that would make this view of this saved query.
CreateRequest to_request(const Service& service, const StoredView& stored, const SavedQuery& query);

/// The same of a view that is there.
Result<CreateRequest> definition(const Service& service, const DescribeRequest& request, Control& control);

/// What a view would be after its change: an upsert keeps what was not said, since it is read and merged first.
CreateRequest merged(const CreateRequest& wanted, const CreateRequest& told);

}  // namespace matview::providers::dune
