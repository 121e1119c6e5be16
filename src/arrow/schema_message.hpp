#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "arrow/schema.hpp"
#include "matview/result.hpp"

namespace matview::arrow {

/// The schema as one encapsulated IPC message (Arrow columnar format 1.x, "Encapsulated message format"), metadata
/// version 5, without a body: FF FF FF FF, the length of the metadata, the metadata.
std::string encode_schema(const Schema& schema);

struct DecodedSchema {
  Schema schema;
  std::size_t begin = 0;  ///< where the message begins: behind the magic bytes of a file
  std::size_t size = 0;   ///< bytes of the message, its padding included; what follows was not looked at
};

/// Reads the schema at the beginning of an IPC message, stream or file. Safe with any bytes. `usage` where they are no
/// such thing.
Result<DecodedSchema> decode_schema(std::string_view bytes);

/// True for what is meant to be an IPC message, stream or file, and not text.
bool is_ipc(std::string_view bytes);

}  // namespace matview::arrow
