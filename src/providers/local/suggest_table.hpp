#pragma once

#include "engine/store/store.hpp"
#include "matview/error.hpp"

namespace matview::providers {

/// The error of a query that names a table which is not there, with a hint: the view of the most similar name, or where
/// tables come from. Any other error as it is.
Error suggest_table(Error error, engine::Store& store);

}  // namespace matview::providers
