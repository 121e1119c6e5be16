#include <fmt/format.h>

#include <set>

#include "output/cells.hpp"
#include "output/csv.hpp"
#include "output/graph.hpp"
#include "output/records.hpp"
#include "output/table.hpp"
#include "output/values.hpp"
#include "support/json.hpp"

namespace matview::output {

namespace {

using support::Align;

std::string id_of(const View& view) { return view.profile + ":" + view.name; }

Value node_value(const View& view) {
  const Value whole = to_value(view);
  Value node;
  node.set("id", id_of(view));
  for (const char* key : {"name", "profile", "provider", "kind", "freshness", "state", "refreshed_at", "tags"})
    node.set(key, whole.at(key));
  return node;
}

Value edge_value(const Graph& graph, const Graph::Edge& edge) {
  return Value::Object{
      {"from", id_of(graph.views[edge.from])}, {"to", id_of(graph.views[edge.to])}, {"declared", edge.declared}};
}

/// The lines of the text tree.
class Tree {
 public:
  Tree(const Graph& graph, const Style& style) : graph_(graph), style_(style), readers_(graph.views.size()) {
    std::vector<bool> reads(graph.views.size());
    for (const auto& edge : graph.edges) {
      readers_[edge.from].push_back(edge.to);
      reads[edge.to] = true;
    }
    for (std::size_t view = 0; view < graph.views.size(); ++view)
      if (!reads[view]) add(view, "", "");
    // What is left goes round in a circle.
    for (std::size_t view = 0; view < graph.views.size(); ++view)
      if (!shown_.contains(view)) add(view, "", "");
  }

  std::string render() const { return table_.render(style_); }

 private:
  void add(std::size_t index, const std::string& branch, const std::string& below) {
    const View& view = graph_.views[index];
    const bool first = shown_.insert(index).second;
    const bool cut = !first && !readers_[index].empty();
    const std::string name = support::strip_control(typed_name(view.profile, view.name, style_));
    const bool failed = view.state == ViewState::error && view.last_job && view.last_job->error;
    table_.add({{branch + name + (cut ? " …" : "")},
                field_cell("freshness", Value(to_string(view.freshness)), style_),
                field_cell("state", Value(to_string(view.state)), style_),
                {cut ? "what reads it is shown above"
                     : support::strip_control(failed ? view.last_job->error->message : view.freshness_reason)}});
    if (!first) return;
    const auto& readers = readers_[index];
    for (std::size_t i = 0; i < readers.size(); ++i) {
      const bool last = i + 1 == readers.size();
      add(readers[i], below + (last ? "└─ " : "├─ "), below + (last ? "   " : "│  "));
    }
  }

  const Graph& graph_;
  const Style& style_;
  std::vector<std::vector<std::size_t>> readers_;
  std::set<std::size_t> shown_;
  Table table_{{{"NAME", Align::left, 1, 16}, {"FRESHNESS"}, {"STATE"}, {"REASON", Align::left, 3, 12}}};
};

std::string lines_of(const Graph& graph, Format format, const Style& style) {
  std::string text;
  switch (format) {
    case Format::jsonl:
      for (const auto& view : graph.views)
        text += support::to_json(Value::Object{{"event", "result"}, {"node", node_value(view)}}) + "\n";
      for (const auto& edge : graph.edges)
        text += support::to_json(Value::Object{{"event", "result"}, {"edge", edge_value(graph, edge)}}) + "\n";
      return text +
             support::to_json(Value::Object{{"event", "summary"},
                                            {"nodes", static_cast<std::int64_t>(graph.views.size())},
                                            {"edges", static_cast<std::int64_t>(graph.edges.size())}}) +
             "\n";
    case Format::csv:
      text = csv_record({"from", "to", "declared"}, style);
      for (const auto& edge : graph.edges)
        text += csv_record({id_of(graph.views[edge.from]), id_of(graph.views[edge.to]), edge.declared}, style);
      return text;
    case Format::name:
      for (const auto& view : graph.views) text += typed_name(view.profile, view.name, style) + "\n";
      return text;
    default: return Tree(graph, style).render();
  }
}

/// Colours that can be told apart on white and on black.
std::string_view colour_of(const View& view) {
  if (view.state == ViewState::error) return "#d62728";
  switch (view.freshness) {
    case Freshness::fresh: return "#2ca02c";
    case Freshness::stale: return "#ff7f0e";
    case Freshness::empty: return "#7f7f7f";
    case Freshness::unknown: break;
  }
  return "#1f77b4";
}

std::string_view word_of(const View& view) {
  return view.state == ViewState::idle ? to_string(view.freshness) : to_string(view.state);
}

/// As DOT reads it between quotes.
std::string dot_text(std::string_view text) {
  std::string safe;
  for (const char c : support::strip_control(text)) {
    if (c == '"' || c == '\\') safe += '\\';
    safe += c;
  }
  return safe;
}

/// As Mermaid reads it between quotes: what could end them, or be markup, by its entity.
std::string mermaid_text(std::string_view text) {
  std::string safe;
  for (const char c : support::strip_control(text)) {
    switch (c) {
      case '"': safe += "#quot;"; break;
      case '#': safe += "#35;"; break;
      case '<': safe += "#lt;"; break;
      case '>': safe += "#gt;"; break;
      case '&': safe += "#amp;"; break;
      default: safe += c;
    }
  }
  return safe;
}

std::string dot(const Graph& graph, const Style& style) {
  std::string text = "digraph matview {\n  rankdir=LR;\n  node [shape=box];\n";
  for (const auto& view : graph.views)
    text += fmt::format("  \"{}\" [label=\"{}\\n{}\", color=\"{}\"];\n", dot_text(id_of(view)),
                        dot_text(typed_name(view.profile, view.name, style)), word_of(view), colour_of(view));
  for (const auto& edge : graph.edges)
    text += fmt::format("  \"{}\" -> \"{}\"{};\n", dot_text(id_of(graph.views[edge.from])),
                        dot_text(id_of(graph.views[edge.to])), edge.declared ? " [style=dashed]" : "");
  return text + "}\n";
}

std::string mermaid(const Graph& graph, const Style& style) {
  std::string text = "flowchart LR\n";
  for (std::size_t i = 0; i < graph.views.size(); ++i) {
    const auto& view = graph.views[i];
    text += fmt::format("  v{}[\"{}<br/>{}\"]\n", i, mermaid_text(typed_name(view.profile, view.name, style)),
                        word_of(view));
  }
  for (const auto& edge : graph.edges)
    text += fmt::format("  v{} {} v{}\n", edge.from, edge.declared ? "-.->" : "-->", edge.to);
  for (std::size_t i = 0; i < graph.views.size(); ++i)
    text += fmt::format("  style v{} stroke:{}\n", i, colour_of(graph.views[i]));
  return text;
}

}  // namespace

std::optional<Drawing> drawing_from(std::string_view text) {
  if (text == "dot") return Drawing::dot;
  if (text == "mermaid") return Drawing::mermaid;
  return std::nullopt;
}

Result<void> print_graph(Sink& sink, const Graph& graph, Format format, const Style& style) {
  if (format != Format::json) return print_text(sink, lines_of(graph, format, style), style);
  Value nodes = Value::array();
  for (const auto& view : graph.views) nodes.push(node_value(view));
  Value edges = Value::array();
  for (const auto& edge : graph.edges) edges.push(edge_value(graph, edge));
  Value document = versioned("nodes", std::move(nodes));
  document.set("edges", std::move(edges));
  return print_text(sink, support::to_json(document, true) + "\n", style);
}

Result<void> print_drawing(Sink& sink, const Graph& graph, Drawing drawing, const Style& style) {
  return print_text(sink, drawing == Drawing::dot ? dot(graph, style) : mermaid(graph, style), style);
}

}  // namespace matview::output
