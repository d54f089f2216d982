#include "harness/cli/selection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mqtts::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Texts = std::vector<std::string>;

CheckSpec check(const std::string& id, double points, const std::string& control = {}, const Texts& needs = {}) {
  CheckSpec check;
  check.id = id;
  check.points = points;
  check.control = control;
  check.needs = needs;
  return check;
}

Plan plan_of_two_stages() {
  Plan plan;
  plan.stages = {{.id = "tls", .checks = {check("accepted", 1), check("closed", 2, "accepted")}},
                 {.id = "password",
                  .checks = {check("valid", 3), check("wrong", 4, "valid", {"closed"}), check("unknown", 5, "valid")}}};
  return plan;
}

// "closed=2"
Texts worths(const Plan& plan) {
  Texts all;
  for (const auto& stage : plan.stages)
    for (const auto& check : stage.checks)
      all.push_back(check.id + "=" + std::to_string(static_cast<int>(check.points)));
  return all;
}

TEST(SelectedPart, of_all_is_the_plan) {
  EXPECT_EQ(worths(selected_part(plan_of_two_stages(), {})), worths(plan_of_two_stages()));
}

TEST(SelectedPart, of_a_stage_is_that_stages_checks) {
  const auto part = selected_part(plan_of_two_stages(), {.stages = {"tls"}});
  EXPECT_THAT(worths(part), ElementsAre("accepted=1", "closed=2"));
  EXPECT_EQ(part.stages.size(), 2U) << "what the others put on the host is the lab's own";
}

TEST(SelectedPart, keeps_what_a_check_leans_on_or_needs_but_gives_no_points_for_it) {
  EXPECT_THAT(worths(selected_part(plan_of_two_stages(), {.checks = {"wrong"}})),
              ElementsAre("accepted=0", "closed=0", "valid=0", "wrong=4"));
}

TEST(Selection, can_be_told_as_texts_and_read_again) {
  const Selection selection{.stages = {"tls", "a=b"}, .checks = {"*-rejected"}, .tags = {"t"}, .skipped_tags = {"s"}};
  const auto texts = to_texts(selection);
  EXPECT_THAT(texts, ElementsAre("--stage=tls", "--stage=a=b", "--check=*-rejected", "--tag=t", "--skip-tag=s"));
  EXPECT_EQ(to_texts(selection_from(texts)), texts);
  EXPECT_THAT(to_texts(selection_from({"--other=1", "tls", ""})), IsEmpty());
}

}  // namespace
}  // namespace mqtts::cli
