#include "providers/postgres/sql.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "support/text.hpp"

namespace matview::providers::postgres {

namespace {

std::vector<std::string> quoted_all(const std::vector<std::string>& names) {
  std::vector<std::string> result;
  for (const auto& name : names) result.push_back(quote_identifier(name));
  return result;
}

bool all_of(std::string_view text, std::string_view others) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](unsigned char c) {
    return std::isalnum(c) != 0 || others.find(static_cast<char>(c)) != std::string_view::npos;
  });
}

}  // namespace

std::string trimmed_query(std::string_view query) {
  const auto end = query.find_last_not_of(" \t\r\n;");
  return std::string(end == std::string_view::npos ? std::string_view() : query.substr(0, end + 1));
}

std::string create_sql(const Definition& definition, bool with_data) {
  std::string sql = "CREATE MATERIALIZED VIEW " + quoted(definition.name);
  if (!definition.access_method.empty()) sql += " USING " + quote_identifier(definition.access_method);
  if (!definition.storage.empty()) sql += fmt::format(" WITH ({})", support::join(definition.storage, ", "));
  if (!definition.tablespace.empty()) sql += " TABLESPACE " + quote_identifier(definition.tablespace);
  return fmt::format("{} AS\n{}\nWITH {}", sql, definition.query, with_data ? "DATA" : "NO DATA");
}

std::string unique_index_sql(const Definition& definition) {
  return fmt::format("CREATE UNIQUE INDEX ON {} ({})", quoted(definition.name),
                     support::join(quoted_all(definition.unique_index), ", "));
}

std::string refresh_sql(const QualifiedName& name, bool concurrently) {
  return fmt::format("REFRESH MATERIALIZED VIEW {}{}", concurrently ? "CONCURRENTLY " : "", quoted(name));
}

std::string drop_sql(const QualifiedName& name) { return "DROP MATERIALIZED VIEW " + quoted(name); }

Result<std::string> storage_parameter(std::string_view text) {
  const auto equals = text.find('=');
  const auto key = text.substr(0, equals);
  const auto value = equals == std::string_view::npos ? std::string_view() : text.substr(equals + 1);
  if (!all_of(key, "_.") || !all_of(value, "_.-"))
    return fail(ErrorCode::usage,
                fmt::format("'{}' is no KEY=VALUE such as fillfactor=70", support::strip_control(text)));
  return fmt::format("{} = {}", key, value);
}

std::string verify_sql(const QualifiedName& name, std::string_view query, const std::vector<ComparedColumn>& columns,
                       std::int64_t samples) {
  std::vector<std::string> list;
  for (const auto& column : columns) {
    const auto identifier = quote_identifier(column.name);
    list.push_back(column.as_text ? fmt::format("{0}::text AS {0}", identifier) : identifier);
  }
  return fmt::format(
      "WITH stored AS MATERIALIZED (SELECT {0} FROM {1}),\n"
      "computed AS MATERIALIZED (SELECT {0} FROM (\n{2}\n) AS definition),\n"
      "missing AS MATERIALIZED (SELECT * FROM computed EXCEPT ALL SELECT * FROM stored),\n"
      "extra AS MATERIALIZED (SELECT * FROM stored EXCEPT ALL SELECT * FROM computed)\n"
      "SELECT (SELECT count(*) FROM stored), (SELECT count(*) FROM missing), (SELECT count(*) FROM extra),\n"
      "(SELECT json_agg(sample) FROM (SELECT * FROM missing LIMIT {3}) AS sample),\n"
      "(SELECT json_agg(sample) FROM (SELECT * FROM extra LIMIT {3}) AS sample)",
      support::join(list, ", "), quoted(name), query, std::max<std::int64_t>(samples, 0));
}

}  // namespace matview::providers::postgres
