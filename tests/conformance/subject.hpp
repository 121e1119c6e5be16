#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "matview/provider.hpp"

namespace matview::test {

/// One backend, empty at first, and how to write requests it understands. Everything else the suite asks of the
/// provider itself.
class Fixture {
 public:
  virtual ~Fixture() = default;

  /// A provider on this backend, as another process would open one. Lives no longer than the fixture.
  virtual std::unique_ptr<Provider> open() = 0;

  /// A name that the backend takes for a view, made of `word`.
  virtual std::string name(const std::string& word) const { return word; }

  /// A valid definition; of a fixture with rows, one whose first refresh gives `k_rows` of them.
  virtual CreateRequest definition(const std::string& name) = 0;

  /// A definition that `create` refuses as `usage`.
  virtual CreateRequest invalid(const std::string& name) = 0;

  /// Makes a view one that can be refreshed, where creating it is not enough.
  virtual void make_refreshable(const std::string& /*name*/) {}

  /// Requests that change something and came to the backend since the start; 0 where there is no network.
  virtual std::size_t changes() { return 0; }
};

/// A backend that computes in this process, whose rows the suite knows.
class RowFixture : public Fixture {
 public:
  static constexpr std::int64_t k_rows = 3;

  /// A valid definition that gives all rows of `upstream` and tells the provider that it reads them.
  virtual CreateRequest reader(const std::string& name, const std::string& upstream) = 0;

  /// A valid definition of which every refresh fails.
  virtual CreateRequest failing(const std::string& name) = 0;

  /// A definition whose refresh is at work until it is told to stop.
  virtual CreateRequest endless(const std::string& name) = 0;

  /// Makes a filled view of `definition` stale: the next refresh gives `k_rows_changed` rows.
  static constexpr std::int64_t k_rows_changed = 5;
  virtual void change(Provider& provider, const std::string& name) = 0;

  /// The query that gives all rows of a view.
  virtual std::string select_all(const std::string& name) = 0;
};

/// A provider that the suite runs over.
struct Subject {
  std::string name;  ///< the provider's
  std::function<std::unique_ptr<Fixture>()> make;
};

/// One line for each provider.
const std::vector<Subject>& subjects();

std::unique_ptr<Fixture> make_memory_fixture();
std::unique_ptr<Fixture> make_local_fixture();
std::unique_ptr<Fixture> make_thoughtspot_fixture();
std::unique_ptr<Fixture> make_dune_fixture();
std::unique_ptr<Fixture> make_lance_fixture();
std::unique_ptr<Fixture> make_external_fixture();
std::unique_ptr<Fixture> make_postgres_fixture();

}  // namespace matview::test
