#pragma once

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>

#include "engine/duckdb/database.hpp"
#include "engine/sources/definition.hpp"

namespace matview::engine::test {

/// A directory of its own, removed with its content.
class Scratch {
 public:
  Scratch() {
    auto pattern = (std::filesystem::temp_directory_path() / "matview-sources-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()));
    path_ = pattern;
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// A definition over files in a directory of its own, with upstream views as plain SQL.
class Fixture {
 public:
  Fixture() {
    auto opened = Database::open({});
    REQUIRE(opened.has_value());
    database_ = *std::move(opened);
    definition.name = "v";
    definition.base_dir = scratch_.path().string();
  }

  std::string path(const std::string& name) const { return (scratch_.path() / name).string(); }

  void text(const std::string& name, const std::string& content) {
    std::filesystem::create_directories((scratch_.path() / name).parent_path());
    std::ofstream(path(name), std::ios::binary) << content;
  }

  void copy(const std::string& select, const std::string& name, const std::string& format = "parquet") {
    std::filesystem::create_directories((scratch_.path() / name).parent_path());
    run("COPY (" + select + ") TO " + quote_literal(path(name)) + " (FORMAT " + format + ")");
  }

  void run(const std::string& sql) {
    const auto done = database_->execute(sql);
    REQUIRE_MESSAGE(done.has_value(), (done ? "" : done.error().message));
  }

  void view(const std::string& name, const std::string& select, std::int64_t version = 1) {
    views[name] = UpstreamView{static_cast<std::int64_t>(views.size()) + 1, version, select, 0, 0};
  }

  UpstreamLookup upstream() {
    return [this](std::string_view name) -> Result<std::optional<UpstreamView>> {
      const auto found =
          std::find_if(views.begin(), views.end(), [&](const auto& view) { return same_name(view.first, name); });
      if (found == views.end()) return std::optional<UpstreamView>();
      return std::optional<UpstreamView>(found->second);
    };
  }

  Result<BoundDefinition> bind(const std::string& sql) {
    definition.sql = sql;
    auto bound = bind_definition(*database_, definition, upstream());
    if (bound) definition.sources = bound->sources;
    return bound;
  }

  Error refusal(const std::string& sql) {
    const auto bound = bind(sql);
    REQUIRE_MESSAGE(!bound.has_value(), sql);
    return bound.error();
  }

  void create(const std::string& sql) {
    const auto bound = bind(sql);
    REQUIRE_MESSAGE(bound.has_value(), (bound ? "" : bound.error().message + "\n" + bound.error().detail));
  }

  Result<TextRows> refresh() {
    MATVIEW_ASSIGN(const auto states, observe_sources(definition, upstream()));
    MATVIEW_ASSIGN(const auto query, build_query(*database_, definition, states, upstream()));
    for (const auto& statement : query.setup) MATVIEW_TRY(database_->execute(statement));
    return database_->rows(query.sql);
  }

  /// Rows of a refresh as one text: cells joined by commas, rows by bars.
  std::string rows() { return joined(refresh()); }

  static std::string joined(const Result<TextRows>& rows) {
    REQUIRE_MESSAGE(rows.has_value(), (rows ? "" : rows.error().message + "\n" + rows.error().detail));
    std::string text;
    for (const auto& row : *rows) {
      text += text.empty() ? "" : "|";
      for (std::size_t i = 0; i < row.size(); ++i) text += (i ? "," : "") + row[i].value_or("NULL");
    }
    return text;
  }

  std::string failure() {
    const auto done = refresh();
    REQUIRE_FALSE(done.has_value());
    return done.error().message + " " + done.error().detail;
  }

  static bool same_name(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
  }

  Database& database() { return *database_; }

  /// Goes on with another database, to which nothing is attached.
  void replace_database() {
    database_.reset();
    auto opened = Database::open({});
    REQUIRE(opened.has_value());
    database_ = *std::move(opened);
  }

  ViewDefinition definition;
  std::map<std::string, UpstreamView> views;

 private:
  Scratch scratch_;
  std::unique_ptr<Database> database_;
};

}  // namespace matview::engine::test
