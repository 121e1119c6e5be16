// Plain SQLite, the yardstick: runs SQL statements on a database and prints rows as tab-separated text.
//   sqlite_sql DATABASE SQL...
#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdio>
#include <exception>

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: sqlite_sql DATABASE SQL...\n");
    return 2;
  }
  try {
    SQLite::Database database(argv[1], SQLite::OPEN_READWRITE);
    for (int i = 2; i < argc; ++i) {
      SQLite::Statement statement(database, argv[i]);
      while (statement.executeStep()) {
        for (int column = 0; column < statement.getColumnCount(); ++column) {
          std::printf("%s%s", column == 0 ? "" : "\t", statement.getColumn(column).getText("NULL"));
        }
        std::printf("\n");
      }
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sqlite_sql: %s\n", error.what());
    return 1;
  }
  return 0;
}
