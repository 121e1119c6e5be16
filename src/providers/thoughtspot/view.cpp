#include "providers/thoughtspot/view.hpp"

#include <cctype>

#include "support/members.hpp"
#include "support/time_text.hpp"

namespace matview::providers::thoughtspot {

namespace {

/// Letters only, in lower case: "In Progress" and "IN_PROGRESS" are one word.
std::string letters(std::string_view text) {
  std::string result;
  for (const unsigned char c : text)
    if (std::isalpha(c)) result += static_cast<char>(std::tolower(c));
  return result;
}

void take_word(View& view, const std::string& word) {
  if (word == "materialized") view.freshness = Freshness::fresh;
  if (word == "stale") {
    view.freshness = Freshness::stale;
    view.freshness_reason = "ThoughtSpot says so";
  }
  if (word == "queued" || word == "inprogress") view.state = ViewState::refreshing;
  if (word == "error") view.state = ViewState::error;
}

}  // namespace

void read_status(View& view, const Value& members) {
  const auto* object = members.if_object();
  if (object == nullptr) return;
  for (const auto& [key, member] : *object) {
    const auto name = letters(key);
    const auto* text = member.if_string();
    if (text != nullptr && (name.ends_with("status") || name.ends_with("state"))) take_word(view, letters(*text));
  }
}

View to_view(const Header& header, const ProviderContext& context) {
  View view;
  view.name = header.name;
  view.profile = context.profile;
  view.provider = "thoughtspot";
  view.created_at = header.created;
  view.tags = header.tags;
  view.native.set("guid", header.id);
  view.native.set("subtype", support::text_or_null(header.type));
  view.native.set("description", support::text_or_null(header.description));
  view.native.set("author", support::text_or_null(header.author));
  view.native.set("author_guid", support::text_or_null(header.author_id));
  view.native.set("created", support::time_or_null(header.created));
  view.native.set("modified", support::time_or_null(header.modified));
  view.native.set("modified_by", support::text_or_null(header.modified_by));
  if (!header.materialization.is_null()) view.native.set("status", header.materialization);
  read_status(view, header.materialization);
  return view;
}

void add_details(View& view, const Details& details) {
  for (const auto& [name, type] : details.columns) view.columns.push_back({name, type});
  for (const auto& table : details.tables) {
    Source source;
    source.name = table;
    source.kind = "table";
    view.sources.push_back(std::move(source));
  }
  if (!details.sql.empty()) view.definition = details.sql;
  if (details.materialization.is_null()) return;
  view.native.set("status", details.materialization);
  read_status(view, details.materialization);
}

void add_materialization(View& view, const std::optional<Materialization>& materialization) {
  if (!materialization) return;
  Value config = materialization->raw;
  if (!materialization->window.empty()) config.set("window", materialization->window);
  view.native.set("materialization_config", std::move(config));
}

}  // namespace matview::providers::thoughtspot
