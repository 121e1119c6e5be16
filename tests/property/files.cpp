#include "files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <stdexcept>

#include "providers/local/local_provider.hpp"

namespace matview::property {

namespace fs = std::filesystem;

namespace {

std::string format_of(const fs::path& path) {
  if (path.extension() == ".csv") return "csv, HEADER";
  return path.extension() == ".json" ? "json" : "parquet";
}

std::string values(const std::vector<std::string>& rows) {
  std::string text;
  for (const auto& row : rows) text += (text.empty() ? "(" : ", (") + row + ")";
  return text;
}

/// Writes the content of one file behind that of another.
void append_to(const fs::path& from, const fs::path& to) {
  std::ifstream source(from, std::ios::binary);
  std::ofstream target(to, std::ios::binary | std::ios::app);
  if (fs::file_size(from) > 0) target << source.rdbuf();
  if (!target.flush()) throw std::runtime_error("cannot write " + to.string());
}

void copy_into(const fs::path& from, const fs::path& to) {
  std::ifstream source(from, std::ios::binary);
  std::ofstream target(to, std::ios::binary | std::ios::trunc);
  if (fs::file_size(from) > 0) target << source.rdbuf();
  if (!target.flush()) throw std::runtime_error("cannot write " + to.string());
}

}  // namespace

void Files::write(const Action& action) {
  const auto colon = action.target.find(':');
  if (action.target.starts_with("lake:")) return write_lake(action, action.target.substr(colon + 1));
  if (colon != std::string::npos) return write_table(action, action.target.substr(colon + 1));
  const auto path = directory_ / action.target;
  fs::create_directories(path.parent_path());
  const auto fresh = directory_ / ".fresh";
  oracle_.must("CREATE OR REPLACE TEMP TABLE __fresh (" + action.columns + ")");
  if (!action.rows.empty()) oracle_.must("INSERT INTO __fresh VALUES " + values(action.rows));
  const bool appends = action.how == "append" && fs::exists(path) && fs::file_size(path) > 0;
  const auto* headless = appends && path.extension() == ".csv" ? " false" : "";
  oracle_.must(fmt::format("COPY __fresh TO '{}' (FORMAT {}{})", fresh.string(), format_of(path), headless));
  if (appends) {
    append_to(fresh, path);
    fs::remove(fresh);
  } else if (action.how == "in_place" && fs::exists(path)) {
    copy_into(fresh, path);
    fs::remove(fresh);
  } else {
    fs::rename(fresh, path);
  }
  stamp(path);
}

void Files::write_table(const Action& action, const std::string& table) {
  oracle_.must(fmt::format("DETACH DATABASE IF EXISTS {}", k_database));
  oracle_.must(fmt::format("ATTACH '{}' AS __writer", (directory_ / "shop.duckdb").string()));
  if (action.how == "in_place") {
    oracle_.must(fmt::format("CREATE TABLE IF NOT EXISTS __writer.{} ({})", table, action.columns));
    oracle_.must(fmt::format("DELETE FROM __writer.{}", table));
  } else {
    oracle_.must(fmt::format("CREATE OR REPLACE TABLE __writer.{} ({})", table, action.columns));
  }
  if (!action.rows.empty()) oracle_.must(fmt::format("INSERT INTO __writer.{} VALUES {}", table, values(action.rows)));
  oracle_.must("DETACH __writer");
  stamp(directory_ / "shop.duckdb");
}

void Files::write_lake(const Action& action, const std::string& table) {
  // To the oracle it is a table like any other.
  oracle_.must(fmt::format("ATTACH IF NOT EXISTS ':memory:' AS {}", k_lake));
  oracle_.must(fmt::format("CREATE OR REPLACE TABLE {}.{} ({})", k_lake, table, action.columns));
  if (!action.rows.empty())
    oracle_.must(fmt::format("INSERT INTO {}.{} VALUES {}", k_lake, table, values(action.rows)));
  const auto file = directory_ / "lake_rows" / (table + ".parquet");
  fs::create_directories(file.parent_path());
  const auto fresh = directory_ / ".fresh";
  oracle_.must(fmt::format("COPY {}.{} TO '{}' (FORMAT parquet)", k_lake, table, fresh.string()));
  fs::rename(fresh, file);
  stamp(file);

  Observer observer;
  const std::atomic<int> stop{0};
  Control control{observer, stop, std::nullopt};
  if (!lake_) {
    auto opened =
        providers::open_local({"lake", {{"store", (directory_ / k_lake).string()}, {"threads", "1"}}, environment_});
    if (!opened) throw std::runtime_error(opened.error().message);
    lake_ = *std::move(opened);
  }
  CreateRequest create;
  create.name = table;
  create.query = fmt::format("SELECT * FROM '{}'", file.string());
  create.if_not_exists = true;
  RefreshRequest refresh;
  refresh.name = table;
  refresh.full = action.how == "rename";
  lake_->begin_run();
  if (auto done = lake_->create(create, control); !done) throw std::runtime_error("lake: " + done.error().message);
  if (auto done = lake_->refresh(refresh, control); !done) throw std::runtime_error("lake: " + done.error().message);
}

void Files::remove(const std::string& path) { fs::remove(directory_ / path); }

void Files::rename(const std::string& from, const std::string& to) {
  if (!fs::exists(directory_ / from)) return;
  fs::create_directories((directory_ / to).parent_path());
  fs::rename(directory_ / from, directory_ / to);
}

void Files::touch(const std::string& path) {
  if (fs::exists(directory_ / path)) stamp(directory_ / path);
}

void Files::attach() {
  const auto path = directory_ / "shop.duckdb";
  if (fs::exists(path))
    oracle_.must(fmt::format("ATTACH IF NOT EXISTS '{}' AS {} (READ_ONLY)", path.string(), k_database));
}

void Files::stamp(const fs::path& path) {
  const timespec times[2] = {{clock_, 0}, {clock_, 0}};
  ++clock_;
  utimensat(AT_FDCWD, path.c_str(), times, 0);
}

}  // namespace matview::property
