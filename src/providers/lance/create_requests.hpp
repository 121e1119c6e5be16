#pragma once

#include <cstdint>
#include <string>

#include "matview/result.hpp"
#include "providers/lance/create_spec.hpp"
#include "providers/lance/wire.hpp"

namespace matview::providers::lance {

HttpRequest create_view(const Endpoint& endpoint, const Identifier& view, const CreateSpec& spec);

struct Created {
  std::int64_t version = 0;  ///< of the commit that made the view
  std::string job_id;        ///< of the job that fills it; empty if there is none
};

/// Any 2xx. `unanswered` where the answer is cut short: the view is there all the same.
Result<Created> read_created(const HttpResponse& response);

}  // namespace matview::providers::lance
