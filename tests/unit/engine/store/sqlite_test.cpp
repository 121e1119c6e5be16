#include "engine/store/sqlite.hpp"

#include "store_fixture.hpp"

using namespace matview;
using namespace matview::engine;

namespace {

constexpr int k_full = 2;  // by SQLite's numbers: each commit is on the disk before it is told
constexpr int k_normal = 1;

Result<int> synchronous(SQLite::Database& database) { return database.execAndGet("PRAGMA synchronous").getInt(); }

}  // namespace

TEST_CASE_FIXTURE(StoreFixture, "what is written behind does not wait for the disk, and what follows it does") {
  open();
  const auto catalog = value_of(Catalog::open(root() / "catalog.sqlite", Catalog::Access::write));
  CHECK(value_of(catalog->write(synchronous)) == k_full);
  CHECK(value_of(catalog->write_behind(synchronous)) == k_normal);
  CHECK(value_of(catalog->write(synchronous)) == k_full);
  // However it ends.
  const auto refuses = [](SQLite::Database&) -> Result<int> { return fail(ErrorCode::failed, "no"); };
  CHECK(error_of(catalog->write_behind(refuses)).message == "no");
  CHECK(value_of(catalog->write(synchronous)) == k_full);
  const auto throws = [](SQLite::Database& database) -> Result<int> { return database.exec("SELECT nothing"); };
  CHECK(error_of(catalog->write_behind(throws)).message.find("nothing") != std::string::npos);
  CHECK(value_of(catalog->write(synchronous)) == k_full);
}
