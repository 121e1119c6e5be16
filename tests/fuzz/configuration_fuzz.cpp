#include <string>

#include "config/document.hpp"
#include "config/layers.hpp"
#include "fuzz/fuzz.hpp"

namespace config = matview::config;

// A configuration file, up to what its keys mean; and a list as it stands in a variable.
MATVIEW_FUZZ_TARGET(input) {
  if (const auto entries = config::parse_document(input, "config.toml")) {
    for (const auto layer : {config::Layer::user_file, config::Layer::project_file}) {
      config::Layers layers;
      if (const auto added = config::add_file(layers, "/home/a/config.toml", layer, *entries); !added)
        MATVIEW_FUZZ_CHECK(added.error().code == matview::ErrorCode::usage);
    }
  } else {
    MATVIEW_FUZZ_CHECK(entries.error().code == matview::ErrorCode::usage);
  }
  if (const auto list = config::parse_list(input)) {
    const auto again = config::parse_list(config::format_list(*list));
    MATVIEW_FUZZ_CHECK(again && *again == *list);
  }
}
