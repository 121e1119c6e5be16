#pragma once

#include <functional>
#include <string>
#include <vector>

#include "matview/value.hpp"
#include "output/format.hpp"
#include "output/print.hpp"
#include "output/sink.hpp"
#include "output/table.hpp"

namespace matview::output {

/// A column of a table of documents.
struct RecordColumn {
  TableColumn column;
  std::string key;  ///< of the document
  bool wide = false;
  /// How its cell is made; `field_cell` of `key` if there is none.
  std::function<Cell(const Value& document, const Style& style)> cell = {};
};

/// Documents of one kind and all that is needed to print them in any format.
struct Records {
  std::string plural;    ///< the key of the list in a JSON document: "views"
  std::string singular;  ///< the key of one in an event: "view"
  std::vector<Value> documents;
  std::vector<std::string> keys;  ///< all of them, in order
  std::vector<RecordColumn> columns;
  std::function<std::string(const Value& document, const Style& style)> name;  ///< for -o name
  Value::Object beside = {};  ///< what stands beside the list in a JSON document
  Failures failures = {};     ///< in JSON only
};

/// Prints them; under `quiet` only flushes.
Result<void> print_records(Sink& sink, const Records& records, Format format, const Style& style,
                           const std::vector<std::string>& fields = {});

/// {"schema_version":1, KEY: value}, as every JSON document starts.
Value versioned(std::string key, Value value);

/// Writes a whole text and flushes; nothing under `quiet`.
Result<void> print_text(Sink& sink, std::string_view text, const Style& style);

}  // namespace matview::output
