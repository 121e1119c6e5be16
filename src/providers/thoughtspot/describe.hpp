#pragma once

#include "providers/thoughtspot/client.hpp"

namespace matview::providers::thoughtspot {

/// All views. With `details` each with its columns and sources, several asked for at a time.
Result<std::vector<View>> list(Client& client, const ListRequest& request, Control& control);

/// One view whole; with `versions` (which only `show` asks for) its TML too.
Result<View> describe(Client& client, const DescribeRequest& request, Control& control);

/// Past jobs of a view from the job log, newest first. `name` may be a GUID.
Result<std::vector<Job>> history(const ProviderContext& context, const std::string& name, std::int64_t limit);

/// A job as it is on record: ThoughtSpot tells nothing of it.
Result<Job> find_job(const ProviderContext& context, const std::string& id);

}  // namespace matview::providers::thoughtspot
