#include "engine/udtf/program.hpp"

#include <doctest/doctest.h>

#include "engine/udtf/output_schema.hpp"
#include "engine/udtf/program_files.hpp"
#include "support/temporary_directory.hpp"

using namespace matview;
using namespace matview::engine;
using namespace matview::engine::udtf;

namespace {

Program example() {
  Program program;
  program.name = "split.py";
  program.version = "2";
  program.argv = {"/usr/bin/python3", "/x/split.py", "--size", "5\n\"ü"};
  program.files = {{{"/x/split.py", 1, 2, 3, 4, 5}, "abc"}};
  program.format = Format::csv;
  program.input = {{"a", "BIGINT"}, {"b", "VARCHAR"}};
  program.input_columns = {"b"};
  program.partition_by = {"a"};
  program.output = {{"n", "INTEGER", false}, {"t", "VARCHAR[]", true}};
  program.num_cpus = 1.5;
  program.memory = 1 << 30;
  program.timeout = std::chrono::milliseconds(1500);
  program.skips_rows = true;
  program.max_skipped = 0;
  program.output_limit = 9;
  program.split = {2, 3, 4, 5};
  return program;
}

}  // namespace

TEST_CASE("a program is read back as it was written") {
  for (const auto& program : {example(), Program()}) {
    const auto text = to_json(program);
    const auto read = program_from_json(text).value();
    CHECK(to_json(read) == text);
    CHECK(read.argv == program.argv);
    CHECK(read.output == program.output);
    CHECK(read.split == program.split);
    CHECK(read.timeout == program.timeout);
    CHECK(read.max_skipped == program.max_skipped);
  }
  CHECK_FALSE(program_from_json("{}"));
}

TEST_CASE("the identity of a program is all that decides the rows, and no more") {
  const auto identity_after = [](auto change) {
    auto program = example();
    change(program);
    return identity(program);
  };
  const auto before = identity(example());
  CHECK(identity_after([](Program& p) { p.split = {}; }) == before);
  CHECK(identity_after([](Program& p) { p.timeout.reset(); }) == before);
  CHECK(identity_after([](Program& p) { p.name = "x"; }) == before);
  CHECK(identity_after([](Program& p) { p.version = "3"; }) != before);
  CHECK(identity_after([](Program& p) { p.argv.back() = "6"; }) != before);
  CHECK(identity_after([](Program& p) { p.format = Format::ndjson; }) != before);
  CHECK(identity_after([](Program& p) { p.input_columns = {"a", "b"}; }) != before);
  CHECK(identity_after([](Program& p) { p.partition_by.clear(); }) != before);
  CHECK(identity_after([](Program& p) { p.output[0].nullable = true; }) != before);
  CHECK(identity_after([](Program& p) { p.skips_rows = false; }) != before);
  CHECK(identity_after([](Program& p) { p.output_limit.reset(); }) != before);
}

TEST_CASE("a file counts as changed by its content, which is read only if its stat is another one") {
  const test::TemporaryDirectory directory;
  const auto path = directory.write("program", "one").string();
  Program program;
  program.files = {{{path, 0, 0, 0, 0, 0}, ""}};
  program.files = look_at_files(program).value();
  CHECK(program.files[0].sha256 == "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed");
  const auto mark = content_mark(program.files);
  directory.write("program", "one");
  CHECK(changed_file(program.files, look_at_files(program).value()).empty());
  CHECK(content_mark(look_at_files(program).value()) == mark);
  directory.write("program", "two");
  CHECK(changed_file(program.files, look_at_files(program).value()) == path);
  CHECK(content_mark(look_at_files(program).value()) != mark);
  // What stat says is believed.
  auto believed = program;
  believed.files = look_at_files(program).value();
  believed.files[0].sha256 = "as recorded";
  CHECK(look_at_files(believed).value()[0].sha256 == "as recorded");
}

TEST_CASE("an output schema is a list of columns in DuckDB's words") {
  const auto database = Database::open({}).value();
  const auto read = [&](std::string_view text) { return read_output_schema(*database, text); };
  const auto columns = read("id int8 NOT NULL, \"a b\" text, -- a remark\n s STRUCT(x DECIMAL(5,1)[])").value();
  CHECK(columns == std::vector<OutputColumn>{
                       {"id", "BIGINT", false}, {"a b", "VARCHAR", true}, {"s", "STRUCT(x DECIMAL(5,1)[])", true}});
  for (const auto* wrong : {"", " -- nothing", "a", "a INT) AS (SELECT 1", "a INT); DROP TABLE x; --", "a INT, a INT",
                            "a INT UNIQUE", "a INT CHECK (a > 0)", "a INT DEFAULT 3", "__a INT", "a DATE[]"})
    CHECK_FALSE_MESSAGE(read(wrong), std::string(wrong));
}
