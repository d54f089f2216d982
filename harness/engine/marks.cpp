#include "harness/engine/marks.h"

#include <algorithm>

namespace mqtts::engine {

void add_up(TargetResult& target) {
  target.score = 0;
  target.max_score = 0;
  for (auto& stage : target.stages) {
    stage.points = 0;
    stage.max_points = 0;
    for (const auto& check : stage.checks) {
      stage.points += check.points;
      if (!check.bonus) stage.max_points += check.max_points;
    }
    target.score += stage.points;
    target.max_score += stage.max_points;
  }
  target.score = std::max(0.0, target.score - target.penalty);
}

}  // namespace mqtts::engine
