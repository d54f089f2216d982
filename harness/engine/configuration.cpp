#include "harness/engine/configuration.h"

#include <algorithm>

namespace mqtts::engine {

std::vector<const StageSpec*> ladder_to(const Plan& plan, const StageSpec& stage) {
  std::vector<const StageSpec*> ladder{&stage};
  while (!ladder.back()->after.empty()) {
    const auto below = std::ranges::find(plan.stages, ladder.back()->after, &StageSpec::id);
    if (below == plan.stages.end()) break;
    ladder.push_back(&*below);
  }
  std::ranges::reverse(ladder);
  return ladder;
}

std::vector<std::string> configuration_lines(const Plan& plan, const StageSpec& stage,
                                             const std::vector<std::string>& base) {
  std::vector<std::string> lines;
  for (const auto* step : ladder_to(plan, stage)) {
    for (const auto& gone : step->without) std::erase(lines, gone);
    lines.insert(lines.end(), step->configuration.begin(), step->configuration.end());
  }
  lines.insert(lines.begin(), base.begin(), base.end());
  return lines;
}

}  // namespace mqtts::engine
