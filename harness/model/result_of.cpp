#include "harness/model/result_of.h"

#include <utility>

namespace mqtts {

CheckResult result_of(const CheckSpec& check, Verdict verdict, Message why) {
  return {.id = check.id,
          .title = check.title,
          .hint = check.hint,
          .tags = check.tags,
          .verdict = verdict,
          .points = verdict == Verdict::pass ? check.points : 0,
          .max_points = check.points,
          .control = check.control,
          .changed = check.changed,
          .expected = check.expected,
          .message = std::move(why)};
}

}  // namespace mqtts
