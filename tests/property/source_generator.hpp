#pragma once

#include <map>
#include <string>
#include <vector>

#include "random.hpp"
#include "script.hpp"

namespace matview::property {

/// A set of files, or a table, that views read.
struct SourceSpec {
  enum class Format { parquet, csv, json, hive, single, table, lake };
  struct ColumnSpec {
    std::string name;  ///< as it stands in SQL
    std::string type;
    bool is_key = false;  ///< few values, for joins and groups
  };
  Format format = Format::parquet;
  std::string name;
  std::vector<ColumnSpec> columns;
  std::map<std::string, std::vector<std::vector<std::string>>> files;  ///< rows of literals, by path
  int next_file = 1;
  int next_id = 1;

  /// What a query says to read it.
  std::vector<std::string> references() const;
};

/// Makes sources, and changes to them.
class SourceGenerator {
 public:
  explicit SourceGenerator(Random& random) : random_(random) {}

  SourceSpec source(const std::string& name);

  /// The files a new source begins with.
  Script fill(SourceSpec& source);

  /// One change of one source.
  Script change(SourceSpec& source);

 private:
  using Rows = std::vector<std::vector<std::string>>;

  std::string value(const SourceSpec::ColumnSpec& column, SourceSpec& source);
  std::string plain_value(const std::string& type, bool is_key);
  std::vector<std::string> row(SourceSpec& source);
  Rows rows(SourceSpec& source, int count);
  std::string new_path(SourceSpec& source);
  Action write(const SourceSpec& source, const std::string& path, const std::string& how) const;
  void edit(SourceSpec& source, Rows& rows);
  Script append(SourceSpec& source, const std::string& path);
  Script change_table(SourceSpec& source);

  Random& random_;
};

}  // namespace matview::property
