#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "providers/lance/wire.hpp"

namespace matview::providers::lance {

// What the specification has for tables, which views are.

/// One page of the tables of a namespace.
HttpRequest list_tables(const Endpoint& endpoint, const Identifier& space, std::string_view token);

/// One page of all tables, by their whole paths.
HttpRequest list_all_tables(const Endpoint& endpoint, const Identifier& root, std::string_view token);

/// With schema and metadata.
HttpRequest describe_table(const Endpoint& endpoint, const Identifier& table);

HttpRequest table_exists(const Endpoint& endpoint, const Identifier& table);

/// Has no body.
HttpRequest drop_table(const Endpoint& endpoint, const Identifier& table);

/// The newest versions. Has no body.
HttpRequest list_versions(const Endpoint& endpoint, const Identifier& table, std::int64_t limit);

/// Rows and bytes.
HttpRequest table_stats(const Endpoint& endpoint, const Identifier& table);

}  // namespace matview::providers::lance
