// Any bytes as a plan or target file: no crash, every problem has a place in the file, a plan that is taken is allowed
// by the schema too, and it can be expanded.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "harness/plan/expand.h"
#include "harness/plan/load.h"
#include "harness/plan/schemas.h"
#include "harness/targets/load_target.h"
#include "tests/plan/good_plan.h"
#include "tests/support/schema_check.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mqtts::plan;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto loaded = parse_plan(text, "p.json");
  must(loaded.plan.has_value() == loaded.problems.empty());
  for (const auto& problem : loaded.problems) must(!problem.message.empty() && problem.line >= 0);
  if (loaded.plan) {
    must(test::schema_allows(plan_schema(), text));
    expand(*loaded.plan, {{"broker.address", "192.0.2.7"}}, [] { return "random"; });
  }
  const auto target = parse_target(text, "/t.json");
  must(target.target.has_value() == target.problems.empty());
  if (target.target) must(test::schema_allows(target_schema(), text));
  return 0;
}
