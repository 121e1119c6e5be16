#pragma once

#include "matview/job.hpp"
#include "matview/result.hpp"
#include "providers/thoughtspot/header.hpp"
#include "providers/thoughtspot/materialization.hpp"
#include "providers/thoughtspot/request.hpp"

namespace matview::providers::thoughtspot {

/// POST materialization/refreshview/GUID, without a body.
HttpRequest refresh_request(const Address& address, const Header& view);

enum class RefreshOutcome {
  submitted,      ///< 204
  nothing_to_do,  ///< 500 with code 10000: not materialized, or materialized and not stale. The server does not say
                  ///< which
};

/// Other answers are errors: `auth` with the privilege that is needed, `unsupported` where the server has no
/// materialization, `unavailable`; after a gateway lost the answer it is `unanswered`.
Result<RefreshOutcome> read_refresh(const HttpResponse& response);

/// The error of `nothing_to_do`: `conflict`, with both readings and what the server's configuration adds.
Error nothing_to_do_error(const HttpResponse& response, const Header& view,
                          const std::optional<Materialization>& materialization);

/// What to do after a lost answer.
inline constexpr std::string_view k_how_to_look =
    "ThoughtSpot tells of no refresh: look at the view's materialization panel there, or refresh again, which does no "
    "harm";

/// The error where the answer says `nothing_to_do` to a repeated request: the first may have been what submitted the
/// refresh. `unanswered`.
Error perhaps_submitted_error(const HttpResponse& response);

/// True if a view of this server cannot be materialized at all.
bool is_switched_off(const std::optional<Materialization>& materialization);

}  // namespace matview::providers::thoughtspot
