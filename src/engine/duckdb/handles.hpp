#pragma once

#include <utility>

#include "engine/duckdb/api.hpp"

namespace matview::engine {

/// Owns one object of the C API, whose destroyer takes the object's address.
template <typename T, auto DuckDbApi::*Destroy>
class Handle {
 public:
  explicit Handle(const DuckDbApi& api, T object = {}) : api_(&api), object_(object) {}
  Handle(Handle&& other) noexcept : api_(other.api_), object_(std::exchange(other.object_, T{})) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(api_, other.api_);
    std::swap(object_, other.object_);
    return *this;
  }
  ~Handle() { (api_->*Destroy)(&object_); }

  T& get() { return object_; }
  T* out() { return &object_; }

 private:
  const DuckDbApi* api_;
  T object_;
};

using ConfigHandle = Handle<duckdb_config, &DuckDbApi::destroy_config>;
using DatabaseHandle = Handle<duckdb_database, &DuckDbApi::close>;
using ConnectionHandle = Handle<duckdb_connection, &DuckDbApi::disconnect>;
using ResultHandle = Handle<duckdb_result, &DuckDbApi::destroy_result>;
using ChunkHandle = Handle<duckdb_data_chunk, &DuckDbApi::destroy_data_chunk>;
using TypeHandle = Handle<duckdb_logical_type, &DuckDbApi::destroy_logical_type>;
using ExtractedHandle = Handle<duckdb_extracted_statements, &DuckDbApi::destroy_extracted>;
using PreparedHandle = Handle<duckdb_prepared_statement, &DuckDbApi::destroy_prepare>;
using ErrorHandle = Handle<duckdb_error_data, &DuckDbApi::destroy_error_data>;
using PendingHandle = Handle<duckdb_pending_result, &DuckDbApi::destroy_pending>;

}  // namespace matview::engine
