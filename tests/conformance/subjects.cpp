#include "subject.hpp"

namespace matview::test {

const std::vector<Subject>& subjects() {
  static const std::vector<Subject> k_subjects{
      {"memory", make_memory_fixture},     {"local", make_local_fixture}, {"thoughtspot", make_thoughtspot_fixture},
      {"dune", make_dune_fixture},         {"lance", make_lance_fixture}, {"sqlite", make_external_fixture},
      {"postgres", make_postgres_fixture},
  };
  return k_subjects;
}

}  // namespace matview::test
