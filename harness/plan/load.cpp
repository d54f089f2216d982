#include "harness/plan/load.h"

#include "harness/json/read_bytes.h"
#include "harness/plan/include.h"
#include "harness/plan/read_plan.h"
#include "harness/util/digest.h"

namespace mqtts::plan {
Loaded parse_plan(std::string_view text, const std::string& path, const Overrides& overrides, ProbeKinds kinds) {
  json::Diagnostics problems(path, text);
  Loaded loaded;
  if (auto root = json::parse_json(text, problems)) {
    const auto before = problems.count();
    merge_includes(*root, path, problems);
    if (problems.count() == before) loaded.plan = read_plan(*root, overrides, kinds, problems);
  }
  loaded.problems = problems.list();
  if (!loaded.problems.empty()) loaded.plan.reset();
  if (loaded.plan) {
    loaded.plan->path = path;
    loaded.plan->sha256 = sha256_hex(problems.all_texts());
  }
  return loaded;
}

Loaded load_plan(const std::string& path, const Overrides& overrides, ProbeKinds kinds) {
  Loaded loaded;
  const auto bytes = json::read_bytes(path, loaded.problems);
  return bytes ? parse_plan(*bytes, path, overrides, kinds) : loaded;
}

}  // namespace mqtts::plan
