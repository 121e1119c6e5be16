#include "providers/dune/dry_run.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "http/dry_run_transport.hpp"
#include "providers/dune/dune_provider.hpp"
#include "providers/remote/settings.hpp"
#include "support/text.hpp"

namespace matview::providers::dune {

namespace {

struct Placeholder {
  const char* word;
  const char* meaning;
  const char* in_url;
  const char* in_body;
};

constexpr Placeholder k_placeholders[] = {
    {"OWNER", "the handle of the account", "/dune.OWNER.", nullptr},
    {"EXECUTION_ID", "a run of the view, if it has one", "/EXECUTION_ID/", nullptr},
    {"0", "the id of the saved query", "/query/0", "\"query_id\":0,"},
};

bool occurs(const Placeholder& placeholder, const HttpRequest& request) {
  if (request.url.find(placeholder.in_url) != std::string::npos) return true;
  return placeholder.in_body != nullptr && request.body.value_or("").find(placeholder.in_body) != std::string::npos;
}

void explain_placeholders(Plan& plan) {
  std::vector<std::string> words;
  for (const auto& placeholder : k_placeholders) {
    const auto here = [&](const HttpRequest& request) { return occurs(placeholder, request); };
    if (std::none_of(plan.requests.begin(), plan.requests.end(), here)) continue;
    plan.native.set(placeholder.word, placeholder.meaning);
    words.emplace_back(placeholder.word);
  }
  if (!words.empty()) plan.reason += fmt::format("; answers tell what {} stands for", support::join(words, ", "));
}

}  // namespace

Result<Plan> dry_run(const Service& live, Plan plan, const std::function<Result<void>(const Service&)>& operation) {
  http::DryRunTransport transport;
  remote::PlaceholderSecrets secrets(live.context().secrets, info());
  ProviderContext context = live.context();
  context.transport = &transport;
  context.secrets = &secrets;
  context.job_log = nullptr;
  Settings settings = live.settings();
  settings.owner = live.owner();
  Service dry(context, settings);
  dry.set_dry_run();
  MATVIEW_TRY(operation(dry));
  plan.requests = transport.requests();
  explain_placeholders(plan);
  return plan;
}

}  // namespace matview::providers::dune
