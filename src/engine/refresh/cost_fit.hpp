#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace matview::engine {

/// The terms of a cost, in seconds: what each is usually, of one refresh.
constexpr std::size_t k_cost_terms = 5;
using CostTerms = std::array<double, k_cost_terms>;

/// What one refresh cost.
struct CostSample {
  CostTerms usual{};   ///< what its terms would usually cost
  double seconds = 0;  ///< what it took in all
  double weight = 1;   ///< younger ones weigh more
};

/// How many times its usual cost each term has. Near `prior` where samples tell nothing of a term.
CostTerms fit_cost(const std::vector<CostSample>& samples, const CostTerms& prior);

double total_cost(const CostTerms& factors, const CostTerms& usual);

}  // namespace matview::engine
