// Flags that are given by the environment.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/program.h"

namespace mqtts::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

class FromEnvironment : public ::testing::Test {
 protected:
  Ended run(std::vector<std::string> arguments, const Environment& environment) const {
    arguments.insert(arguments.begin(), harness());
    return Program(std::move(arguments), folder.path(), environment).end();
  }
  std::vector<std::string> stages(const Environment& environment, std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{"list", lab_plan(), "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto ended = run(arguments, environment);
    EXPECT_EQ(ended.code, 0) << ended.err;
    std::vector<std::string> ids;
    const auto json = nlohmann::json::parse(ended.out, nullptr, false);
    if (json.is_object())
      for (const auto& stage : json["stages"]) ids.push_back(stage["id"]);
    return ids;
  }
  std::string checks(const Environment& environment) const { return run({"list", lab_plan()}, environment).out; }

  Folder folder;
};

TEST_F(FromEnvironment, a_repeatable_flag_takes_commas) {
  using Ids = std::vector<std::string>;
  EXPECT_EQ(stages({{"MQTTS_HARNESS_STAGE", "tls,password"}}), (Ids{"tls", "password"}));
  EXPECT_EQ(stages({{"MQTTS_HARNESS_STAGE", "tls,password"}}, {"--stage", "open"}), Ids{"open"});
  const auto some = checks({{"MQTTS_HARNESS_CHECK", "open-*,tls-accepted"}});
  EXPECT_THAT(some, HasSubstr("open-listener-accepts"));
  EXPECT_THAT(some, HasSubstr("tls-accepted"));
  EXPECT_THAT(some, Not(HasSubstr("anonymous-rejected")));
}

TEST_F(FromEnvironment, tags_take_commas) {
  write(folder / "plan.json", R"({
    "schema": "mqtts-harness/plan/v1", "name": "p", "title": { "en": "P" },
    "listeners": { "plain": { "port": 1883 } },
    "stages": [ { "id": "s", "title": { "en": "S" }, "checks": [
      { "id": "one", "title": { "en": "1" }, "tags": ["a"], "client": { "listener": "plain" }, "expect": "accepted" },
      { "id": "two", "title": { "en": "2" }, "tags": ["b"], "client": { "listener": "plain" }, "expect": "accepted" },
      { "id": "three", "title": { "en": "3" }, "tags": ["c"], "client": { "listener": "plain" }, "expect": "accepted" }
    ] } ] })");
  const auto with = run({"list", "plan.json"}, {{"MQTTS_HARNESS_TAG", "a,b"}});
  EXPECT_THAT(with.out, HasSubstr("two")) << with.err;
  EXPECT_THAT(with.out, Not(HasSubstr("three")));
  const auto without = run({"list", "plan.json"}, {{"MQTTS_HARNESS_SKIP_TAG", "a,b"}});
  EXPECT_THAT(without.out, Not(HasSubstr("two")));
  EXPECT_THAT(without.out, HasSubstr("three")) << without.err;
}

TEST_F(FromEnvironment, reports_take_commas) {
  write(folder / "results.json", read(std::string(GOLDEN_FOLDER) + "/lab-all-pass.0.results.json"));
  const auto ended = run({"report", "results.json"}, {{"MQTTS_HARNESS_REPORT", "tap,html=page.html"}});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(fs::exists(folder / "results.tap"));
  EXPECT_TRUE(fs::exists(folder / "page.html"));
}

TEST_F(FromEnvironment, a_value_of_a_variable_may_have_commas) {
  const auto ended = run({"plan", lab_plan()}, {{"MQTTS_HARNESS_VAR", "topic=a,b"}});
  EXPECT_EQ(ended.code, 0) << ended.err;
}

TEST_F(FromEnvironment, the_command_line_takes_no_commas) {
  const auto ended = run({"list", lab_plan(), "--stage", "tls,password"}, {});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("the plan has no stage \"tls,password\""));
  EXPECT_EQ(run({"list", lab_plan(), "--stage=tls,password"}, {}).code, 2);
}

}  // namespace
}  // namespace mqtts::e2e
