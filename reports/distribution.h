// The distribution of a class's scores, for display only. Pure.
#pragma once

#include <cstddef>
#include <vector>

namespace mqtts::reports {

struct Distribution {
  std::size_t count = 0;
  double mean = 0;
  double lower_quartile = 0;  // quartiles as by QUARTILE.INC of spreadsheets: interpolated
  double median = 0;
  double upper_quartile = 0;
  bool operator==(const Distribution&) const = default;
};

// All 0 without scores. A score that is not finite counts as 0, as in results.json.
Distribution distribution_of(std::vector<double> marks);

struct Bin {
  double from = 0;  // inclusive
  double to = 0;    // exclusive
  std::size_t count = 0;
  bool operator==(const Bin&) const = default;
};

// Bins from 0 to `most`, in steps of 1 if that gives few bins, else ten equal ones. The last also counts `most` and
// scores above it (bonus points), the first those below 0. Empty if `most` is not above 0.
std::vector<Bin> histogram_of(const std::vector<double>& marks, double most);

}  // namespace mqtts::reports
