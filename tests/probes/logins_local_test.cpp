// Default credentials, tried on servers that take them and on those that do not.
#include <atomic>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/probes/default_credentials.h"
#include "harness/probes/logins_probe.h"
#include "tests/probes/login_server.h"
#include "tests/support/finished_lab.h"
#include "tests/support/must.h"

namespace mqtts::probes {
namespace {

using Names = std::vector<std::string>;

Observation logins_seen(const Client& client, const std::string& most = "3") {
  const auto timeout = std::chrono::milliseconds(1'500);
  return test::must(
      logins_kind().run({.client = client, .parameters = {{"most", most}}, .timeout = timeout}, test::soon()));
}

test::LoginAnswer takes_guest(const test::ReceivedLogin& login) {
  return {.code = login.is_alices() || (login.user_name == "guest" && login.password == "guest") ? 0 : 5};
}

TEST(Logins, are_refused_by_a_good_broker) {
  test::LoginServer server(test::by_password);
  const auto seen = logins_seen(server.alice());
  EXPECT_EQ(std::get<Names>(seen.facts.at("logins.accepted")), Names());
  EXPECT_EQ(std::get<double>(seen.facts.at("logins.tried")), 3);
  EXPECT_EQ(seen.outcome, Outcome::accepted);
  EXPECT_EQ(server.logins(), 6);  // alice twice, one made up
}

TEST(Logins, that_work_are_told) {
  test::LoginServer server(takes_guest);
  EXPECT_EQ(std::get<Names>(logins_seen(server.alice()).facts.at("logins.accepted")), Names{"guest"});
  auto nobody = server.alice();
  nobody.user_name.reset();
  nobody.password.reset();
  const auto seen = logins_seen(nobody);
  EXPECT_EQ(std::get<Names>(seen.facts.at("logins.accepted")), Names{"guest"});
  bool has_command = false;
  for (const auto& each : seen.evidence)
    has_command |= each.kind == EvidenceKind::reproduce &&
                   each.text.find("-u guest -P \"${GUEST_PASSWORD:?}\"") != std::string::npos;
  EXPECT_TRUE(has_command);
}

TEST(Logins, are_as_many_as_the_plan_says) {
  test::LoginServer server([](const test::ReceivedLogin& login) {
    return test::LoginAnswer{.code = login.is_alices() || login.user_name == "artemis" ? 0 : 5};
  });
  EXPECT_EQ(std::get<Names>(logins_seen(server.alice(), "2").facts.at("logins.accepted")), Names());
  EXPECT_EQ(std::get<Names>(logins_seen(server.alice(), "3").facts.at("logins.accepted")), Names{"artemis"});
  EXPECT_EQ(std::get<double>(logins_seen(server.alice(), "9").facts.at("logins.tried")), default_credentials.size());
}

TEST(Logins, are_no_matter_where_everybody_is_let_in) {
  test::LoginServer server([](const auto&) { return test::LoginAnswer{.code = 0}; });
  EXPECT_TRUE(logins_seen(server.alice()).facts.empty());
}

TEST(Logins, are_not_blamed_on_a_broker_that_opens_meanwhile) {
  test::LoginServer server(
      [](const auto& login) { return test::LoginAnswer{.code = login.is_alices() || login.number > 1 ? 0 : 5}; });
  EXPECT_FALSE(logins_seen(server.alice()).facts.contains("logins.accepted"));
}

TEST(Logins, are_not_refused_by_a_broker_that_refuses_everybody) {
  test::LoginServer all([](const auto&) { return test::LoginAnswer{}; });
  EXPECT_TRUE(logins_seen(all.alice()).facts.empty());
  auto nobody = all.alice();
  nobody.user_name.reset();
  nobody.password.reset();
  EXPECT_FALSE(logins_seen(nobody).facts.contains("logins.accepted"));
  test::LoginServer soon([](const auto& login) { return test::LoginAnswer{.code = login.number == 0 ? 0 : 5}; });
  EXPECT_FALSE(logins_seen(soon.alice()).facts.contains("logins.accepted"));
}

// Alice is let in; to the others a hostile broker does this.
TEST(Logins, are_not_refused_by_silence_or_another_code) {
  for (const int code : {-1, -2, 3, 1}) {
    test::LoginServer server([&](const auto& login) {
      return test::LoginAnswer{.code = login.is_alices() ? 0 : login.user_name == "guest" ? code : 5};
    });
    EXPECT_FALSE(logins_seen(server.alice()).facts.contains("logins.accepted")) << code;
  }
}

TEST(Logins, work_with_tls_and_a_client_certificate) {
  const test::FinishedLab lab;
  for (const auto version : {MqttVersion::v3_1_1, MqttVersion::v5_0})
    EXPECT_EQ(std::get<Names>(logins_seen(lab.good_client(version)).facts.at("logins.accepted")), Names());
  const test::FinishedLab by_certificate("TLSv1.3", {"use_identity_as_username true"});
  EXPECT_TRUE(logins_seen(by_certificate.good_client()).facts.empty());
}

}  // namespace
}  // namespace mqtts::probes
