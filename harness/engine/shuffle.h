// An order that nobody can foretell, and that the seed tells again.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/model/seed.h"

namespace mqtts::engine {

// `items` in an order that is drawn from `seed` for what `label` says (Fisher and Yates' shuffle); as they stand if the
// seed is empty. At most 2^16 items: then no order is favoured by more than one in 2^48.
template <class T>
std::vector<T> shuffled(std::vector<T> items, std::string_view seed, std::string_view label) {
  if (seed.empty() || items.empty()) return items;
  const auto bytes = draw(seed, label, 8 * items.size());
  for (std::size_t i = items.size() - 1; i > 0; --i) {
    std::uint64_t number = 0;
    for (std::size_t k = 0; k < 8; ++k) number = number << 8 | static_cast<unsigned char>(bytes[8 * i + k]);
    std::swap(items[i], items[number % (i + 1)]);
  }
  return items;
}

}  // namespace mqtts::engine
