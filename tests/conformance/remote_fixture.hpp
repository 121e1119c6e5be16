#pragma once

#include <map>
#include <memory>
#include <string>

#include "subject.hpp"
#include "support/fake_backend.hpp"
#include "support/fake_environment.hpp"
#include "support/json.hpp"
#include "support/temporary_directory.hpp"

namespace matview::test {

/// A fake service, the transport of the real program to it, and a job log in a file, as every process has them.
class RemoteFixture : public Fixture {
 public:
  /// `secrets` by key ("api_key"); `settings` of the profile beside its url.
  RemoteFixture(const std::string& backend, Json options, std::map<std::string, std::string> secrets,
                std::map<std::string, std::string> settings = {});
  ~RemoteFixture() override;

  std::size_t changes() override;
  FakeBackend& fake() { return fake_; }

 protected:
  using Open = Result<std::unique_ptr<Provider>> (*)(const ProviderContext& context);
  std::unique_ptr<Provider> open_with(Open open);

 private:
  class FixedSecrets;

  FakeBackend fake_;
  TemporaryDirectory directory_;
  FakeEnvironment environment_;
  std::string profile_;
  std::map<std::string, std::string> settings_;
  std::unique_ptr<FixedSecrets> secrets_;
  std::unique_ptr<Transport> transport_;
  std::unique_ptr<JobLog> job_log_;
};

}  // namespace matview::test
