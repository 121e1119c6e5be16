#include "remote_fixture.hpp"

#include <stdexcept>

#include "http/curl_transport.hpp"
#include "ledger/ledger.hpp"

namespace matview::test {

class RemoteFixture::FixedSecrets final : public Secrets {
 public:
  explicit FixedSecrets(std::map<std::string, std::string> secrets) : secrets_(std::move(secrets)) {}
  bool has(std::string_view key) const override { return secrets_.contains(std::string(key)); }
  Result<Secret> get(std::string_view key, Control&) override {
    if (!has(key)) return fail(ErrorCode::auth, "there is no such secret");
    return Secret(std::string(secrets_.at(std::string(key))));
  }
  void protect(const Secret&) override {}

 private:
  std::map<std::string, std::string> secrets_;
};

RemoteFixture::RemoteFixture(const std::string& backend, Json options, std::map<std::string, std::string> secrets,
                             std::map<std::string, std::string> settings)
    : fake_(backend, std::move(options)),
      profile_(backend),
      settings_(std::move(settings)),
      secrets_(std::make_unique<FixedSecrets>(std::move(secrets))),
      transport_(http::open_curl_transport({})),
      job_log_(ledger::open_ledger(directory_.path() / "ledger.sqlite",
                                   [](std::string_view text) { return std::string(text); })) {
  settings_["url"] = fake_.url();
}

RemoteFixture::~RemoteFixture() = default;

std::unique_ptr<Provider> RemoteFixture::open_with(Open open) {
  ProviderContext context{profile_, settings_, environment_};
  context.secrets = secrets_.get();
  context.transport = transport_.get();
  context.job_log = job_log_.get();
  auto provider = open(context);
  if (!provider) throw std::runtime_error(provider.error().message);
  return *std::move(provider);
}

std::size_t RemoteFixture::changes() {
  std::size_t count = 0;
  // Reading by POST and logging in change nothing.
  static const std::string k_reads = ".*(describe|list|exists|stats|count_rows|search|usage|login|logout|token).*";
  for (const auto& request : fake_.requests("", ".*")) count += request.method != "GET";
  return count - fake_.requests("POST", k_reads).size();
}

}  // namespace matview::test
