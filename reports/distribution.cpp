#include "reports/distribution.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "reports/numbers.h"

namespace mqtts::reports {
namespace {

constexpr int few = 10;

double quantile(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const auto above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
}

}  // namespace

Distribution distribution_of(std::vector<double> marks) {
  if (marks.empty()) return {};
  std::ranges::transform(marks, marks.begin(), finite);
  std::ranges::sort(marks);
  const double sum = std::accumulate(marks.begin(), marks.end(), 0.0);
  return {.count = marks.size(),
          .mean = sum / static_cast<double>(marks.size()),
          .lower_quartile = quantile(marks, 0.25),
          .median = quantile(marks, 0.5),
          .upper_quartile = quantile(marks, 0.75)};
}

std::vector<Bin> histogram_of(const std::vector<double>& marks, double most) {
  if (!std::isfinite(most) || most <= 0) return {};
  const bool has_few_steps = most <= few && most == std::floor(most);
  const int steps = has_few_steps ? static_cast<int>(most) : few;
  std::vector<Bin> bins;
  bins.reserve(static_cast<std::size_t>(steps));
  for (int i = 0; i < steps; ++i) bins.push_back({most * i / steps, most * (i + 1) / steps, 0});
  for (const auto mark : marks) {
    const double place = std::clamp(finite(mark) / most * steps, 0.0, static_cast<double>(steps - 1));
    ++bins[static_cast<std::size_t>(place)].count;
  }
  return bins;
}

}  // namespace mqtts::reports
