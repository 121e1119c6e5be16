#include "engine/refresh/fingerprint.hpp"

#include <doctest/doctest.h>

using namespace matview::engine;

TEST_CASE("what decides the rows changes the fingerprint; what does not, does not") {
  ViewDefinition definition;
  definition.name = "t";
  definition.sql = "SELECT 1";
  definition.base_dir = "/a";
  definition.time_zone = "UTC";
  const auto base = definition_fingerprint(definition);

  auto renamed = definition;
  renamed.name = "u";
  renamed.tags = {"x"};
  renamed.retention.versions = 3;
  CHECK(definition_fingerprint(renamed) == base);

  auto zone = definition;
  zone.time_zone = "Europe/Berlin";
  CHECK(definition_fingerprint(zone) != base);

  auto moved = definition;
  moved.base_dir = "/b";
  CHECK(definition_fingerprint(moved) != base);

  auto pinned = definition;
  pinned.sources = {{"x.csv", "files", "{}"}};
  CHECK(definition_fingerprint(pinned) != base);
}

TEST_CASE("parts that run into each other are told apart") {
  ViewDefinition one;
  one.sql = "SELECT 1";
  one.base_dir = "x";
  ViewDefinition other;
  other.sql = "SELECT 1x";
  CHECK(definition_fingerprint(one) != definition_fingerprint(other));
}
