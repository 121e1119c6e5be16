#include "app/run_end.hpp"

#include <chrono>

namespace matview::app {

bool out_of_time(const Control& control) {
  return control.deadline && std::chrono::steady_clock::now() >= *control.deadline;
}

bool ends_run(const Error& error, const Control& control) {
  return error.code == ErrorCode::interrupted || error.code == ErrorCode::terminated ||
         (error.code == ErrorCode::timeout && out_of_time(control));
}

}  // namespace matview::app
