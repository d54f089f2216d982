#include "harness/probes/signed_rank.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace mqtts::probes {
namespace {

// Of every two differences, and of each with itself; ascending.
std::vector<double> means_of_two(const std::vector<double>& differences) {
  std::vector<double> means;
  means.reserve(differences.size() * (differences.size() + 1) / 2);
  for (std::size_t i = 0; i < differences.size(); ++i)
    for (std::size_t k = i; k < differences.size(); ++k) means.push_back((differences[i] + differences[k]) / 2);
  std::ranges::sort(means);
  return means;
}

double median_of_sorted(const std::vector<double>& sorted) {
  const auto middle = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

}  // namespace

Shift shift_of(const std::vector<double>& differences, double z) {
  constexpr auto infinity = std::numeric_limits<double>::infinity();
  if (differences.size() < fewest_pairs) return {.low = -infinity, .high = infinity};
  const auto n = static_cast<double>(differences.size());
  const double expected = n * (n + 1) / 4;  // the sum of the ranks of the positive differences, where there is no shift
  const double deviation = std::sqrt(n * (n + 1) * (2 * n + 1) / 24);
  const auto means = means_of_two(differences);
  // That sum is the number of positive means (Tukey); a mean of 0 counts half.
  const auto positive = static_cast<double>(std::ranges::count_if(means, [](double each) { return each > 0; }));
  const auto zero = static_cast<double>(std::ranges::count(means, 0.0));
  const double distance = std::max(0.0, std::abs(positive + zero / 2 - expected) - 0.5) / deviation;
  const double outside = std::max(0.0, std::floor(expected - z * deviation));
  const auto last = means.size() - 1;
  const auto skipped = std::min(static_cast<std::size_t>(outside), last / 2);
  return {.estimate = median_of_sorted(means),
          .low = means[skipped],
          .high = means[last - skipped],
          .p_value = std::erfc(distance / std::sqrt(2.0))};
}

}  // namespace mqtts::probes
