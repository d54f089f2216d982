// Any bytes give a report or an Error; a report that was read is written and read back unchanged.
#include <cstdint>
#include <cstdlib>

#include "reports/console.h"
#include "reports/junit.h"
#include "reports/results_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mqtts;
  const auto report = reports::read_results({reinterpret_cast<const char*>(data), size});
  if (!report) return 0;
  const reports::Translator tr(Lang::fr);
  const auto text = reports::results_text(*report, tr);
  const auto again = reports::read_results(text);
  if (!again || reports::results_text(*again, tr) != text) std::abort();
  reports::junit(*report, tr);
  reports::summary(*report, tr, {.color = true});
  return 0;
}
