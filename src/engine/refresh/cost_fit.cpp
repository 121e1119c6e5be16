#include "engine/refresh/cost_fit.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace matview::engine {

namespace {

// Relative errors: of a measurement on a machine that does other things too, and of a term's usual cost once the view
// as a whole is known to be so many times dearer than usual.
constexpr double k_noise = 0.15;
constexpr double k_spread = 1.0;
// A measurement that is off by more than this much noise counts less: something else was going on.
constexpr double k_outlier = 2.0;
// No term is cheaper than this part of what the view as a whole suggests: a cost is never below nothing.
constexpr double k_least = 0.05;
// What the usual cost weighs against samples. It only shows when these have grown old.
constexpr double k_usual_weight = 0.05;
constexpr int k_rounds = 4;

using Matrix = std::array<std::array<double, k_cost_terms>, k_cost_terms>;

/// Solves a x = b for a symmetric positive definite `a`, by elimination: the ridge keeps the pivots away from 0.
CostTerms solve(Matrix a, CostTerms b) {
  for (std::size_t column = 0; column < k_cost_terms; ++column)
    for (std::size_t row = column + 1; row < k_cost_terms; ++row) {
      const double factor = a[row][column] / a[column][column];
      for (std::size_t i = column; i < k_cost_terms; ++i) a[row][i] -= factor * a[column][i];
      b[row] -= factor * b[column];
    }
  CostTerms x{};
  for (std::size_t row = k_cost_terms; row-- > 0;) {
    double sum = b[row];
    for (std::size_t i = row + 1; i < k_cost_terms; ++i) sum -= a[row][i] * x[i];
    x[row] = sum / a[row][row];
  }
  return x;
}

/// Takes x[index] = value out of the equations.
void settle(Matrix& a, CostTerms& b, std::size_t index, double value) {
  for (std::size_t i = 0; i < k_cost_terms; ++i) {
    b[i] -= a[i][index] * value;
    a[i][index] = a[index][i] = 0;
  }
  a[index][index] = 1;
  b[index] = value;
}

/// The same with no x below its least value: the one that is furthest below is settled there, until none is.
CostTerms solve_above(Matrix a, CostTerms b, const CostTerms& least) {
  for (std::size_t settled = 0; settled < k_cost_terms; ++settled) {
    const auto x = solve(a, b);
    std::size_t worst = k_cost_terms;
    double depth = 1e-12;
    for (std::size_t i = 0; i < k_cost_terms; ++i)
      if (const double below = (least[i] - x[i]) / least[i]; below > depth) {
        depth = below;
        worst = i;
      }
    if (worst == k_cost_terms) return x;
    settle(a, b, worst, least[worst]);
  }
  return least;
}

/// How many times dearer than `factors` say the samples are as a whole: the middle one, which no single outlier moves.
double scale_of(const std::vector<CostSample>& samples, const CostTerms& factors) {
  std::vector<std::pair<double, double>> ratios;  // logarithm, weight
  double all = 0;
  for (const auto& sample : samples) {
    const double usual = total_cost(factors, sample.usual);
    if (usual <= 0 || sample.seconds <= 0) continue;
    ratios.emplace_back(std::log(sample.seconds / usual), sample.weight);
    all += sample.weight;
  }
  if (ratios.empty()) return 1;
  std::sort(ratios.begin(), ratios.end());
  double seen = 0;
  double middle = ratios.back().first;
  for (const auto& [ratio, weight] : ratios) {
    seen += weight;
    if (seen < all / 2) continue;
    middle = ratio;
    break;
  }
  return std::exp(middle * all / (all + k_usual_weight));
}

/// One step of ridge regression on relative errors, the ridge being at `center`.
CostTerms ridge(const std::vector<CostSample>& samples, const CostTerms& center, const CostTerms& current) {
  Matrix a{};
  CostTerms b{};
  for (std::size_t i = 0; i < k_cost_terms; ++i) {
    const double strength = 1 / (k_spread * k_spread * center[i] * center[i]);
    a[i][i] = strength;
    b[i] = strength * center[i];
  }
  for (const auto& sample : samples) {
    if (sample.seconds <= 0) continue;
    const double error = std::abs(sample.seconds - total_cost(current, sample.usual)) / sample.seconds;
    const double trust = std::min(1.0, k_outlier * k_noise / std::max(error, 1e-12));
    const double scale = k_noise * sample.seconds;
    const double weight = sample.weight * trust / (scale * scale);
    for (std::size_t i = 0; i < k_cost_terms; ++i) {
      for (std::size_t j = 0; j < k_cost_terms; ++j) a[i][j] += weight * sample.usual[i] * sample.usual[j];
      b[i] += weight * sample.usual[i] * sample.seconds;
    }
  }
  CostTerms least{};
  for (std::size_t i = 0; i < k_cost_terms; ++i) least[i] = k_least * center[i];
  return solve_above(a, b, least);
}

}  // namespace

double total_cost(const CostTerms& factors, const CostTerms& usual) {
  double sum = 0;
  for (std::size_t i = 0; i < k_cost_terms; ++i) sum += factors[i] * usual[i];
  return sum;
}

CostTerms fit_cost(const std::vector<CostSample>& samples, const CostTerms& prior) {
  const double scale = scale_of(samples, prior);
  auto center = prior;
  for (auto& factor : center) factor *= scale;
  auto factors = center;
  for (int round = 0; round < k_rounds; ++round) factors = ridge(samples, center, factors);
  return factors;
}

}  // namespace matview::engine
