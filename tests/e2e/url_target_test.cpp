// Brokers named by a URL, and error messages for plans and rosters without one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/program.h"
#include "tests/support/private_mosquitto.h"

namespace mqtts::e2e {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class UrlTarget : public ::testing::Test {
 protected:
  Ended run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), harness());
    return Program(std::move(arguments), folder.path(), {{"TMPDIR", folder.path().string()}, {"XDG_RUNTIME_DIR", ""}})
        .end();
  }
  Ended observe(const std::string& target, std::vector<std::string> more = {}) const {
    std::vector<std::string> all{"run", lab_plan(), "--observe", "--target", target, "--out", "out"};
    all.insert(all.end(), more.begin(), more.end());
    return run(std::move(all));
  }
  json check(std::size_t stage, std::size_t index) const {
    return json::parse(read(folder / "out/results.json"))["targets"][0]["stages"][stage]["checks"][index];
  }

  Folder folder;
};

TEST_F(UrlTarget, of_mqtt_is_a_broker_on_that_plain_port) {
  const test::PrivateMosquitto broker({"allow_anonymous true"});
  const auto ended = observe("mqtt://127.0.0.1:" + std::to_string(broker.port()), {"--stage", "open"});
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_EQ(check(0, 0)["verdict"], "pass");
  const auto target = json::parse(read(folder / "out/results.json"))["targets"][0];
  EXPECT_EQ(target["name"], "127.0.0.1");
}

TEST_F(UrlTarget, of_mqtts_is_a_broker_on_that_port_with_tls) {
  const test::PrivateMosquitto broker({"allow_anonymous true"});  // without TLS: does not answer a TLS client
  const auto ended = observe("mqtts://127.0.0.1:" + std::to_string(broker.port()), {"--check", "tls-accepted"});
  EXPECT_NE(ended.code, 0);
  EXPECT_THAT(broker.log(), HasSubstr("New connection from 127.0.0.1")) << ended.out;
}

TEST_F(UrlTarget, can_only_be_observed_where_it_has_no_ssh) {
  const auto ended = run({"run", lab_plan(), "--target", "mqtts://127.0.0.1:1"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("--observe"));
  EXPECT_EQ(run({"restore", "--target", "mqtt://127.0.0.1:1"}).code, 2);
}

TEST_F(UrlTarget, that_is_dead_has_no_pass) {
  EXPECT_EQ(observe("mqtts://127.0.0.1:1", {"--stage", "tls"}).code, 3);
  EXPECT_EQ(read(folder / "out/results.json").find("\"verdict\": \"pass\""), std::string::npos);
}

TEST_F(UrlTarget, of_another_form_is_told_with_the_right_one) {
  for (const auto* target : {"mqtts://", "mqtts://ann@broker", "mqtt://broker:0", "mqtt://broker/topic"}) {
    const auto ended = observe(target);
    EXPECT_EQ(ended.code, 2) << target;
    EXPECT_THAT(ended.err, HasSubstr("mqtts://host[:port]")) << target;
  }
  EXPECT_THAT(observe("ssh://a@b@c").err, HasSubstr("ssh://user@host[:port]"));
}

TEST_F(UrlTarget, is_in_the_plan_of_what_would_be_done) {
  const auto ended = run({"plan", lab_plan(), "--target", "mqtts://broker.example:8884"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("listener 8884"));
}

TEST_F(UrlTarget, no_need_of_one_to_see_a_schema) {
  EXPECT_EQ(json::parse(run({"schema", "roster"}).out)["title"], "mqtts-harness roster");
}

TEST_F(UrlTarget, no_need_of_one_to_list_a_plan_with_what_concerns_marks) {
  auto plan = read(lab_plan());
  const std::string points = R"("points": 1,)";
  plan.replace(plan.find(points), points.size(), R"("points": 1, "bonus": true, "visibility": "hidden",)");
  write(folder / "plan.json", plan);
  const auto stages = json::parse(run({"list", "plan.json", "--json"}).out)["stages"];
  EXPECT_EQ(stages[0]["checks"][0]["bonus"], true);
  EXPECT_EQ(stages[0]["checks"][0]["visibility"], "hidden");
  EXPECT_FALSE(stages[1]["checks"][0].contains("bonus"));
  EXPECT_FALSE(stages[1]["checks"][0].contains("visibility"));
}

}  // namespace
}  // namespace mqtts::e2e
