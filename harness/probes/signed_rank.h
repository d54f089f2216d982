// By how much one of two paired measurements exceeds the other: Wilcoxon's signed-rank test, and the estimate and
// confidence interval that belong to it (Hodges and Lehmann). Pure. No measurement needs to be normally distributed,
// and single outliers do not matter; pairs taken side by side and in random order cancel what drifts.
#pragma once

#include <cstddef>
#include <vector>

namespace mqtts::probes {

struct Shift {
  double estimate = 0;  // median of all means of two differences
  double low = 0;       // interval of confidence
  double high = 0;
  double p_value = 1;  // two-sided, of differences so large by chance
};

// The normal approximation holds from this number of pairs on.
constexpr std::size_t fewest_pairs = 20;

// `z`: how many standard deviations wide the interval is to each side; 3.6 is a confidence of 99.97 %. An estimate of 0
// within -infinity to infinity for less than fewest_pairs differences.
Shift shift_of(const std::vector<double>& differences, double z);

}  // namespace mqtts::probes
