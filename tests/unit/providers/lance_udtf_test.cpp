#include <doctest/doctest.h>

#include "arrow/schema_message.hpp"
#include "arrow/schema_text.hpp"
#include "lance_bench.hpp"
#include "providers/lance/udtf_spec.hpp"
#include "support/base64.hpp"

namespace lance = matview::providers::lance;
using lance_test::Bench;
using lance_test::Json;
using lance_test::valid_create;
using matview::CreateRequest;

namespace {

const std::string k_create = "POST v1/materialized_view/recent/create";

CreateRequest chunker(Bench& bench, std::string_view envelope = R"({"name":"split","version":"1"})") {
  bench.write("f.json", envelope);
  auto request = valid_create();
  request.kind = "chunker";
  request.options["udtf"] = {"f.json"};
  return request;
}

Json created(Bench& bench, const CreateRequest& request) {
  bench.server.answer(k_create, 201, R"({"version":1})");
  const auto view = bench.provider().create(request, bench.control);
  REQUIRE_MESSAGE(view, view.error().message);
  return bench.server.body(k_create);
}

std::string message(Bench& bench, const CreateRequest& request) {
  const auto view = bench.provider().create(request, bench.control);
  REQUIRE_FALSE(view);
  CHECK(view.error().code == matview::ErrorCode::usage);
  CHECK(bench.server.requests.empty());
  return view.error().message;
}

}  // namespace

TEST_CASE("lance: an envelope is sent in base64 with the checksum of that text") {
  Bench bench;
  const auto udtf = created(bench, chunker(bench))["udtf_spec"];
  CHECK(matview::test::keys(udtf) == std::vector<std::string>{"kind", "udtf", "udtf_sha", "udtf_name", "udtf_version"});
  CHECK(udtf["kind"] == "chunker");
  CHECK(udtf["udtf"] == "eyJuYW1lIjoic3BsaXQiLCJ2ZXJzaW9uIjoiMSJ9");
  CHECK(udtf["udtf_sha"] == "4132db22637b2cbfad09083bdfff273166f0e8d180e8f46e38d3d453b77493ae");
  CHECK(udtf["udtf_name"] == "split");
  CHECK(udtf["udtf_version"] == "1");
}

TEST_CASE("lance: the envelope says what the flags do not") {
  Bench bench;
  auto request = chunker(bench, R"({"name":"split","version":2,"chunker_payload":"AA==","input_columns":["body","meta"],
      "batch":true,"manifest":"{\"name\":\"m\",\"checksum\":\"c1\"}"})");
  const auto udtf = created(bench, request)["udtf_spec"];
  CHECK(udtf["udtf_version"] == "2");
  CHECK(udtf["input_columns"] == Json({"body", "meta"}));
  CHECK(udtf["batch"] == true);
  CHECK(udtf["manifest"] == R"({"name":"m","checksum":"c1"})");
  CHECK(udtf["manifest_checksum"] == "c1");
  CHECK(bench.warnings.texts.empty());
}

TEST_CASE("lance: each flag overrides the envelope") {
  Bench bench;
  auto request = chunker(bench, R"({"name":"split","version":"1","input_columns":["body"],"batch":true,
      "manifest":{"checksum":"old"},"manifest_checksum":"old"})");
  request.options["udtf-name"] = {"other"};
  request.options["udtf-version"] = {"9"};
  request.options["udtf-input-columns"] = {"a, meta.`x.y`.`c``d`,`p,q`"};
  request.options["udtf-num-cpus"] = {"0.5"};
  request.options["udtf-num-gpus"] = {"2"};
  request.options["udtf-memory"] = {"1.5GiB"};
  request.options["udtf-no-batch"] = {};
  request.options["udtf-manifest"] = {R"({"name":"n","checksum":"new"})"};
  const auto udtf = created(bench, request)["udtf_spec"];
  CHECK(udtf["udtf_name"] == "other");
  CHECK(udtf["udtf_version"] == "9");
  CHECK(udtf["input_columns"] == Json({"a", "meta.`x.y`.`c``d`", "`p,q`"}));
  CHECK(udtf["num_cpus"] == 0.5);
  CHECK(udtf["num_gpus"].dump() == "2");
  CHECK(udtf["memory"] == 1610612736);
  CHECK(udtf["batch"] == false);
  CHECK(udtf["manifest"] == R"({"name":"n","checksum":"new"})");
  CHECK(udtf["manifest_checksum"] == "new");
  CHECK_FALSE(udtf.contains("error_handling"));
}

TEST_CASE("lance: a udtf has partitions and error handling, and its own output schema") {
  Bench bench;
  const auto schema = matview::arrow::encode_schema(matview::arrow::parse_schema("day date32, n int64").value());
  auto request = chunker(bench, R"({"name":"agg","version":"1","udtf_payload":"AA==","partition_by":"day",
      "output_schema_bytes":")" + matview::support::base64(schema) +
                                    "\"}");
  request.kind = "udtf";
  request.options.erase("output-schema");
  bench.write("e.json", R"({"fault_isolation":"skip_rows"})");
  request.options["udtf-error-handling"] = {"@e.json"};
  const auto body = created(bench, request);
  CHECK(body["output_schema"] == matview::support::base64(schema));
  CHECK(body["udtf_spec"]["partition_by"] == "day");
  CHECK(body["udtf_spec"]["error_handling"] == Json::parse(R"({"fault_isolation":"skip_rows"})"));
  CHECK_FALSE(body["udtf_spec"].contains("batch"));
}

TEST_CASE("lance: the index of a column takes the place of the envelope's partition") {
  Bench bench;
  auto request = chunker(bench, R"({"name":"agg","version":"1","partition_by":"day"})");
  request.kind = "udtf";
  request.options["udtf-partition-by-indexed-column"] = {"vector"};
  const auto udtf = created(bench, request)["udtf_spec"];
  CHECK(udtf["partition_by_indexed_column"] == "vector");
  CHECK_FALSE(udtf.contains("partition_by"));
}

TEST_CASE("lance: what does not go together with a function is refused before anything is sent") {
  Bench bench;
  auto request = chunker(bench);
  request.options.erase("udtf");
  CHECK(message(bench, request) == "a view of kind chunker needs --udtf FILE");
  request = chunker(bench);
  request.options["udtf-partition-by"] = {"day"};
  CHECK(message(bench, request).find("--udtf-partition-by is for views of kind udtf") == 0);
  request = chunker(bench);
  request.kind = "udtf";
  request.options["udtf-batch"] = {};
  CHECK(message(bench, request).find("--udtf-batch is for views of kind chunker") == 0);
  request = chunker(bench);
  request.kind = "udtf";
  request.options["udtf-partition-by"] = {"day"};
  request.options["udtf-partition-by-indexed-column"] = {"v"};
  CHECK(message(bench, request).find("exclude each other") != std::string::npos);
  request = chunker(bench, R"({"name":"f","version":"1","udtf_payload":"AA=="})");
  CHECK(message(bench, request).find("the file holds a udtf") != std::string::npos);
  CHECK(message(bench, chunker(bench, "[1]")).find("is no JSON object") != std::string::npos);
  CHECK(message(bench, chunker(bench, "{")).find("is no JSON object: ") != std::string::npos);
  CHECK(message(bench, chunker(bench, R"({"version":"1"})")).find("--udtf-name") != std::string::npos);
  request = chunker(bench);
  request.options["udtf"] = {"missing.json"};
  CHECK(message(bench, request).find("cannot read --udtf 'missing.json'") == 0);
  for (const auto& [flag, value] : std::vector<std::pair<std::string, std::string>>{{"udtf-name", ""},
                                                                                    {"udtf-num-cpus", "-1"},
                                                                                    {"udtf-num-gpus", "many"},
                                                                                    {"udtf-num-cpus", "nan"},
                                                                                    {"udtf-memory", "-1"},
                                                                                    {"udtf-memory", "4 apples"},
                                                                                    {"udtf-input-columns", ""},
                                                                                    {"udtf-input-columns", "a,,b"},
                                                                                    {"udtf-input-columns", "a.`b"},
                                                                                    {"udtf-manifest", "x"},
                                                                                    {"udtf-manifest", "[]"},
                                                                                    {"udtf-sha", "abc"},
                                                                                    {"udtf-manifest-checksum", ""}}) {
    request = chunker(bench);
    request.options[flag] = {value};
    CAPTURE(value);
    CHECK(message(bench, request).find("--" + flag) == 0);
  }
}

TEST_CASE("lance: a checksum of other bytes is sent, with a warning") {
  Bench bench;
  auto request = chunker(bench, R"({"name":"split","version":"1","input_columns":["a"]})");
  request.options["udtf-sha"] = {std::string(64, 'a')};
  CHECK(created(bench, request)["udtf_spec"]["udtf_sha"] == std::string(64, 'a'));
  CHECK(bench.warnings.texts.size() == 1);
}

TEST_CASE("lance: amounts of memory") {
  CHECK(lance::parse_bytes("512").value() == 512);
  CHECK(lance::parse_bytes("9007199254740993").value() == 9007199254740993);
  CHECK(lance::parse_bytes("4GB").value() == 4'000'000'000);
  CHECK(lance::parse_bytes("4 gib").value() == 4LL << 30);
  CHECK(lance::parse_bytes("0").value() == 0);
  for (const char* text : {"", "GB", "-1", "1e300", "nan", "inf", "4XB", "99999999999TiB"})
    CHECK_FALSE(lance::parse_bytes(text));
}

TEST_CASE("lance: credentials in a manifest are hidden wherever it is shown") {
  Bench bench;
  auto request = chunker(bench, R"({"name":"split","version":"1","input_columns":["a"]})");
  request.options["udtf-manifest"] = {R"({"env_vars":{"HF_TOKEN":"tok\"en-1","LEVEL":"info"}})"};
  const auto plan = bench.provider().plan_create(request, bench.control);
  REQUIRE(plan);
  CHECK(plan->requests.at(0).body->find("en-1") == std::string::npos);
  CHECK(plan->requests.at(0).body->find(matview::secret_placeholder("HF_TOKEN")) != std::string::npos);
  CHECK(plan->requests.at(0).body->find("info") != std::string::npos);
  created(bench, request);
  CHECK(bench.keys.kept == std::vector<std::string>{"tok\"en-1"});
}
