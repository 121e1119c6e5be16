// Views of kind udtf: programs in several languages, partitions, what a program is told, what a refresh does.

#include "program_fixture.hpp"

using namespace matview::test;

namespace {

constexpr auto k_sales = "SELECT i % 3 AS k, i AS v FROM range(9) t(i) ORDER BY v DESC";

}  // namespace

TEST_CASE("programs in Python, shell and C++ make the rows of a view, and verify agrees with each") {
  ProgramFixture store;
  const auto python = store.python("sum.py",
                                   "rows = [json.loads(line) for line in sys.stdin]\n"
                                   "if rows: put(k=rows[0]['k'], total=sum(r['v'] for r in rows))\n");
  store.must_create("udtf", k_sales, python, "k INTEGER, total BIGINT", {"--udtf-partition-by", "k"});
  CHECK(store.query("FROM v ORDER BY k") == "0,9\n1,12\n2,15\n");
  store.must({"verify", "v"});

  const auto shell = store.program("sum.sh",
                                   "#!/bin/sh\n"
                                   "awk -F, 'NR==1 {print \"total,k\"; next} {k=$1; s+=$2} END {print s \",\" k}'\n");
  store.must_create("udtf", k_sales, shell, "k INTEGER, total BIGINT",
                    {"--udtf-partition-by", "K", "--udtf-format", "csv", "--replace"});
  CHECK(store.query("FROM v ORDER BY k") == "0,9\n1,12\n2,15\n");
  store.must({"verify", "v"});

  store.must_create("udtf", k_sales, MATVIEW_UDTF_PROGRAM, "k INTEGER, running BIGINT",
                    {"--udtf-partition-by", "k", "--udtf-format", "csv", "--replace"});
  CHECK(store.query("SELECT k, list(running ORDER BY running) FROM v GROUP BY k ORDER BY k") ==
        "0,\"[6, 9, 9]\"\n1,\"[7, 11, 12]\"\n2,\"[8, 13, 15]\"\n");
  store.must({"verify", "v"});
}

TEST_CASE("rows come in the order of the query, and without one in an order that is always the same") {
  ProgramFixture store;
  const auto number =
      store.python("number.py", "for n, line in enumerate(sys.stdin): put(n=n, v=json.loads(line)['v'])\n");
  store.must_create("udtf", "SELECT i AS v FROM range(2000) t(i) ORDER BY (i * 7919) % 2003", number,
                    "n BIGINT, v BIGINT");
  CHECK(store.query("SELECT count(*), count(*) FILTER (v = (SELECT list(i ORDER BY (i * 7919) % 2003) FROM range(2000) "
                    "t(i))[n + 1]) FROM v") == "2000,2000\n");
  store.must_create("udtf", "SELECT i AS v FROM range(2000) t(i)", number, "n BIGINT, v BIGINT", {"--replace"});
  const auto rows = store.query("FROM v ORDER BY n");
  CHECK(store.refresh({"--full"})["rows_added"] == 0);
  CHECK(store.query("FROM v ORDER BY n") == rows);
}

TEST_CASE("a program is told a small world: its environment, a directory of its own, three descriptors, its columns") {
  ProgramFixture store;
  const auto tell =
      store.python("tell.py",
                   "rows = sys.stdin.read()\n"
                   "env = dict(os.environ); here = os.getcwd()\n"
                   "env.pop('LC_CTYPE', None)\n"
                   "put(what='env', text=','.join(sorted(env)))\n"
                   "put(what='tmp', text=str(env['TMPDIR'] == here and os.listdir(here) == []))\n"
                   "put(what='told', text=' '.join(env[n] for n in sorted(env) if n.startswith('MATVIEW')))\n"
                   "put(what='fds', text=str(sorted(int(f) for f in os.listdir('/proc/self/fd') "
                   "if os.path.exists('/proc/self/fd/' + f))))\n"
                   "put(what='args', text=str(sys.argv[1:]))\n"
                   "put(what='rows', text=rows)\n"
                   "put(what='where', text=here)\n"
                   "open('left-behind', 'w').write('x')\n");
  store.write("words.txt", "a file\n");
  store.must({"create", "v", "--kind", "udtf", "--query", "SELECT 1 AS a, 'x' AS b, NULL AS c", "--udtf-command",
              R"([")" + (store.box().work() / "tell.py").string() + R"(","words.txt","--size","$HOME; *"])",
              "--output-schema", "what VARCHAR, text VARCHAR", "--udtf-input-columns", "B,a",
              "--intra-applier-concurrency", "3", "--timezone", "Europe/Berlin", "--with-data"});
  const auto told = [&](const std::string& what) {
    return store.query("SELECT text FROM v WHERE what = '" + what + "'");
  };
  CHECK(told("env") == "\"HOME,LANG,MATVIEW_FORMAT,MATVIEW_KIND,MATVIEW_THREADS,MATVIEW_VIEW,PATH,TMPDIR,TZ\"\n");
  CHECK(told("tmp") == "True\n");
  CHECK(told("told") == "ndjson udtf 3 v\n");
  CHECK(told("fds") == "\"[0, 1, 2]\"\n");
  CHECK(told("args") == "\"['" + (store.box().work() / "words.txt").string() + "', '--size', '$HOME; *']\"\n");
  CHECK(told("rows") == "\"{\"\"b\"\":\"\"x\"\",\"\"a\"\":1}\n\"\n");
  auto where = told("where");
  CHECK_FALSE(std::filesystem::exists(where.substr(0, where.size() - 1)));
  store.check_clean_after_gc();
}

TEST_CASE("every partition has its process, and as many run at once as were asked for") {
  ProgramFixture store;
  // Each waits until both of its pair are there: with one process at a time that would never be.
  const auto meet = store.python("meet.py",
                                 "k = json.loads(sys.stdin.readline())['k']; sys.stdin.read()\n"
                                 "here = '" +
                                     store.box().work().string() +
                                     "/met-'\n"
                                     "open(here + str(k), 'w')\n"
                                     "while not os.path.exists(here + str(k ^ 1)): time.sleep(0.01)\n"
                                     "put(k=k, pid=os.getpid())\n");
  store.must_create("udtf", "SELECT i // 2 AS k FROM range(4) t(i)", meet, "k INTEGER, pid BIGINT",
                    {"--udtf-partition-by", "k", "--concurrency", "2", "--udtf-timeout", "60s"});
  CHECK(store.query("SELECT count(*), count(DISTINCT pid) FROM v") == "2,2\n");
  const auto told = store.last_job()["native"]["program"];
  CHECK(told["processes"] == 2);
  CHECK(told["source_rows"] == 4);
}

TEST_CASE("partitions whose rows are what they were are kept, others are run, those that are gone go") {
  ProgramFixture store;
  store.write("in.csv", "k,v\na,1\na,2\nb,3\n,4\n");
  const auto total = store.python("total.py",
                                  "rows = [json.loads(line) for line in sys.stdin]\n"
                                  "print('ran', rows[0]['k'], file=sys.stderr)\n"
                                  "for r in rows: put(k=r['k'], total=sum(x['v'] for x in rows))\n");
  store.must_create("udtf", "FROM 'in.csv'", total, "k VARCHAR, total BIGINT", {"--udtf-partition-by", "k"});
  store.write("in.csv", "k,v\nb,3\na,2\na,1\n,4\nc,5\n");
  auto job = store.refresh();
  CHECK(job["mode"] == "incremental");
  CHECK(job["rows_added"] == 1);
  CHECK(job["rows_removed"] == 0);
  CHECK(job["native"]["program"]["stderr"] == "ran c\n");
  store.write("in.csv", "k,v\na,2\na,2\na,1\nc,5\nc,5\n");
  job = store.refresh();
  CHECK(job["native"]["program"]["processes"] == 2);
  CHECK(store.query("FROM v ORDER BY ALL") == "a,5\na,5\na,5\nc,10\nc,10\n");
  store.must({"verify", "v"});
  CHECK(store.query("SELECT count(*) FROM v") == "5\n");
  CHECK(parse_json(store.must({"query", "FROM v ORDER BY ALL", "--version", "1", "-o", "json"}))["rows"].size() == 4);
  CHECK(store.refresh({"--full"})["native"]["program"]["processes"] == 2);
}

TEST_CASE("a view without partitions is one process, also where there is no row") {
  ProgramFixture store;
  store.write("in.csv", "v\n1\n");
  const auto count = store.python("count.py", "put(n=len(sys.stdin.readlines()))\n");
  store.must_create("udtf", "SELECT v FROM 'in.csv' WHERE v > 1", count, "n BIGINT");
  CHECK(store.query("FROM v") == "0\n");
  store.write("in.csv", "v\n1\n2\n3\n");
  CHECK(store.refresh()["mode"] == "incremental");
  CHECK(store.query("FROM v") == "2\n");
  store.write("in.csv", "v\n3\n2\n0\n");
  CHECK(store.refresh()["native"]["program"]["processes"] == 0);
  store.must({"verify", "v"});
}

TEST_CASE("a changed program, or a changed file among its arguments, makes the view stale and the next refresh full") {
  ProgramFixture store;
  store.python("say.py", "sys.stdin.read(); put(t=open(sys.argv[1]).read())\n");
  store.write("text", "one");
  store.must({"create", "v", "--kind", "udtf", "--query", "SELECT 1 AS a", "--udtf-command", R"(["./say.py","text"])",
              "--output-schema", "t VARCHAR", "--with-data"});
  const auto why = [&] { return parse_json(store.must({"status", "v", "-o", "json"}))["views"][0]; };
  CHECK(why()["freshness"] == "fresh");
  store.write("text", "one");  // another stat, the same content
  CHECK(why()["freshness"] == "fresh");
  store.write("text", "two");
  CHECK(why()["freshness"] == "stale");
  CHECK(store.must({"status", "v"}).find("program changed (text)") != std::string::npos);
  CHECK(store.run({"verify", "v"}).exit_code == 10);
  const auto job = store.refresh();
  CHECK(job["mode"] == "reinitialized");
  CHECK(job["reason"] == "program changed (text)");
  CHECK(store.query("FROM v") == "two\n");
  CHECK(why()["freshness"] == "fresh");
  std::filesystem::remove(store.box().work() / "say.py");
  CHECK(why()["freshness"] == "unknown");
  const auto outcome = store.run({"refresh", "v"});
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.err.find("say.py is gone") != std::string::npos);
  CHECK(store.query("FROM v") == "two\n");
}

TEST_CASE("verify tells of a program whose rows are others each time") {
  ProgramFixture store;
  const auto moody = store.python("moody.py", "sys.stdin.read(); put(t=str(time.time_ns()))\n");
  store.must_create("udtf", "SELECT 1 AS a", moody, "t VARCHAR");
  CHECK(store.run({"verify", "v"}).exit_code == 1);
}

TEST_CASE("an older version of the upstream view can be read, and the view is stale then") {
  ProgramFixture store;
  store.write_csv("a", 0, 3);
  store.must({"create", "up", "--query", "SELECT v FROM 'in/*.csv'", "--with-data"});
  const auto echo = store.program("echo.sh", "#!/bin/sh\ncat\n");
  store.must_create("udtf", "SELECT v FROM up", echo, "v BIGINT");
  store.write_csv("b", 10, 2);
  store.must({"refresh", "up+"});
  CHECK(store.query("SELECT count(*) FROM v") == "5\n");
  store.refresh({"--src-version", "1"});
  CHECK(store.query("SELECT count(*) FROM v") == "3\n");
  CHECK(parse_json(store.must({"status", "v", "-o", "json"}))["views"][0]["freshness"] == "stale");
  store.must({"verify", "v"});
  store.refresh();
  CHECK(store.query("SELECT count(*) FROM v") == "5\n");
  CHECK(store.run({"refresh", "v", "--src-version", "9"}).exit_code != 0);
  store.must({"create", "plain", "--query", "SELECT 1 AS a"});
  CHECK(store.run({"refresh", "plain", "--src-version", "1"}).exit_code == 2);
}

TEST_CASE("data files have no more rows than was asked for") {
  ProgramFixture store;
  const auto echo = store.program("echo.sh", "#!/bin/sh\ncat\n");
  store.must_create("udtf", "SELECT i AS v FROM range(10) t(i)", echo, "v BIGINT", {"--max-rows-per-fragment", "4"});
  CHECK(store.files_in_catalog().size() == 3);
  CHECK(store.query("SELECT count(*), sum(v) FROM v") == "10,45\n");
}
