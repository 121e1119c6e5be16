#include "engine/sources/syntax.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/duckdb/sql_text.hpp"

namespace matview::engine {

namespace {

using Json = nlohmann::json;
using Names = std::set<std::string>;

std::string text_at(const Json& node, const char* key) {
  const auto found = node.find(key);
  return found != node.end() && found->is_string() ? found->get<std::string>() : "";
}

std::optional<std::string> constant_string(const Json& node) {
  if (text_at(node, "class") != "CONSTANT") return std::nullopt;
  const auto& value = node.at("value");
  if (text_at(value.at("type"), "id") != "VARCHAR" || value.value("is_null", true)) return std::nullopt;
  return value.at("value").get<std::string>();
}

std::optional<std::vector<std::string>> constant_strings(const Json& node) {
  if (auto one = constant_string(node)) return std::vector{*std::move(one)};
  if (text_at(node, "class") != "FUNCTION" || text_at(node, "function_name") != "list_value") return std::nullopt;
  std::vector<std::string> all;
  for (const auto& child : node.at("children")) {
    auto one = constant_string(child);
    if (!one) return std::nullopt;
    all.push_back(*std::move(one));
  }
  return all;
}

/// `name = value` is a comparison to DuckDB's parser; `name := value` and `name => value` give the value an alias.
std::string argument_name(const Json& node) {
  if (text_at(node, "type") == "COMPARE_EQUAL" && text_at(node.at("left"), "class") == "COLUMN_REF")
    return fold_case(node.at("left").at("column_names").back().get<std::string>());
  return fold_case(text_at(node, "alias"));
}

const Json& argument_value(const Json& node) {
  return text_at(node, "type") == "COMPARE_EQUAL" ? node.at("right") : node;
}

/// Walks the tree with the names of common table expressions that are visible where it is.
class Walker {
 public:
  void query_node(const Json& node, Names scope) {
    const auto ctes = node.find("cte_map");
    if (ctes != node.end())
      for (const auto& entry : ctes->at("map")) {
        const auto name = fold_case(text_at(entry, "key"));
        query_node(entry.at("value").at("query").at("node"), scope);
        scope.insert(name);
      }
    const bool recursive = text_at(node, "type") == "RECURSIVE_CTE_NODE";
    for (const auto& [key, child] : node.items()) {
      if (key == "cte_map") continue;
      auto inner = scope;
      if (recursive && key == "right") inner.insert(fold_case(text_at(node, "cte_name")));
      any(child, inner);
    }
  }

  Syntax syntax;
  std::map<std::size_t, Reference> references;

 private:
  void any(const Json& node, const Names& scope) {
    if (node.is_array()) {
      for (const auto& child : node) any(child, scope);
      return;
    }
    if (!node.is_object()) return;
    if (node.contains("cte_map")) return query_node(node, scope);
    look_at(node, scope);
    for (const auto& child : node) any(child, scope);
  }

  void look_at(const Json& node, const Names& scope) {
    const auto type = text_at(node, "type");
    const auto kind = text_at(node, "class");
    if (kind == "COLLATE") syntax.collates = true;
    if (kind == "STAR" || kind == "POSITIONAL_REFERENCE" || type == "PIVOT" || text_at(node, "ref_type") == "NATURAL")
      syntax.lists_all = true;
    if (type == "BASE_TABLE") table(node, scope);
    if (type == "TABLE_FUNCTION") table_function(node);
    if (type == "SHOW_REF") syntax.shows = true;
    if (kind == "PARAMETER") syntax.has_parameters = true;
    if ((kind == "FUNCTION" || kind == "WINDOW") && !node.value("is_operator", false)) function(node);
    if (kind == "COLUMN_REF" && node.at("column_names").size() == 1)
      add_once(syntax.bare_words, fold_case(node.at("column_names")[0].get<std::string>()));
    const auto sample = node.find("sample");
    if (sample != node.end() && sample->is_object() && !has_seed(*sample)) syntax.samples = true;
  }

  static bool has_seed(const Json& sample) {
    const auto seed = sample.find("seed");
    return seed != sample.end() && seed->is_number() && seed->get<double>() >= 0 && seed->get<double>() < 1e18;
  }

  static void add_once(std::vector<std::string>& list, std::string text) {
    if (std::find(list.begin(), list.end(), text) == list.end()) list.push_back(std::move(text));
  }

  void function(const Json& node) {
    auto name = fold_case(text_at(node, "function_name"));
    if (name == "age" && node.at("children").size() == 1) syntax.age_of_now = true;
    if (!text_at(node, "catalog").empty() || !text_at(node, "schema").empty()) add_once(syntax.qualified, name);
    if (const auto catalog = fold_case(text_at(node, "catalog")); !catalog.empty()) name.insert(0, catalog + ".");
    add_once(syntax.functions, std::move(name));
  }

  void table(const Json& node, const Names& scope) {
    Reference reference;
    reference.catalog = text_at(node, "catalog_name");
    reference.schema = text_at(node, "schema_name");
    reference.name = text_at(node, "table_name");
    reference.alias = text_at(node, "alias");
    const bool is_cte = scope.contains(fold_case(reference.name)) && reference.catalog.empty() &&
                        (reference.schema.empty() || fold_case(reference.schema) == "recurring");
    if (!is_cte) references.emplace(node.at("query_location").get<std::size_t>(), std::move(reference));
  }

  void table_function(const Json& node) {
    const auto& call = node.at("function");
    if (text_at(call, "class") != "FUNCTION") return;
    Reference reference;
    reference.is_function = true;
    reference.catalog = text_at(call, "catalog");
    reference.schema = text_at(call, "schema");
    reference.name = fold_case(text_at(call, "function_name"));
    reference.alias = text_at(node, "alias");
    for (const auto& child : call.at("children"))
      reference.arguments.push_back({argument_name(child), "", constant_strings(argument_value(child))});
    references.emplace(node.at("query_location").get<std::size_t>(), std::move(reference));
  }
};

/// The texts of a call's arguments; `at` is behind its opening parenthesis and comes to stand behind the closing one.
std::vector<std::string> argument_texts(std::string_view sql, std::size_t& at) {
  std::vector<std::string> texts;
  int depth = 1;
  auto begin = skip_blanks(sql, at);
  auto end = begin;
  for (at = begin; at < sql.size(); at = skip_blanks(sql, at)) {
    const char c = sql[at];
    if (c == '(' || c == '[' || c == '{') ++depth;
    if (c == ')' || c == ']' || c == '}') --depth;
    const auto next = token_end(sql, at);
    if (depth == 0 || (depth == 1 && c == ',')) {
      if (end > begin) texts.emplace_back(sql.substr(begin, end - begin));
      begin = end = skip_blanks(sql, next);
    } else {
      end = next;
    }
    at = next;
    if (depth == 0) break;
  }
  return texts;
}

/// Where the token before `end` begins; `end` itself if there is none.
std::size_t token_before(std::string_view sql, std::size_t end) {
  auto last = end;
  for (auto at = skip_blanks(sql, 0); at < end; at = skip_blanks(sql, token_end(sql, at))) last = at;
  return last;
}

/// Finds the reference's extent in the text, from the position the parser gave.
Result<void> locate(std::string_view sql, std::size_t begin, Reference& reference) {
  const Error lost = Error(ErrorCode::usage, "cannot find '" + reference.name + "' in the text of the query")
                         .with_hint("write it with plain blanks only");
  if (begin >= sql.size()) return fail(lost);
  reference.begin = begin;
  auto last = begin;
  auto at = token_end(sql, begin);
  for (auto next = skip_blanks(sql, at); next < sql.size() && sql[next] == '.'; next = skip_blanks(sql, at)) {
    last = skip_blanks(sql, next + 1);
    if (last >= sql.size()) return fail(lost);
    at = token_end(sql, last);
  }
  const auto token = sql.substr(last, at - last);
  const bool quoted = token.find_first_of("'\"$") != std::string_view::npos;
  if (!quoted && fold_case(token) != fold_case(reference.name)) return fail(lost);
  reference.end = at;
  if (!reference.is_function) {
    // "TABLE t" takes a name only; "FROM" says the same and takes anything.
    const auto word = token_before(sql, begin);
    if (fold_case(sql.substr(word, token_end(sql, word) - word)) == "table") {
      reference.begin = word;
      reference.prefix = "FROM ";
    }
    return {};
  }
  const auto open = skip_blanks(sql, at);
  if (open >= sql.size() || sql[open] != '(') return fail(lost);
  at = open + 1;
  const auto texts = argument_texts(sql, at);
  if (texts.size() != reference.arguments.size()) return fail(lost);
  for (std::size_t i = 0; i < texts.size(); ++i) reference.arguments[i].text = texts[i];
  reference.end = at;
  return {};
}

Result<void> check_statement(Database& database, std::string_view sql) {
  auto parsed = database.parse(sql);
  if (!parsed) {
    parsed.error().code = ErrorCode::usage;
    return fail(std::move(parsed).error());
  }
  const auto refuse = [](std::string why, std::string hint) {
    return fail(Error(ErrorCode::usage, "the query must be one SELECT: " + why).with_hint(std::move(hint)));
  };
  if (parsed->statements == 0) return refuse("there is no statement", "");
  if (parsed->type == "PIVOT")
    return refuse("a PIVOT whose columns come from the data is several statements", "name them: ON x IN (…)");
  if (parsed->statements > 1) return refuse("these are " + std::to_string(parsed->statements) + " statements", "");
  if (parsed->type != "SELECT") return refuse("this is " + (parsed->type.empty() ? "none" : parsed->type), "");
  return {};
}

}  // namespace

Result<Syntax> analyze(Database& database, std::string_view sql) {
  MATVIEW_TRY(check_statement(database, sql));
  return analyze_known(database, sql);
}

Result<Syntax> analyze_known(Database& database, std::string_view sql) {
  MATVIEW_ASSIGN(const auto rows, database.rows("SELECT json_serialize_sql(" + quote_literal(sql) + ")::VARCHAR"));
  Walker walker;
  try {
    walker.query_node(Json::parse(rows.at(0).at(0).value_or("")).at("statements").at(0).at("node"), {});
  } catch (const Json::exception& exception) {
    return fail(ErrorCode::usage, std::string("the query's syntax tree cannot be read: ") + exception.what());
  }
  if (walker.syntax.shows) return fail(ErrorCode::usage, "the query must be one SELECT: this describes a table");
  if (walker.syntax.has_parameters)
    return fail(ErrorCode::usage, "a view's definition has no parameters: there is nothing to give them values");
  for (auto& [begin, reference] : walker.references) {
    reference.location = begin;
    MATVIEW_TRY(locate(sql, begin, reference));
    walker.syntax.references.push_back(std::move(reference));
  }
  return std::move(walker.syntax);
}

std::string substitute(std::string_view sql, const std::vector<Reference>& references,
                       const std::vector<std::string>& replacements) {
  std::string result;
  std::size_t copied = 0;
  for (std::size_t i = 0; i < references.size(); ++i) {
    if (replacements[i].empty() || references[i].begin < copied) continue;
    result += sql.substr(copied, references[i].begin - copied);
    result += references[i].prefix + replacements[i];
    copied = references[i].end;
  }
  return result += sql.substr(copied);
}

}  // namespace matview::engine
