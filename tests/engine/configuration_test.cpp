#include "harness/engine/configuration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/lab_plan.h"

namespace mqtts::engine {
namespace {

using ::testing::ElementsAre;

TEST(Configuration, stages_build_on_each_other) {
  const auto plan = lab_plan();
  EXPECT_THAT(configuration_lines(plan, plan.stages[3], {"log_type all"}),
              ElementsAre("log_type all", "listener 8883", "allow_anonymous false", "require_certificate true"));
}

TEST(Configuration, a_line_taken_away_may_come_back) {
  Plan plan;
  plan.stages = {{.id = "a", .configuration = {"x 1", "y"}},
                 {.id = "b", .after = "a", .without = {"x 1"}},
                 {.id = "c", .after = "b", .configuration = {"x 1"}}};
  EXPECT_THAT(configuration_lines(plan, plan.stages[1], {}), ElementsAre("y"));
  EXPECT_THAT(configuration_lines(plan, plan.stages[2], {}), ElementsAre("y", "x 1"));
}

}  // namespace
}  // namespace mqtts::engine
