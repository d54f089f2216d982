// User errors: one clear line, a hint, exit code 2 or 3, and nothing left behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/program.h"

namespace mqtts::e2e {
namespace {

using ::testing::HasSubstr;

class BadInput : public ::testing::Test {
 protected:
  Ended run(std::vector<std::string> arguments, Environment environment = {}) {
    arguments.insert(arguments.begin(), harness());
    environment.emplace("TMPDIR", folder.path().string());
    environment.emplace("XDG_RUNTIME_DIR", "");
    Program program(std::move(arguments), folder.path(), environment);
    return program.end();
  }

  Folder folder;
};

TEST_F(BadInput, a_plan_that_is_not_there) {
  const auto ended = run({"run", "nowhere.json"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("nowhere.json"));
  EXPECT_THAT(ended.err, HasSubstr("No such file"));
}

TEST_F(BadInput, a_plan_s_name_that_is_nowhere) {
  const auto ended = run({"run", "mqtts-lob"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("mqtts-lob: there is no such file, and no plan of this name in scenarios, "));
}

TEST_F(BadInput, a_plan_that_is_not_json_is_told_with_its_place) {
  write(folder / "plan.json", "{\n  \"name\": oops\n}\n");
  const auto ended = run({"validate", "plan.json"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("plan.json:2:"));
}

TEST_F(BadInput, an_unknown_key_is_told_with_what_was_meant) {
  auto plan = read(lab_plan());
  plan.replace(plan.find("\"stages\""), 8, "\"stagse\"");
  write(folder / "plan.json", plan);
  const auto ended = run({"run", "plan.json"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("stagse"));
  EXPECT_THAT(ended.err, HasSubstr("did you mean"));
}

TEST_F(BadInput, observing_a_broker_that_nobody_has_set_up) {
  const auto ended = run({"run", lab_plan(), "--observe"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("--observe needs a broker that somebody has set up"));
}

TEST_F(BadInput, an_unknown_command_or_flag) {
  const auto ended = run({"grad"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("There is no command \"grad\"; did you mean \"grade\"?"));
  EXPECT_EQ(run({"run", lab_plan(), "--stagee", "tls"}).code, 2);
  EXPECT_EQ(run({}).code, 2);
}

TEST_F(BadInput, a_stage_that_the_plan_does_not_have) {
  const auto ended = run({"run", lab_plan(), "--stage", "tsl"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("tsl"));
}

TEST_F(BadInput, a_selection_that_selects_nothing) {
  EXPECT_EQ(run({"run", lab_plan(), "--check", "no-such-*"}).code, 2);
}

TEST_F(BadInput, an_unknown_report_format) {
  const auto ended = run({"run", lab_plan(), "--report", "pdf"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("pdf"));
}

TEST_F(BadInput, a_variable_that_the_plan_does_not_have) {
  EXPECT_EQ(run({"run", lab_plan(), "--var", "tpoic=a"}).code, 2);
  EXPECT_EQ(run({"run", lab_plan(), "--var", "topic"}).code, 2);
  EXPECT_EQ(run({"run", lab_plan(), "--vars", "nowhere.json"}).code, 2);
}

TEST_F(BadInput, a_target_that_is_not_there) {
  const auto ended = run({"run", lab_plan(), "--target", "nowhere.json"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("nowhere.json"));
}

TEST_F(BadInput, a_container_engine_that_is_not_there) {
  const Environment environment = {{"MQTTS_HARNESS_CONTAINER_ENGINE", "no-such-engine"}};
  const auto ended = run({"run", lab_plan(), "--target", "container"}, environment);
  EXPECT_EQ(ended.code, 3);
  EXPECT_THAT(ended.err, HasSubstr("no-such-engine"));
  EXPECT_EQ(run({"plan", lab_plan(), "--target", "container"}, environment).code, 0) << "it touches nothing";
}

TEST_F(BadInput, an_image_that_would_be_an_option) {
  for (const auto* target : {"container:", "container:--privileged"})
    EXPECT_EQ(run({"run", lab_plan(), "--target", target}).code, 2) << target;
}

TEST_F(BadInput, a_target_without_ssh_can_only_be_observed) {
  write(folder / "target.json", R"({"schema": "mqtts-harness/target/v1", "name": "t", "mqtt": {"host": "127.0.0.1"}})");
  const auto ended = run({"run", lab_plan(), "--target", "target.json"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("--observe"));
}

// Nothing listens at this target: a run that begins ends with exit code 3.
TEST_F(BadInput, a_place_for_reports_that_cannot_be_written_is_told_before_the_broker_is_touched) {
  write(folder / "file", "");
  std::filesystem::create_directories(folder / "taken/results.json");
  write(folder / "target.json",
        R"({"schema": "mqtts-harness/target/v1", "name": "t",
            "mqtt": {"host": "127.0.0.1", "tls_port": 1, "plain_port": 1}})");
  const auto told = [&](std::vector<std::string> more, const std::string& place) {
    std::vector<std::string> arguments{"run", lab_plan(), "--observe", "--target", "target.json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto ended = run(arguments);
    EXPECT_EQ(ended.code, 2) << ended.err;
    EXPECT_THAT(ended.err, HasSubstr("cannot write " + place));
    EXPECT_EQ(ended.out, "");
  };
  told({"--out", "file/reports"}, "file/reports/results.json: Not a directory");
  told({"--out", "taken"}, "taken/results.json: Is a directory");
  told({"--out", "/proc/out"}, "/proc/out/results.json");
  told({"--report", "junit=file/page.xml"}, "file/page.xml: Not a directory");
  told({"--report", "html=/proc/none/page.html"}, "/proc/none/page.html");
  EXPECT_FALSE(std::filesystem::exists(folder / "reports")) << "nothing is made for a run that does not begin";
}

TEST_F(BadInput, a_class_whose_reports_cannot_be_written) {
  write(folder / "file", "");
  write(folder / "class.csv", "student_id,target\nada,mqtts://127.0.0.1:1\nbob,mqtts://127.0.0.1:2\n");
  const std::string plan = R"({"schema": "mqtts-harness/plan/v1", "name": "p", "listeners": {"plain": {"port": 1883}},
      "stages": [{"id": "open", "checks": [
      {"id": "c", "client": {"listener": "plain"}, "expect": "accepted"}]}]})";
  write(folder / "plan.json", plan);
  const auto told = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments{"grade", "plan.json", "--roster", "class.csv"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto ended = run(arguments);
    EXPECT_EQ(ended.code, 2) << ended.err;
    return ended.err;
  };
  EXPECT_THAT(told({"--out", "file/class"}), HasSubstr("cannot write file/class/results.json: Not a directory"));
  EXPECT_THAT(told({"--out", "class", "--report", "csv=file/marks.csv"}), HasSubstr("cannot write file/marks.csv"));
  EXPECT_THAT(told({"--out", "class", "--report", "junit=-"}), HasSubstr("several files"));
  EXPECT_FALSE(std::filesystem::exists(folder / "class"));
}

TEST_F(BadInput, ssh_that_nobody_answers) {
  write(folder / "target.json",
        R"({"schema": "mqtts-harness/target/v1", "name": "t", "mqtt": {"host": "127.0.0.1"},
            "ssh": {"host": "127.0.0.1", "port": 1, "user": "u", "identity_file": "id", "known_hosts_file": "kh"}})");
  write(folder / "id", "");
  write(folder / "kh", "");
  const auto ended = run({"run", lab_plan(), "--target", "target.json"});
  EXPECT_EQ(ended.code, 3);
  EXPECT_THAT(ended.err, HasSubstr("127.0.0.1"));
}

TEST_F(BadInput, a_dead_broker_that_is_observed_has_no_pass) {
  write(folder / "target.json",
        R"({"schema": "mqtts-harness/target/v1", "name": "t",
            "mqtt": {"host": "127.0.0.1", "tls_port": 1, "plain_port": 1}})");
  const auto ended = run({"run", lab_plan(), "--observe", "--target", "target.json", "--out", "out"});
  EXPECT_EQ(ended.code, 3);
  const auto results = read(folder / "out/results.json");
  EXPECT_THAT(results, HasSubstr("\"verdict\": \"error\""));
  EXPECT_EQ(results.find("\"verdict\": \"pass\""), std::string::npos);
}

}  // namespace
}  // namespace mqtts::e2e
