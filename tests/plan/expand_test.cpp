#include "harness/plan/expand.h"

#include <gtest/gtest.h>

#include "harness/plan/load.h"
#include "tests/plan/good_plan.h"

namespace mqtts::plan {
namespace {

Target some_target() {
  Target target;
  target.mqtt = {.host = "192.0.2.7", .tls_port = 40123, .plain_port = 40124};
  target.broker.user = "mosquitto";
  target.broker.configuration_path = "/srv/mosquitto.conf";
  target.broker.log_path = "/srv/mosquitto.log";
  target.broker.start_command = "systemctl reset-failed mosquitto; systemctl start mosquitto";
  target.broker.home = "/home/ann";
  target.broker.root = "/srv/${random}";
  target.broker.plain_listener = "40124 127.0.0.1";
  target.broker.tls_listener = "40123 127.0.0.1";
  target.mqtt.secure_websocket_port = 40125;
  return target;
}

Plan expanded(std::string_view text) {
  auto loaded = parse_plan(text, "p.json");
  EXPECT_TRUE(loaded.plan);
  int calls = 0;
  return expand(*loaded.plan, target_variables(some_target()), [&] { return "random-" + std::to_string(++calls); });
}

TEST(expand, tells_what_a_target_knows) {
  const Variables wanted = {{"broker.address", "192.0.2.7"},
                            {"broker.plain_port", "40124"},
                            {"broker.tls_port", "40123"},
                            {"broker.websocket_port", "0"},
                            {"broker.secure_websocket_port", "40125"},
                            {"broker.websocket_path", "/mqtt"},
                            {"broker.plain_listener", "40124 127.0.0.1"},
                            {"broker.tls_listener", "40123 127.0.0.1"},
                            {"broker.user", "mosquitto"},
                            {"broker.configuration", "/srv/mosquitto.conf"},
                            {"broker.log", "/srv/mosquitto.log"},
                            {"broker.restart", "sudo systemctl restart mosquitto"},
                            {"host.home", "/home/ann"},
                            {"host.root", "/srv/${random}"}};
  EXPECT_EQ(target_variables(some_target()), wanted);
}

TEST(expand, puts_the_targets_values_into_every_part_of_a_plan) {
  const auto plan = expanded(good_plan);
  EXPECT_EQ(plan.materials.certificates.at("server").subject, "/CN=192.0.2.7");
  EXPECT_EQ(plan.listeners.at("tls").port, "40123");
  EXPECT_EQ(plan.listeners.at("plain").port, "1883");
  const auto& stage = plan.stages.at(1);
  EXPECT_EQ(stage.files.at(0).path, "/home/ann/ca.crt");
  EXPECT_EQ(stage.files.at(1).owner, "mosquitto");
  EXPECT_EQ(stage.configuration.at(0), "cafile /home/ann/ca.crt");
  EXPECT_EQ(stage.checks.at(0).probe.parameter("topic"), "a/b");
}

TEST(expand, knows_where_the_labs_material_lies_on_the_targets_host) {
  const auto given = expanded(good_plan).given;
  EXPECT_EQ(given.ca, "host:/home/ann/ca.crt");
  EXPECT_EQ(given.ca_key, "host:/root/ca.key");
  EXPECT_EQ(given.identities.at("client").certificate_file, "host:/home/ann/client.crt");
  EXPECT_EQ(given.identities.at("client").key_file, "host:/c.key");
  EXPECT_EQ(given.accounts.at("ann").password_file, "host:/srv/${random}/ann");
}

TEST(expand, a_negative_check_differs_from_its_control_in_its_one_factor_only) {
  Plan plan;
  const CheckSpec control{.id = "control", .client = {.user_name = "${random}", .password = "${random}"}};
  CheckSpec check = control;
  check.id = "check";
  check.control = "control";
  check.changed = "password";
  plan.stages = {{.checks = {control, check}}};
  int calls = 0;
  const auto stage = expand(plan, {}, [&] { return std::to_string(++calls); }).stages.at(0);
  EXPECT_EQ(stage.checks[1].client.user_name, stage.checks[0].client.user_name);
  EXPECT_NE(stage.checks[1].client.password, stage.checks[0].client.password);
}

TEST(expand, makes_each_random_text_anew) {
  std::string text(good_plan);
  const std::string from = R"("change": { "certificate": null })";
  text.replace(text.find(from), from.size(), R"("change": { "password": "${random}-${random}" })");
  const auto plan = expanded(text);
  EXPECT_EQ(plan.materials.accounts.at("ann"), "random-1");
  EXPECT_EQ(plan.materials.accounts.at("bob"), "secret");
  EXPECT_EQ(plan.stages.at(1).checks.at(1).client.password, "random-2-random-3");
}

TEST(expand, remembers_where_any_text_will_do_if_only_it_is_wrong) {
  const auto guessed = [](const std::string& change) {
    std::string text(good_plan);
    const std::string from = R"("change": { "certificate": null })";
    text.replace(text.find(from), from.size(), R"("change": )" + change);
    return expanded(text).stages.at(1).checks.at(1).client;
  };
  EXPECT_TRUE(guessed(R"({ "password": "${random}" })").any_password);
  EXPECT_FALSE(guessed(R"({ "password": "${random}" })").any_user_name);
  EXPECT_FALSE(guessed(R"({ "password": "guess ${random}" })").any_password) << "the plan means this one";
  EXPECT_TRUE(guessed(R"({ "user_name": "${random}" })").any_user_name);
}

TEST(expand, never_looks_into_a_value_again) {
  auto plan = *parse_plan(good_plan, "p.json").plan;
  plan.stages[0].configuration = {"${host.root}/x ${unknown} ${", "$SYS}"};
  const auto result = expand(plan, target_variables(some_target()), [] { return "secret"; });
  EXPECT_EQ(result.stages[0].configuration, (std::vector<std::string>{"/srv/${random}/x ${unknown} ${", "$SYS}"}));
}

}  // namespace
}  // namespace mqtts::plan
