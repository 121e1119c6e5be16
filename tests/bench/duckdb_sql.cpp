// Plain DuckDB, the yardstick: runs SQL statements with the same libduckdb and prints rows as tab-separated text.
//   duckdb_sql [--fsync FILE]... SQL...
// --fsync makes a file that the SQL wrote durable, with its folder, as matview does with its own.
#include <duckdb.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

class Session {
 public:
  Session() {
    ok_ = duckdb_open(nullptr, &database_) == DuckDBSuccess && duckdb_connect(database_, &connection_) == DuckDBSuccess;
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() {
    duckdb_disconnect(&connection_);
    duckdb_close(&database_);
  }

  bool run(const char* sql) {
    duckdb_result result{};
    const bool succeeded = ok_ && duckdb_query(connection_, sql, &result) == DuckDBSuccess;
    if (succeeded) {
      print(result);
    } else {
      std::fprintf(stderr, "duckdb_sql: %s\n", ok_ ? duckdb_result_error(&result) : "cannot open a database");
    }
    duckdb_destroy_result(&result);
    return succeeded;
  }

 private:
  static void print(duckdb_result& result) {
    if (duckdb_result_return_type(result) != DUCKDB_RESULT_TYPE_QUERY_RESULT) return;
    for (idx_t row = 0; row < duckdb_row_count(&result); ++row) {
      for (idx_t column = 0; column < duckdb_column_count(&result); ++column) {
        const std::unique_ptr<char, decltype(&duckdb_free)> text(duckdb_value_varchar(&result, column, row),
                                                                 duckdb_free);
        std::printf("%s%s", column == 0 ? "" : "\t", text ? text.get() : "NULL");
      }
      std::printf("\n");
    }
  }

  duckdb_database database_ = nullptr;
  duckdb_connection connection_ = nullptr;
  bool ok_ = false;
};

bool make_durable(const std::filesystem::path& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool succeeded = file >= 0 && fsync(file) == 0;
  if (file >= 0) close(file);
  if (!succeeded) std::perror(path.c_str());
  return succeeded;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::filesystem::path> files;
  Session session;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--fsync" && i + 1 < argc) {
      files.emplace_back(argv[++i]);
    } else if (!session.run(argv[i])) {
      return 1;
    }
  }
  for (const auto& file : files) {
    if (!make_durable(file) || !make_durable(std::filesystem::absolute(file).parent_path())) return 1;
  }
  return 0;
}
