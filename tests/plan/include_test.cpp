#include "harness/plan/include.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/plan/schemas.h"
#include "tests/plan/good_plan.h"
#include "tests/support/schema_check.h"
#include "tests/support/temporary_folder.h"

namespace mqtts::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto base = R"({
  "schema": "mqtts-harness/plan/v1", "name": "base",
  "materials": { "accounts": { "ann": "${random}" } },
  "listeners": { "plain": { "port": 1883 } },
  "stages": [
    { "id": "password", "configuration": ["allow_anonymous false"],
      "checks": [
        { "id": "in", "points": 2, "client": { "listener": "plain", "account": "ann" }, "expect": "accepted" },
        { "id": "out", "control": "in", "change": { "account": null }, "expect": { "refused": "mqtt" } }
      ] }
  ]
})";

class Include : public ::testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) { std::ofstream(folder.path() + "/" + name) << text; }
  Loaded load(const std::string& name = "plan.json") { return load_plan(folder.path() + "/" + name, {}, probes::kinds()); }
  static std::string faults(const Loaded& loaded) {
    std::string all;
    for (const auto& problem : loaded.problems)
      all += problem.file.substr(problem.file.rfind('/') + 1) + ":" + std::to_string(problem.line) + ":" +
             std::to_string(problem.column) + ": " + to_english(problem.message) + "\n";
    return all;
  }
  static std::vector<std::string> ids(const StageSpec& stage) {
    std::vector<std::string> all;
    for (const auto& check : stage.checks) all.push_back(check.id);
    return all;
  }

  test::TemporaryFolder folder;
};

TEST_F(Include, puts_the_plans_own_words_first) {
  write("base.json", base);
  write("plan.json", R"({
    "schema": "mqtts-harness/plan/v1", "name": "mine", "include": ["base.json"],
    "listeners": { "plain": { "port": 2883 }, "tls": { "port": 8883, "tls": true } },
    "stages": [
      { "id": "password", "configuration": ["allow_anonymous false", "password_file /p"],
        "checks": [
          { "id": "in", "points": 5 },
          { "id": "wrong", "control": "in", "change": { "password": "${random}" }, "expect": { "refused": "mqtt" } }
        ] },
      { "id": "more", "after": "password",
        "checks": [{ "id": "tls-in", "client": { "listener": "tls", "account": "ann" }, "expect": "accepted" }] }
    ]
  })");
  const auto loaded = load();
  ASSERT_TRUE(loaded.plan) << faults(loaded);
  EXPECT_EQ(loaded.plan->name, "mine");
  EXPECT_EQ(loaded.plan->listeners.at("plain").port, "2883");
  ASSERT_EQ(loaded.plan->stages.size(), 2U);
  const auto& password = loaded.plan->stages[0];
  EXPECT_THAT(ids(password), ElementsAre("in", "out", "wrong"));
  EXPECT_EQ(password.checks[0].points, 5);
  EXPECT_EQ(password.checks[0].client.account, "ann") << "what the plan does not say is the included one's";
  EXPECT_THAT(password.configuration, ElementsAre("allow_anonymous false", "password_file /p"));
}

TEST_F(Include, leaves_checks_out) {
  write("base.json", base);
  const std::string plan = R"({ "schema": "mqtts-harness/plan/v1", "name": "mine", "include": ["base.json"],
    "stages": [{ "id": "password", "leave_out": ["out"] }] })";
  EXPECT_TRUE(test::schema_allows(plan_schema(), plan));
  write("plan.json", plan);
  const auto loaded = load();
  ASSERT_TRUE(loaded.plan) << faults(loaded);
  EXPECT_THAT(ids(loaded.plan->stages[0]), ElementsAre("in"));

  write("plan.json", R"({ "schema": "mqtts-harness/plan/v1", "name": "mine", "include": ["base.json"],
    "stages": [{ "id": "password",
      "leave_out": ["uot"] }] })");
  EXPECT_EQ(faults(load()), "plan.json:3:21: there is no check \"uot\" here to leave out\n");
}

TEST_F(Include, tells_problems_in_the_file_that_has_them) {
  std::string bad = base;
  bad.replace(bad.find("\"refused\": \"mqtt\""), 17, "\"refused\": \"mqttt\"");
  write("base.json", bad);
  write("plan.json", R"({ "schema": "mqtts-harness/plan/v1", "name": "mine", "include": ["base.json"],
    "stages": [{ "id": "password", "chekcs": [] }] })");
  const auto told = faults(load());
  EXPECT_THAT(told, HasSubstr("base.json:9:95: \"refused\" cannot be by \"mqttt\""));
  EXPECT_THAT(told, HasSubstr("plan.json:2:36: unknown key \"chekcs\""));
}

TEST_F(Include, of_a_file_that_is_not_there_or_is_no_json_is_told) {
  write("plan.json", R"({ "schema": "mqtts-harness/plan/v1", "name": "mine", "include": ["gone.json"] })");
  EXPECT_THAT(faults(load()), HasSubstr("plan.json:1:66: "));
  write("gone.json", "{\n  nonsense");
  EXPECT_THAT(faults(load()), HasSubstr("gone.json:2:"));
  write("plan.json", R"({ "schema": "mqtts-harness/plan/v1", "name": "mine", "include": "gone.json" })");
  EXPECT_THAT(faults(load()), HasSubstr("\"include\" must be a list"));
}

TEST_F(Include, ends_where_files_include_one_another) {
  write("a.json", R"({ "schema": "mqtts-harness/plan/v1", "name": "a", "include": ["plan.json"] })");
  write("plan.json", R"({ "schema": "mqtts-harness/plan/v1", "name": "mine", "include": ["a.json", "base.json"] })");
  write("base.json", base);
  EXPECT_THAT(faults(load()), HasSubstr("plan.json includes itself"));
  write("plan.json", R"({ "schema": "mqtts-harness/plan/v1", "name": "mine", "include": ["plan.json"] })");
  EXPECT_THAT(faults(load()), HasSubstr("includes itself"));
}

TEST_F(Include, changes_the_plans_hash_with_what_is_included) {
  write("base.json", base);
  write("plan.json", R"({ "schema": "mqtts-harness/plan/v1", "name": "mine", "include": ["base.json"] })");
  const auto before = load();
  ASSERT_TRUE(before.plan) << faults(before);
  write("base.json", std::string(base) + "\n");
  EXPECT_NE(load().plan->sha256, before.plan->sha256);
}

}  // namespace
}  // namespace mqtts::plan
