// A program that lies, hangs, floods or dies: named, contained, and the rows of the last refresh stay.

#include <signal.h>

#include <chrono>
#include <thread>

#include "program_fixture.hpp"

using namespace matview::test;

namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// A view with one good row whose program then goes wrong.
class Faults : public ProgramFixture {
 public:
  Faults() { write("in.csv", "text\ngood\n"); }

  /// Makes the view with a program that is good for the first row; `body` is what it does otherwise.
  void define(const std::string& kind, const std::string& body, std::vector<std::string> more = {}) const {
    python("fault.py",
           "lines = sys.stdin.readlines() if 'keep-stdin' not in sys.argv else []\n"
           "rows = [json.loads(line) for line in lines]\n"
           "ok = {'n': 1, 'day': None} | ({ID: rows[0][ID]} if rows and ID in rows[0] else {})\n"
           "if rows and all(row['text'] == 'good' for row in rows):\n"
           "    put(**ok)\n"
           "    sys.exit(0)\n" +
               body);
    more.insert(more.end(), {"--concurrency", "1"});
    must_create(kind, "FROM 'in.csv'", "./fault.py", "n INTEGER, day DATE", std::move(more));
  }

  /// Refreshes what then goes wrong. The error is of the job too, and nothing of the view has changed.
  Outcome break_it(const std::string& rows = "text\ngood\nbad\n") const {
    const auto before = query("FROM v");
    write("in.csv", rows);
    auto outcome = run({"refresh", "v"});
    CHECK(outcome.exit_code == 1);
    CHECK(query("FROM v") == before);
    const auto job = last_job();
    CHECK(job["state"] == "failed");
    CHECK(has(outcome.err, job["error"]["message"].get<std::string>()));
    check_clean_after_gc();
    return outcome;
  }

  std::string broken(const std::string& kind, const std::string& body, std::vector<std::string> more = {}) const {
    define(kind, body, std::move(more));
    return break_it().err;
  }
};

bool is_alive(const std::string& pid) { return ::kill(static_cast<pid_t>(std::stol(pid)), 0) == 0; }

/// A process that was killed may be a zombie of init for a moment.
bool ends_soon(const std::string& pid) {
  for (int i = 0; i < 500 && is_alive(pid); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return !is_alive(pid);
}

}  // namespace

TEST_CASE("a program that ends with another code than 0, or by a signal, is named with the end of its stderr") {
  Faults faults;
  auto said = faults.broken("udtf", "print('cannot go on', file=sys.stderr); sys.exit(3)\n");
  CHECK(has(said, "the program 'fault.py' ended with exit code 3"));
  CHECK(has(said, "cannot go on"));
  Faults killed;
  said = killed.broken("chunker", "put(**ok); sys.stdout.flush(); os.kill(os.getpid(), signal.SIGSEGV)\n");
  CHECK(has(said, "was killed by signal 11"));
}

TEST_CASE("a program that writes a wrong row is named with the row and what is wrong with it") {
  const std::vector<std::pair<std::string, std::string>> k_wrong = {
      {"put(n='x', day=None)", "column 'n': \"x\" is no INTEGER"},
      {"put(n=2147483648, day=None)", "column 'n': 2147483648 is no INTEGER"},
      {"put(n=10**400, day=None)", "a number is out of range"},
      {"put(n=1.0, day=None)", "column 'n': 1.0 is no INTEGER"},
      {"put(n=True, day=None)", "column 'n': true is no INTEGER"},
      {"put(n=[1], day=None)", "column 'n': [1] is no INTEGER"},
      {"put(n=1, day='2024-02-30')", "column 'day': \"2024-02-30\" is no DATE"},
      {"put(n=1, day=20240101)", "column 'day': 20240101 is no DATE"},
      {"put(n=1)", "column 'day' is missing"},
      {"put(n=1, day=None, extra=2)", "unknown column 'extra'"},
      {"print('[1, 2]')", "it is no JSON object"},
      {"print('{\"n\": 1, \"n\": 2, \"day\": null}')", "the key 'n' occurs twice"},
      {"print('oops')", "cannot read JSON"},
      {"sys.stdout.buffer.write(b'{\"n\": 1, \"day\": \"\\xff\"}\\n')", "it is not valid UTF-8"},
  };
  Faults faults;
  faults.define("udtf", "exec(open(sys.argv[0] + '.do').read())\n");
  for (const auto& [what, message] : k_wrong) {
    CAPTURE(what);
    faults.write("in.csv", "text\ngood\n");
    faults.write("fault.py.do", what);
    const auto path = "exec(open('" + (faults.box().work() / "fault.py.do").string() + "').read())\n";
    faults.define("udtf", path + "# " + what + "\n", {"--replace"});
    const auto said = faults.break_it().err;
    CHECK(has(said, "the program 'fault.py' returned a wrong row: "));
    CHECK(has(said, message));
    CHECK(has(said, "row: "));
  }
}

TEST_CASE("a chunker that names a row it was not given, or none, is told so") {
  Faults unknown;
  CHECK(has(unknown.broken("chunker", "put(**(ok | {ID: 'made-up'}))\n"),
            "it names the __source_row_id 'made-up', which the program was not given"));
  Faults none;
  CHECK(has(none.broken("chunker", "put(n=1, day=None)\n"), "__source_row_id is missing"));
}

TEST_CASE("half a row at the end is an error, a whole one without a line end is none") {
  Faults half;
  CHECK(has(half.broken("udtf", "sys.stdout.write('{\"n\": 1, \"da')\n"),
            "ended in the middle of a row: {\"n\": 1, \"da"));
  Faults whole;
  whole.define("udtf", "sys.stdout.write('{\"n\": 7, \"day\": null}')\n");
  whole.write("in.csv", "text\nbad\n");
  whole.refresh();
  CHECK(whole.query("SELECT n FROM v") == "7\n");
}

TEST_CASE("a program that does not read all of its rows is an error, however it goes about it") {
  for (const auto* body : {"sys.exit(0)\n", "sys.stdin.close(); os.close(0); put(n=1, day=None)\n",
                           "sys.stdin.readline(); os.close(0); put(n=1, day=None)\n"}) {
    CAPTURE(body);
    ProgramFixture store;
    store.python("deaf.py", body);
    const auto outcome =
        store.create("udtf", "SELECT repeat('x', 1000) AS t FROM range(2000)", "./deaf.py", "n INTEGER, day DATE");
    CHECK(outcome.exit_code == 1);
    CHECK(has(outcome.err, "ended without having read all of its rows"));
  }
  ProgramFixture store;
  store.program("deaf.sh", "#!/bin/sh\nexit 0\n");
  const auto outcome = store.create("udtf", "SELECT 1 AS t", "./deaf.sh", "n INTEGER");
  CHECK(has(outcome.err, "ended without having read all of its rows"));
}

TEST_CASE("CSV must begin with its header, whatever comes after it") {
  for (const auto& [text, message] :
       std::vector<std::pair<std::string, std::string>>{{"", "wrote nothing, not even the header of its CSV"},
                                                        {"n,other\\n", "its header has an unknown column 'other'"},
                                                        {"n\\n", "its header has no column 'day'"},
                                                        {"n,n,day\\n", "its header has the column 'n' twice"},
                                                        {"day,n\\n,1,2\\n", "it has 3 fields, and the header 2"},
                                                        {"day,n\\n,1\\n,2", "ended in the middle of a row: ,2"},
                                                        {"day,n\\n\\\"a,1\\n", "ended in the middle of a row"},
                                                        {"day,n\\n,1x\\n", "column 'n': \"1x\" is no INTEGER"}}) {
    CAPTURE(text);
    ProgramFixture store;
    store.python("csv.py", "sys.stdin.read(); sys.stdout.write(\"" + text + "\")\n");
    const auto outcome =
        store.create("udtf", "SELECT 1 AS t", "./csv.py", "n INTEGER, day DATE", {"--udtf-format", "csv"});
    CHECK(outcome.exit_code == 1);
    CHECK_MESSAGE(has(outcome.err, message), outcome.err);
  }
}

TEST_CASE("a program that never ends is ended with all it started, and so is one that floods") {
  Faults hangs;
  const auto said = hangs.broken("udtf",
                                 "import subprocess\n"
                                 "child = subprocess.Popen(['sleep', '10000'])\n"
                                 "open('" +
                                     (hangs.box().work() / "pids").string() +
                                     "', 'w').write(f'{os.getpid()} {child.pid}')\n"
                                     "while True: time.sleep(1)\n",
                                 {"--udtf-timeout", "2s"});
  CHECK(has(said, "did not end within 2"));
  const auto pids = hangs.read("pids");
  CHECK(ends_soon(pids.substr(0, pids.find(' '))));
  CHECK(ends_soon(pids.substr(pids.find(' ') + 1)));
  Faults floods;
  CHECK(has(floods.broken("udtf", "while True: put(n=1, day=None)\n", {"--udtf-max-output", "1MB"}),
            "wrote more than 1.0 MB"));
}

TEST_CASE("a program has no more memory than it may have") {
  Faults faults;
  const auto said = faults.broken("udtf", "x = bytearray(1 << 30); put(**ok)\n", {"--udtf-memory", "400MB"});
  CHECK(has(said, "ended with exit code 1"));
  CHECK(has(said, "MemoryError"));
}

TEST_CASE("a program may write much before it reads, and much to stderr") {
  ProgramFixture store;
  store.python("talk.py",
               "sys.stderr.write('e' * 3000000 + 'the end')\n"
               "for i in range(100000): put(n=i)\n"
               "sys.stdin.read(); put(n=-1)\n");
  store.must_create("udtf", "SELECT repeat('x', 1000) AS t FROM range(5000)", "./talk.py", "n INTEGER");
  CHECK(store.query("SELECT count(*) FROM v") == "100001\n");
  const auto log = store.last_job()["native"]["program"]["stderr"].get<std::string>();
  CHECK(log.ends_with("the end"));
  CHECK(log.size() < 20000);
}

TEST_CASE("wrong rows are left out where that was asked for, and only so many") {
  ProgramFixture store;
  store.write("in.csv", "text\na\nbad\nb\nday\n");
  store.python(
      "some.py",
      "for line in sys.stdin:\n"
      "    row = json.loads(line)\n"
      "    for i in range(3):\n"
      "        wrong = row['text'] == 'bad' and i < 2\n"
      "        put(**{ID: row[ID], 'n': 'x' if wrong else i, 'day': 'never' if row['text'] == 'day' else None})\n");
  const auto made = store.create("chunker", "FROM 'in.csv'", "./some.py", "n INTEGER, day DATE",
                                 {"--udtf-error-handling", "skip_rows"});
  CHECK(made.exit_code == 0);
  CHECK(has(made.err, "5 wrong rows left out; the first: the program 'some.py' returned a wrong row: column 'n'"));
  CHECK(store.query("SELECT count(*) FROM v") == "7\n");
  CHECK(store.query("SELECT max(__child_index) + 1 = count(*) FROM v GROUP BY __source_row_id ORDER BY 1") ==
        "true\ntrue\ntrue\n");
  store.must({"verify", "v"});
  for (const auto* most : {"skip_rows:4", "skip_rows:1", "fail"}) {
    store.create("chunker", "FROM 'in.csv'", "./some.py", "n INTEGER, day DATE",
                 {"--udtf-error-handling", most, "--replace"});
    CHECK(store.run({"refresh", "v", "--full"}).exit_code == 1);
    CHECK(store.query("SELECT count(*) FROM v") == "7\n");
  }
  CHECK(store
            .create("chunker", "FROM 'in.csv'", "./some.py", "n INTEGER, day DATE",
                    {"--udtf-error-handling", "skip_rows:5", "--replace"})
            .exit_code == 0);
}

TEST_CASE("the source row a chunker dies of is found and left out, and the others are not") {
  ProgramFixture store;
  const auto fragile = store.python("fragile.py",
                                    "for line in sys.stdin:\n"
                                    "    row = json.loads(line)\n"
                                    "    if row['i'] in (3, 77): sys.exit('cannot do ' + str(row['i']))\n"
                                    "    put(**{ID: row[ID], 'i': row['i']})\n");
  store.must_create("chunker", "SELECT i FROM range(100) t(i)", fragile, "i BIGINT",
                    {"--udtf-error-handling", "skip_rows:2"});
  CHECK(store.query("SELECT count(*), count(*) FILTER (i IN (3, 77)) FROM v") == "98,0\n");
  const auto described = store.last_job()["native"]["program"];
  CHECK(described["skipped_rows"] == 2);
  CHECK(described["first_skipped"].get<std::string>().starts_with("ended with exit code 1: {"));
  store.must_create("chunker", "SELECT i FROM range(100) t(i)", fragile, "i BIGINT",
                    {"--udtf-error-handling", "skip_rows:1", "--replace"});
  CHECK(store.run({"refresh", "v", "--full"}).exit_code == 1);
}

TEST_CASE("how many rows may be wrong is said of one refresh: verify leaves out those of all") {
  ProgramFixture store;
  const auto fragile = store.python("fragile.py",
                                    "for line in sys.stdin:\n"
                                    "    row = json.loads(line)\n"
                                    "    if row['i'] % 10 == 3: sys.exit(1)\n"
                                    "    put(**{ID: row[ID], 'i': row['i']})\n");
  store.write("in.csv", "i\n1\n3\n");
  store.must_create("chunker", "SELECT i FROM read_csv('in*.csv')", fragile, "i BIGINT",
                    {"--udtf-error-handling", "skip_rows:1"});
  store.write("in2.csv", "i\n2\n13\n");
  store.must({"refresh", "v", "--verify"});
  CHECK(store.query("SELECT i FROM v ORDER BY i") == "1\n2\n");
}

TEST_CASE("SIGINT and SIGTERM end the programs too, the job is cancelled and the old rows stay") {
  for (const auto& [signal, code] : {std::pair(SIGINT, 130), std::pair(SIGTERM, 143)}) {
    Faults faults;
    faults.define("udtf", "open('" + (faults.box().work() / "pid").string() +
                              "', 'w').write(str(os.getpid()))\n"
                              "print('waiting', file=sys.stderr); time.sleep(10000)\n");
    faults.write("in.csv", "text\nbad\n");
    Process process(faults.command({"refresh", "v"}));
    std::string pid;
    for (int i = 0; i < 3000 && pid.empty(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      if (std::filesystem::exists(faults.box().work() / "pid")) pid = faults.read("pid");
    }
    REQUIRE_FALSE(pid.empty());
    process.signal(signal);
    const auto outcome = process.wait();
    CHECK(outcome.exit_code == code);
    CHECK(ends_soon(pid));
    CHECK(faults.last_job()["state"] == "cancelled");
    CHECK(faults.query("SELECT n FROM v") == "1\n");
    faults.check_clean_after_gc();
  }
}

TEST_CASE("a program that cannot be run is a mistake at create") {
  ProgramFixture store;
  store.write("plain.py", "print()\n");
  store.program("nothing", "#!/no/such/interpreter\n");
  const auto refused = [&](std::vector<std::string> arguments, const std::string& message) {
    arguments.insert(arguments.begin(), {"create", "v", "--query", "SELECT 1 AS a"});
    const auto outcome = store.run(arguments);
    CHECK_MESSAGE(outcome.exit_code == 2, outcome.err);
    CHECK_MESSAGE(has(outcome.err, message), outcome.err);
  };
  const std::vector<std::string> udtf{"--kind", "udtf", "--output-schema", "a INT"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), udtf.begin(), udtf.end());
    return more;
  };
  refused({"--udtf", "nothing"}, "--udtf is for views of kind udtf and chunker");
  refused(with({}), "needs --udtf FILE or --udtf-command JSON");
  refused(with({"--udtf", "missing"}), "there is no file");
  refused(with({"--udtf", "plain.py"}), "no program that can be run");
  refused(with({"--udtf", "nothing", "--udtf-command", "[\"true\"]"}), "exclude each other");
  refused(with({"--udtf-command", "true"}), "is no command");
  refused(with({"--udtf-command", "[\"no-such-program\"]"}), "no program 'no-such-program' in PATH");
  refused(with({"--udtf", "nothing", "--udtf-input-columns", "b"}), "the query has no column 'b'");
  refused(with({"--udtf", "nothing", "--udtf-partition-by", "b"}), "the query has no column 'b'");
  refused(with({"--udtf", "nothing", "--udtf-no-batch"}), "--udtf-no-batch is for views of kind chunker");
  refused(with({"--udtf", "nothing", "--output-limit", "3"}), "--output-limit is for views of kind chunker");
  refused(with({"--udtf", "nothing", "--udtf-error-handling", "ignore"}), "is no way to handle errors");
  refused(with({"--udtf", "nothing", "--udtf-memory", "much"}), "is no amount of memory");
  for (const auto* schema : {"", "a", "a INT, a TEXT", "a NOSUCHTYPE", "a INT) AS (SELECT 1", "a INT PRIMARY KEY",
                             "a INT DEFAULT 1", "__source_row_id VARCHAR"}) {
    CAPTURE(schema);
    refused({"--kind", "udtf", "--udtf", "nothing", "--output-schema", schema}, "--output-schema");
  }
  store.must(
      {"create", "v", "--query", "SELECT 1 AS a", "--kind", "udtf", "--udtf", "nothing", "--output-schema", "a INT"});
  const auto outcome = store.run({"refresh", "v"});
  CHECK(outcome.exit_code == 1);
  CHECK(has(outcome.err, "cannot start"));
}
