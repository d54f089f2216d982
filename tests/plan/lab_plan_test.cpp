// The lab's own plan: what it asks, and what it makes of Mosquitto's configuration.
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/engine/configuration.h"
#include "harness/plan/expand.h"
#include "harness/plan/load.h"
#include "harness/plan/schemas.h"
#include "tests/plan/good_plan.h"
#include "tests/support/schema_check.h"

namespace mqtts::plan {
namespace {

Plan lab_plan() {
  auto loaded = load_plan(SCENARIOS "/mqtts-lab.json");
  for (const auto& problem : loaded.problems)
    ADD_FAILURE() << problem.line << ":" << problem.column << ": " << to_english(problem.message);
  return loaded.plan.value_or(Plan{});
}

const CheckSpec& check(const Plan& plan, const std::string& id) {
  for (const auto& stage : plan.stages)
    for (const auto& candidate : stage.checks)
      if (candidate.id == id) return candidate;
  ADD_FAILURE() << "no check " << id;
  static const CheckSpec none;
  return none;
}

TEST(lab_plan, has_the_stages_and_checks_that_everybody_knows) {
  std::vector<std::string> ids;
  for (const auto& stage : lab_plan().stages) {
    ids.push_back(stage.id + " <- " + stage.after);
    for (const auto& one : stage.checks) ids.push_back(one.id);
  }
  EXPECT_EQ(ids, (std::vector<std::string>{
                     "open <- ", "open-listener-accepts", "tls <- open", "tls-accepted", "server-certificate-trusted",
                     "untrusted-server-ca-detected", "cleartext-listener-closed", "password <- tls",
                     "valid-password-accepted", "anonymous-rejected", "wrong-password-rejected",
                     "unknown-user-rejected", "client-certificate <- password", "valid-mtls-accepted",
                     "missing-client-certificate-rejected", "untrusted-ca-rejected", "mtls-wrong-password-rejected"}));
}

TEST(lab_plan, gives_twenty_points_and_words_in_both_languages) {
  double points = 0;
  for (const auto& stage : lab_plan().stages) {
    EXPECT_FALSE(stage.title.fr.empty()) << stage.id;
    for (const auto& one : stage.checks) {
      points += one.points;
      EXPECT_FALSE(one.title.fr.empty() || one.hint.en.empty() || one.hint.fr.empty()) << one.id;
      EXPECT_NE(one.title.en, one.id);
    }
  }
  EXPECT_EQ(points, 20);
}

TEST(lab_plan, resolves_its_negative_checks_to_full_clients) {
  const auto plan = lab_plan();
  EXPECT_EQ(check(plan, "untrusted-server-ca-detected").client,
            (ClientSpec{.listener = "tls", .trust = "stranger-ca"}));
  EXPECT_EQ(check(plan, "cleartext-listener-closed").client, (ClientSpec{.listener = "plain"}));
  EXPECT_EQ(check(plan, "cleartext-listener-closed").probe,
            (ProbeSpec{.kind = "deliver", .parameters = {{"topic", "your/topic"}}}));
  EXPECT_EQ(check(plan, "anonymous-rejected").client, (ClientSpec{.listener = "tls", .trust = "lab-ca"}));
  EXPECT_EQ(check(plan, "unknown-user-rejected").client,
            (ClientSpec{.listener = "tls", .trust = "lab-ca", .account = "userclient", .user_name = "${random}"}));
  EXPECT_EQ(check(plan, "untrusted-ca-rejected").client,
            (ClientSpec{.listener = "tls", .trust = "lab-ca", .certificate = "stranger", .account = "userclient"}));
  const auto& wrong = check(plan, "mtls-wrong-password-rejected");
  EXPECT_EQ(wrong.client.password, "${random}");
  EXPECT_EQ(wrong.changed, "password");
  EXPECT_EQ(wrong.probe.roles.at("reader").certificate, "server");
}

TEST(lab_plan, can_be_asked_with_mqtt_5) {
  const auto loaded = load_plan(SCENARIOS "/mqtts-lab.json", {{"mqtt", "5.0"}});
  ASSERT_TRUE(loaded.plan);
  for (const auto& stage : loaded.plan->stages)
    for (const auto& one : stage.checks) EXPECT_EQ(one.client.mqtt, MqttVersion::v5_0) << one.id;
}

TEST(lab_plan, knows_where_the_lab_puts_its_material) {
  Target target;
  target.broker.home = "/home/vagrant";
  const auto given = expand(lab_plan(), target_variables(target), [] { return "x"; }).given;
  EXPECT_EQ(given.ca, "host:/home/vagrant/ca.crt");
  EXPECT_EQ(given.ca_key, "host:/home/vagrant/ca.key");
  EXPECT_EQ(given.identities.size(), 2U);
  EXPECT_EQ(given.identities.at("userclient").certificate_file, "host:/home/vagrant/client.crt");
  EXPECT_EQ(given.identities.at("userclient").key_file, "host:/home/vagrant/client.key");
  ASSERT_EQ(given.alternatives.at("userclient").size(), 1U)
      << "the lab makes client.crt on the other machine; userbroker presents the server's, too";
  EXPECT_EQ(given.alternatives.at("userclient")[0].certificate_file, "host:/home/vagrant/server.crt");
  EXPECT_EQ(given.alternatives.at("userclient")[0].key_file, "host:/home/vagrant/server.key");
  EXPECT_EQ(given.identities.at("server").certificate_file, "host:/home/vagrant/server.crt");
  EXPECT_EQ(given.identities.at("server").key_file, "host:/home/vagrant/server.key");
  EXPECT_EQ(given.accounts.at("userclient").password_file, "host:/home/vagrant/userclient.password");
  EXPECT_EQ(given.accounts.at("userbroker").password_file, "host:/home/vagrant/userbroker.password");
}

TEST(lab_plan, is_allowed_by_its_schema) {
  std::ifstream file(SCENARIOS "/mqtts-lab.json");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  EXPECT_TRUE(test::schema_allows(plan_schema(), text));
  EXPECT_EQ(test::schema_says(plan_schema(), test::with_comments(text)), "");
}

TEST(lab_plan, makes_the_configuration_that_the_lab_teaches) {
  Target target;
  target.mqtt.host = "192.168.56.20";
  target.broker.home = "/home/vagrant";
  target.broker.plain_listener = "1883";
  target.broker.tls_listener = "8883";
  const auto plan = expand(lab_plan(), target_variables(target), [] { return "x"; });
  std::string all;
  for (const auto& stage : plan.stages) {
    all += "# " + stage.id + "\n";
    for (const auto& line : engine::configuration_lines(plan, stage, {"log_type all"})) all += line + "\n";
  }
  EXPECT_EQ(all, R"(# open
log_type all
listener 1883
allow_anonymous true
# tls
log_type all
allow_anonymous true
listener 8883
cafile /home/vagrant/ca.crt
certfile /home/vagrant/server.crt
keyfile /home/vagrant/server.key
# password
log_type all
listener 8883
cafile /home/vagrant/ca.crt
certfile /home/vagrant/server.crt
keyfile /home/vagrant/server.key
allow_anonymous false
password_file /mosquitto_passwd
# client-certificate
log_type all
listener 8883
cafile /home/vagrant/ca.crt
certfile /home/vagrant/server.crt
keyfile /home/vagrant/server.key
allow_anonymous false
password_file /mosquitto_passwd
require_certificate true
)");
}

}  // namespace
}  // namespace mqtts::plan
