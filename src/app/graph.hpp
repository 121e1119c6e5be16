#pragma once

#include "app/selection.hpp"
#include "output/graph.hpp"

namespace matview::app {

/// The selected views and what among them reads from what: as the backends tell it, and as the views file does across
/// them. Errors are those of `select`.
Result<output::Graph> dependency_graph(Workspace& workspace, const Selector& selector, SelectionNeeds needs,
                                       Control& control);

}  // namespace matview::app
