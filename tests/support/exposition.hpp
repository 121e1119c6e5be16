#pragma once

#include <map>
#include <string>
#include <string_view>

namespace matview::test {

/// Series of a document in Prometheus' text format, by `name{label="value",…}` with the labels sorted and unescaped
/// values in quotes; the value is the text that stands there.
using Series = std::map<std::string, std::string>;

/// Reads the document as strictly as the format is written down (prometheus.io, "Exposition formats", 0.0.4), and as a
/// textfile collector demands: HELP and TYPE before the series, all series of a metric together, none twice, no time
/// stamps, a line end at the end. Throws std::runtime_error that names the line.
Series parse_exposition(std::string_view text);

}  // namespace matview::test
