#include <stdexcept>

#include "providers/memory/memory_provider.hpp"
#include "subject.hpp"
#include "support/fake_environment.hpp"
#include "support/temporary_directory.hpp"

namespace matview::test {

namespace {

class MemoryFixture final : public RowFixture {
 public:
  std::unique_ptr<Provider> open() override {
    auto provider = providers::memory::open(
        {"memory", {{"state_file", (directory_.path() / "state.json").string()}}, environment_});
    if (!provider) throw std::runtime_error(provider.error().message);
    return *std::move(provider);
  }

  CreateRequest definition(const std::string& name) override {
    CreateRequest request;
    request.name = name;
    request.query = "counted rows";
    return request;
  }

  CreateRequest reader(const std::string& name, const std::string& upstream) override {
    auto request = definition(name);
    request.options["upstream"] = {upstream};
    return request;
  }

  CreateRequest failing(const std::string& name) override {
    auto request = definition(name);
    request.options["fail-with"] = {"failed"};
    return request;
  }

  CreateRequest invalid(const std::string& name) override {
    auto request = definition(name);
    request.options["rows"] = {"many"};
    return request;
  }

  CreateRequest endless(const std::string& name) override {
    auto request = definition(name);
    request.options["delay"] = {"3600000"};
    return request;
  }

  void change(Provider& provider, const std::string& name) override {
    std::atomic<int> stop{0};
    Observer observer;
    Control control{observer, stop, std::nullopt};
    auto request = definition(name);
    request.replace = true;
    request.options["rows"] = {std::to_string(k_rows_changed)};
    if (const auto view = provider.create(request, control); !view) throw std::runtime_error(view.error().message);
  }

  std::string select_all(const std::string& name) override { return name; }

 private:
  TemporaryDirectory directory_;
  FakeEnvironment environment_;
};

}  // namespace

std::unique_ptr<Fixture> make_memory_fixture() { return std::make_unique<MemoryFixture>(); }

}  // namespace matview::test
