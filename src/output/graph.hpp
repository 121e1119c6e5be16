#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "matview/view.hpp"
#include "output/format.hpp"
#include "output/sink.hpp"

namespace matview::output {

/// Views and what reads from what.
struct Graph {
  struct Edge {
    std::size_t from = 0;   ///< index of the view that is read
    std::size_t to = 0;     ///< of the one that reads it
    bool declared = false;  ///< the views file says so, and not the backend
  };
  std::vector<View> views;
  std::vector<Edge> edges;
};

/// Languages that other programs draw graphs from.
enum class Drawing { dot, mermaid };
std::optional<Drawing> drawing_from(std::string_view text);

/// A tree of text: what reads a view stands below it. A view that reads several stands below each, with what reads it
/// only the first time. JSON is one document, {"schema_version", "nodes", "edges"}; jsonl one event a line, with "node"
/// or "edge"; csv has a line for each edge, name one for each view.
Result<void> print_graph(Sink& sink, const Graph& graph, Format format, const Style& style);

/// Arrows go from what is read to what reads it; those of the views file are dashed.
Result<void> print_drawing(Sink& sink, const Graph& graph, Drawing drawing, const Style& style);

}  // namespace matview::output
