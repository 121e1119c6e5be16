#include "providers/thoughtspot/drop_requests.hpp"
#include "providers/thoughtspot/fault.hpp"
#include "providers/thoughtspot/listing_requests.hpp"
#include "providers/thoughtspot/refresh_requests.hpp"
#include "providers/thoughtspot/session_requests.hpp"
#include "providers/thoughtspot/tml_requests.hpp"
#include "thoughtspot_world.hpp"

using namespace matview;
using namespace matview::providers::thoughtspot;
using matview::test::thoughtspot::cookies_answer;
using matview::test::thoughtspot::json_answer;

namespace {

const HttpResponse k_web_page{200, {{"Content-Type", "text/html"}}, "<html>Site Maintenance</html>"};

Header view() {
  Header header;
  header.id = "g1";
  header.name = "Daily sales";
  header.type = k_view;
  return header;
}

template <typename T>
ErrorCode code_of(const Result<T>& result) {
  REQUIRE_FALSE(result);
  return result.error().code;
}

}  // namespace

TEST_CASE("a login is good with 200 and with 204, if it sets a session") {
  for (const int status : {200, 204}) {
    const auto cookies = read_login(cookies_answer(status));
    REQUIRE(cookies);
    REQUIRE(cookies->size() == 2);
    CHECK((*cookies)[0].name == "JSESSIONID");
    CHECK((*cookies)[0].value.reveal() == "session-one");
    CHECK((*cookies)[1].name == "clientId");
  }
  CHECK(code_of(read_login({204, {}, ""})) == ErrorCode::auth);
  CHECK(code_of(read_login({204, {{"Set-Cookie", "JSESSIONID=; Max-Age=0"}}, ""})) == ErrorCode::auth);
  CHECK(code_of(read_login({204, {{"Set-Cookie", "JSESSIONID=a b\r\nX: y"}}, ""})) == ErrorCode::auth);
}

TEST_CASE("a refused login is a matter of credentials, a server in trouble is not") {
  CHECK(code_of(read_login(json_answer(401, R"({"code":10003})"))) == ErrorCode::auth);
  CHECK(code_of(read_login(json_answer(400, R"({"code":10002})"))) == ErrorCode::auth);
  CHECK(code_of(read_login({302, {{"Location", "https://sso.example.com"}}, ""})) == ErrorCode::auth);
  CHECK(code_of(read_login({503, {}, ""})) == ErrorCode::unavailable);
  CHECK(code_of(read_login({404, {}, ""})) == ErrorCode::not_found);
  CHECK(code_of(read_login(k_web_page)) == ErrorCode::unavailable);
}

TEST_CASE("a token is plain text, with or without quotes around it") {
  for (const char* body : {"tok-en", "\"tok-en\"\n", "  tok-en  "}) {
    const auto token = read_token({200, {}, body});
    REQUIRE(token);
    CHECK(token->reveal() == "tok-en");
  }
  CHECK(code_of(read_token({200, {}, ""})) == ErrorCode::auth);
  CHECK(code_of(read_token({200, {}, "\"\""})) == ErrorCode::auth);
  CHECK(code_of(read_token({200, {}, "two words"})) == ErrorCode::auth);
  const auto off = read_token({500, {}, ""});
  CHECK(code_of(off) == ErrorCode::auth);
  CHECK(off.error().hint.find("switched off") != std::string::npos);
  CHECK_FALSE(off.error().retryable);
}

TEST_CASE("of session/info the token is never read") {
  const auto info = read_session_info(json_answer(
      200, R"({"userName":"jane","privileges":["ADMINISTRATION",null,7],"timezone":"UTC","authToken":"t"})"));
  REQUIRE(info);
  CHECK(info->user == "jane");
  CHECK(info->privileges == std::vector<std::string>{"ADMINISTRATION"});
}

TEST_CASE("a page of headers is read whatever is in it") {
  const auto page = read_list(json_answer(200, R"({"headers":[
    {"id":"g1","name":"Daily sales","type":"AGGR_WORKSHEET","author":"u1","authorName":"jane",
     "created":1630000000000,"modified":"1630000500000","tags":[{"name":"finance"},{"name":null},7],"surprise":{}},
    {"id":null,"name":"no id"}, 7, null, {"id":"g2","isDeleted":true},
    {"id":"g3","created":1e300,"modified":-9223372036854775808,"tags":{}}],"isLastBatch":false})"));
  REQUIRE(page);
  CHECK_FALSE(page->last);
  REQUIRE(page->headers.size() == 2);
  const auto& first = page->headers[0];
  CHECK(first.name == "Daily sales");
  CHECK(first.type == k_view);
  CHECK(first.author == "jane");
  CHECK(first.author_id == "u1");
  CHECK(first.created == Time(std::chrono::milliseconds(1630000000000)));
  CHECK(first.modified == Time(std::chrono::milliseconds(1630000500000)));
  CHECK(first.tags == std::vector<std::string>{"finance"});
  CHECK_FALSE(page->headers[1].created);
}

TEST_CASE("an empty page and one that does not say so are the last") {
  CHECK(read_list({204, {}, ""})->last);
  CHECK(read_list(json_answer(200, R"({"headers":[],"isLastBatch":false})"))->last);
  CHECK(read_list(json_answer(200, R"({"headers":[{"id":"a"}]})"))->last);
  CHECK(code_of(read_list(json_answer(200, R"({"headers":null})"))) == ErrorCode::failed);
  CHECK(code_of(read_list(k_web_page)) == ErrorCode::unavailable);
  CHECK(code_of(read_list(json_answer(200, R"({"headers":[{"id":)"))) == ErrorCode::unavailable);
}

TEST_CASE("the old listing is a bare list whose subtype is the one asked for") {
  ListSpec spec;
  const auto unknown = read_old_list(json_answer(200, R"([{"id":"a","name":"n"}])"), spec);
  REQUIRE(unknown);
  CHECK(unknown->last);
  CHECK(unknown->headers[0].type.empty());
  spec.subtypes = {std::string(k_view)};
  CHECK(read_old_list(json_answer(200, R"([{"id":"a"}])"), spec)->headers[0].type == k_view);
  CHECK(code_of(read_old_list(json_answer(200, "{}"), spec)) == ErrorCode::failed);
}

TEST_CASE("details give columns, tables and the query of an SQL view") {
  const auto details = read_details(json_answer(200, R"({"storables":[null,{"header":{"id":"other"}},
    {"header":{"id":"g1"},"logicalTableContent":{"sqlQuery":"select 1"},"materializationStatus":"STALE",
     "columns":[{"header":{"name":"Day"},"dataType":"DATE","sources":[{"tableId":"t1","columnId":"c"}]},
                {"header":{"name":"Sum"},"dataType":"DOUBLE","sources":[{"tableId":"t1","tableName":"SALES"},null]}]}]})"),
                                    view());
  REQUIRE(details);
  CHECK(details->columns == std::vector<std::pair<std::string, std::string>>{{"Day", "DATE"}, {"Sum", "DOUBLE"}});
  CHECK(details->tables == std::vector<std::string>{"t1", "SALES"});
  CHECK(details->sql == "select 1");
  CHECK(*details->materialization.at("materializationStatus").if_string() == "STALE");
}

TEST_CASE("204 is a refresh that was submitted; 500 with code 10000 is one of two things") {
  CHECK(read_refresh({204, {}, ""}) == RefreshOutcome::submitted);
  CHECK(read_refresh(json_answer(500, R"({"code":10000,"debug":"[\"\"]"})")) == RefreshOutcome::nothing_to_do);
}

TEST_CASE("other answers to a refresh are errors that say what is the matter") {
  const auto denied = read_refresh(json_answer(403, R"({"code":10004})"));
  CHECK(code_of(denied) == ErrorCode::auth);
  CHECK(denied.error().hint.find("Can administer ThoughtSpot") != std::string::npos);
  CHECK(code_of(read_refresh({401, {}, ""})) == ErrorCode::auth);
  CHECK(code_of(read_refresh(json_answer(400, R"({"code":10002})"))) == ErrorCode::failed);
  CHECK(code_of(read_refresh({404, {{"Content-Type", "text/html"}}, "<html></html>"})) == ErrorCode::unsupported);
  CHECK(code_of(read_refresh({405, {}, ""})) == ErrorCode::unsupported);
  CHECK(code_of(read_refresh(json_answer(404, R"({"code":13003})"))) == ErrorCode::not_found);
  CHECK(code_of(read_refresh(k_web_page)) == ErrorCode::unavailable);
  // A server in trouble is not a view that has nothing to do.
  CHECK(code_of(read_refresh({500, {}, ""})) == ErrorCode::unavailable);
  CHECK(code_of(read_refresh(json_answer(500, R"({"code":10001})"))) == ErrorCode::unavailable);
}

TEST_CASE("a gateway that lost the answer leaves it open whether the refresh was submitted") {
  for (const int status : {502, 504}) {
    const auto lost = read_refresh({status, {}, ""});
    CHECK(code_of(lost) == ErrorCode::unavailable);
    CHECK(lost.error().unanswered);
    CHECK(lost.error().hint.find("materialization panel") != std::string::npos);
  }
  CHECK_FALSE(read_refresh({503, {}, ""}).error().unanswered);
}

TEST_CASE("the conflict tells both readings and the window") {
  const auto answer = json_answer(500, R"({"code":10000,"incident_id_guid":"i-1"})");
  Materialization materialization;
  materialization.enabled = true;
  materialization.window = "20:00-04:00";
  const auto error = nothing_to_do_error(answer, view(), materialization);
  CHECK(error.code == ErrorCode::conflict);
  CHECK(error.message ==
        "the view is not materialized, or it is and is not stale: ThoughtSpot says the same of both (HTTP 500, code "
        "10000, incident i-1)");
  CHECK(error.request_id == "i-1");
  CHECK(error.hint.find("20:00-04:00") != std::string::npos);
  CHECK(error.hint.find("--allow-not-stale") != std::string::npos);

  materialization.enabled = false;
  CHECK(nothing_to_do_error(answer, view(), materialization).message.find("switched off") != std::string::npos);
}

TEST_CASE("an import is what the object's own status says, in every version's shape") {
  const std::string status = R"({"status":{"status_code":"OK"},"header":{"id_guid":"g9","name":"v"}})";
  for (const std::string& body :
       {R"({"object":[{"response":)" + status + "}]}", R"({"object":[{"info":)" + status + "}]}",
        R"([{"request_index":0,"response":)" + status + "}]",
        std::string(R"([{"response":{"status":{"status_code":"OK"},
                                    "object":[{"header":{"id_guid":"g9"}}]}}])")}) {
    CAPTURE(body);
    const auto imported = read_import(json_answer(200, body));
    REQUIRE(imported);
    CHECK(imported->guid == "g9");
    CHECK(imported->warning.empty());
  }
  CHECK(read_import(json_answer(200, R"([{"response":{"status":{"status_code":"OK"}}}])"))->guid.empty());
  CHECK(
      read_import(json_answer(200, R"([{"response":{"status":{"status_code":"WARNING","error_message":"a<br/>b"}}}])"))
          ->warning == "a; b");
}

TEST_CASE("an import that failed inside a 200 is a failure with its reason") {
  const auto failed =
      read_import(json_answer(200, R"({"object":[{"response":{"status":{"status_code":"ERROR","error_code":14502,
        "error_message":"table SALES not found<br/>"}}}]})"));
  CHECK(code_of(failed) == ErrorCode::failed);
  CHECK(failed.error().message == "table SALES not found (HTTP 200, code 14502)");
  CHECK(code_of(read_import(json_answer(
            200, R"([{"response":{"status":{"status_code":"ERROR","error_code":14009}}}])"))) == ErrorCode::conflict);
  for (const char* body : {"{}", "[]", R"({"object":[]})", R"({"object":[{"response":{"status":{}}}]})", "null"}) {
    CAPTURE(body);
    const auto silent = read_import(json_answer(200, body));
    CHECK(code_of(silent) == ErrorCode::failed);
    CHECK(silent.error().unanswered);
  }
}

TEST_CASE("an export gives the TML, and an error inside a 200 is one") {
  CHECK(*read_export(json_answer(200, R"({"object":[{"info":{"status":{"status_code":"OK"}},
    "edoc":"view:\n  name: a\u0007b\n"}]})")) ==
        "view:\n  name: a\xEF\xBF\xBD"
        "b\n");
  CHECK(*read_export(json_answer(200, R"([{"edoc":"sql_view:\n"}])")) == "sql_view:\n");
  CHECK(code_of(read_export(json_answer(200, R"([{"edoc":null,"info":{"status":{"status_code":"ERROR",
    "error_code":10023,"error_message":"no access"}}}])"))) == ErrorCode::auth);
}

TEST_CASE("dependents are collected from every list, each once") {
  const auto found = read_dependents(json_answer(200, R"({"g1":{
    "PINBOARD_ANSWER_BOOK":[{"id":"p","name":"Board","authorName":"jim"},null],
    "QUESTION_ANSWER_BOOK":[{"id":"q","name":"Answer"},{"id":"q","name":"Answer"}],
    "LOGICAL_TABLE":[{"id":"g1","name":"itself"}],"NEW_KIND":[{"id":"n"}],"COUNT":3}})"),
                                     view());
  REQUIRE(found);
  REQUIRE(found->size() == 3);
  CHECK((*found)[0].kind == "liveboard");
  CHECK((*found)[0].header.author == "jim");
  CHECK((*found)[1].kind == "answer");
  CHECK((*found)[2].kind == "NEW_KIND");
  CHECK(read_dependents(json_answer(200, R"({"g1":{}})"), view())->empty());
  CHECK(read_dependents({204, {}, ""}, view())->empty());
}

TEST_CASE("a deletion of what is gone already is done") {
  CHECK(read_delete({204, {}, ""}));
  CHECK(read_delete(json_answer(400, R"({"error":{"code":13003}})")));
  CHECK(code_of(read_delete(json_answer(403, R"({"code":10023})"))) == ErrorCode::auth);
  CHECK(code_of(read_delete(k_web_page)) == ErrorCode::unavailable);
}
