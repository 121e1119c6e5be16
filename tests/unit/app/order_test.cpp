#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "app/selection.hpp"

using namespace matview;

namespace {

app::Selected selected(std::string name, std::vector<std::string> upstream, std::string tag = {}) {
  app::Selected result;
  result.profile = "p";
  result.view.name = std::move(name);
  result.view.depends_on = std::move(upstream);
  result.view.tags = {std::move(tag)};
  return result;
}

std::vector<std::string> names(const std::vector<app::Selected>& views) {
  std::vector<std::string> result;
  for (const auto& one : views) result.push_back(one.view.name + one.view.tags.front());
  return result;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("views stand behind what they read, equal ones by name") {
  std::vector<app::Selected> views{selected("a", {"c"}), selected("b", {}), selected("c", {})};
  app::order_by_dependency(views);
  CHECK(names(views) == Names{"b", "c", "a"});
}

TEST_CASE("several views of one name are all kept") {
  std::vector<app::Selected> views{selected("a", {"b"}), selected("b", {}, "1"), selected("b", {}, "2")};
  app::order_by_dependency(views);
  CHECK(names(views) == Names{"b1", "b2", "a"});
}

TEST_CASE("views that read from themselves are kept too") {
  std::vector<app::Selected> views{selected("a", {"b"}), selected("b", {"a"}), selected("c", {})};
  app::order_by_dependency(views);
  CHECK(names(views) == Names{"c", "a", "b"});
}
