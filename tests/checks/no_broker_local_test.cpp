// Whatever answers where a broker should, no refusal is ever called proven.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/checks/configuration.h"
#include "tests/checks/observed_lab.h"
#include "tests/support/hostile_broker.h"

namespace mqtts::checks {
namespace {

namespace hostile = test::hostile;
using test::HostileBroker;

// Long enough for an honest answer on a loaded machine, short enough for a silent one.
constexpr auto hostile_timeout = std::chrono::seconds(1);
constexpr auto broker_timeout = std::chrono::milliseconds(2500);

void expect_no_pass(const TargetResult& target) {
  EXPECT_EQ(verdicts_of(target).size(), 13u);
  for (const auto& [id, verdict] : verdicts_of(target))
    EXPECT_NE(verdict, Verdict::pass) << id << "\n" << story_of(target);
}

TEST(NoBroker, nothing_listens) {
  test::LabMaterial material;
  const auto target = observe({test::closed_port(), test::closed_port()}, material);
  expect_no_pass(target);
  for (const auto& [id, verdict] : verdicts_of(target)) EXPECT_EQ(verdict, Verdict::error) << id;
}

struct Behaviour {
  std::string name;
  std::function<test::Script(const Identity& server)> script;
  Verdict positive;  // what a client that should be let in comes to
  // What holds all the same: who shows the lab's certificate and refuses in MQTT speaks MQTT over TLS.
  std::set<std::string> proven = {};
};

const std::set<std::string> tls_alone = {"tls-accepted", "server-certificate-trusted", "untrusted-server-ca-detected"};

const std::vector<Behaviour> behaviours = {
    {"silent", [](const Identity&) { return hostile::says_nothing(); }, Verdict::error},
    {"closing", [](const Identity&) { return hostile::closes_at_once(); }, Verdict::fail},
    {"resetting", [](const Identity&) { return hostile::resets_at_once(); }, Verdict::fail},
    {"http", [](const Identity&) { return hostile::answers_and_closes(hostile::http_error()); }, Verdict::fail},
    {"half_tls", [](const Identity&) { return hostile::answers(hostile::half_a_server_hello()); }, Verdict::error},
    {"alert", [](const Identity&) { return hostile::answers_and_closes(hostile::tls_alert(40)); }, Verdict::fail},
    {"tls_then_closing", [](const Identity& it) { return hostile::behind_tls({it}, hostile::closes_at_once()); },
     Verdict::fail},
    {"tls_then_reset", [](const Identity& it) { return hostile::behind_tls({it}, hostile::resets_after_reading()); },
     Verdict::fail},
    {"tls_then_silent", [](const Identity& it) { return hostile::behind_tls({it}, hostile::says_nothing()); },
     Verdict::error},
    {"tls_then_suback",
     [](const Identity& it) { return hostile::behind_tls({it}, hostile::answers(hostile::suback())); }, Verdict::fail},
    {"refuses_everybody",
     [](const Identity& it) { return hostile::behind_tls({it}, hostile::answers_and_closes(hostile::connack(5))); },
     Verdict::pass, tls_alone},
    {"busy",
     [](const Identity& it) { return hostile::behind_tls({it}, hostile::answers_and_closes(hostile::connack(3))); },
     Verdict::pass, tls_alone},
};

class NotABroker : public ::testing::TestWithParam<Behaviour> {};

TEST_P(NotABroker, has_no_pass_but_for_what_it_proves) {
  test::LabMaterial material;
  HostileBroker tls(GetParam().script(material.server));
  HostileBroker plain(GetParam().script(material.server));
  const auto target = observe({tls.port(), plain.port()}, material, MqttVersion::v3_1_1, hostile_timeout);
  EXPECT_EQ(verdicts_of(target).size(), 13u);
  for (const auto& [id, verdict] : verdicts_of(target))
    EXPECT_EQ(verdict == Verdict::pass, GetParam().proven.contains(id)) << id << "\n" << story_of(target);
  EXPECT_EQ(verdicts_of(target).at("tls-accepted"), GetParam().positive) << story_of(target);
}

INSTANTIATE_TEST_SUITE_P(Hostile, NotABroker, ::testing::ValuesIn(behaviours),
                         [](const auto& instance) { return instance.param.name; });

// Beside a finished lab, something else answers on the plain port: the port is not closed.
class PlainPort : public ::testing::TestWithParam<Behaviour> {};

TEST_P(PlainPort, is_not_judged_when_something_takes_connections_there_and_speaks_no_mqtt) {
  test::LabMaterial material;
  const test::PrivateMosquitto broker(finished(material).lines(0));
  HostileBroker plain(GetParam().script(material.server));
  const auto target = observe({broker.port(), plain.port()}, material, MqttVersion::v3_1_1, broker_timeout);
  EXPECT_EQ(verdicts_of(target).at("cleartext-listener-closed"), Verdict::error) << story_of(target);
  EXPECT_NE(verdicts_of(target).at("open-listener-accepts"), Verdict::pass) << story_of(target);
}

INSTANTIATE_TEST_SUITE_P(Hostile, PlainPort, ::testing::ValuesIn(behaviours),
                         [](const auto& instance) { return instance.param.name; });

}  // namespace
}  // namespace mqtts::checks
