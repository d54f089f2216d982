// Any bytes as a payload: no crash, and each kind is told once, in their order.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string_view>

#include "harness/audit/personal_data.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto kinds = mqtts::audit::suspected_in({reinterpret_cast<const char*>(data), size});
  if (std::ranges::adjacent_find(kinds, std::ranges::greater_equal()) != kinds.end()) std::abort();
  return 0;
}
