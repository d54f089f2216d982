// Reproducible shuffle.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/util/seeded_random.h"

namespace mqtts {

// Returns `items` in an order drawn from `seed` for the purpose `label` (Fisher-Yates shuffle); unchanged if the seed
// is empty. At most 2^16 items.
template <class T>
std::vector<T> shuffled(std::vector<T> items, std::string_view seed, std::string_view label) {
  if (seed.empty() || items.empty()) return items;
  const auto own_seed = derive(seed, label);
  for (std::size_t i = items.size() - 1; i > 0; --i)
    std::swap(items[i], items[draw_number(own_seed, std::to_string(i), i + 1)]);
  return items;
}

}  // namespace mqtts
