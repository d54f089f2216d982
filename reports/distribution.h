// How the marks of a class lie, for showing only. Pure.
#pragma once

#include <cstddef>
#include <vector>

namespace mqtts::reports {

struct Distribution {
  std::size_t count = 0;
  double mean = 0;
  double lower_quartile = 0;  // quartiles as spreadsheets' QUARTILE.INC has them: interpolated between marks
  double median = 0;
  double upper_quartile = 0;
  bool operator==(const Distribution&) const = default;
};

// All 0 for no marks. A mark that is not finite counts as 0, as in results.json.
Distribution distribution_of(std::vector<double> marks);

struct Bin {
  double from = 0;  // counted in
  double to = 0;    // counted in the next one
  std::size_t count = 0;
  bool operator==(const Bin&) const = default;
};

// From 0 to `most`, in steps of 1 if there are few, else in ten equal ones. The last takes `most` and all beyond it, as
// a bonus may give; the first all below 0. Empty if `most` is not above 0.
std::vector<Bin> histogram_of(const std::vector<double>& marks, double most);

}  // namespace mqtts::reports
