// Good brokers that do what brokers may do, and brokers behind something that comes and goes: no check fails for it.
// Each case was a false fail once.
#include <atomic>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/checks/configuration.h"
#include "tests/checks/observed_lab.h"
#include "tests/support/hostile_broker.h"
#include "tests/support/two_faced_broker.h"

namespace mqtts::checks {
namespace {

using test::PrivateMosquitto;

struct Habit {
  std::string name;
  std::vector<std::string> lines;
  std::string acl{};
};

const std::vector<Habit> habits = {
    {"qos_0_only", {"max_qos 0"}},
    {"user_names_are_client_ids", {"use_username_as_clientid true"}},
    {"ccm_ciphers_only", {"tls_version tlsv1.3", "ciphers_tls1.3 TLS_AES_128_CCM_SHA256"}},
    {"acl_of_the_labs_topic",
     {},
     "user userclient\ntopic readwrite your/topic\nuser userbroker\ntopic readwrite your/topic\n"},
    {"acl_of_writer_and_reader",
     {},
     "user userclient\ntopic write your/topic\nuser userbroker\ntopic read your/topic\n"},
    {"ids_must_be_said", {"allow_zero_length_clientid false"}},
    {"few_connections", {"max_connections 2"}},
};

class GoodBroker : public ::testing::TestWithParam<Habit> {};

TEST_P(GoodBroker, passes_in_full) {
  test::LabMaterial material;
  auto configuration = finished(material);
  configuration.more = GetParam().lines;
  if (!GetParam().acl.empty())
    configuration.more.push_back("acl_file " + material.folder().write("acl", GetParam().acl));
  const PrivateMosquitto broker(configuration.lines(0));
  for (const auto& seed : {std::string(), std::string("a class's")}) {
    const auto target = observe({broker.port(), test::closed_port()}, material, Look{.seed = seed});
    EXPECT_EQ(not_passed(target), Verdicts()) << story_of(target) << broker.log();
  }
}

INSTANTIATE_TEST_SUITE_P(Lab, GoodBroker, ::testing::ValuesIn(habits),
                         [](const auto& instance) { return instance.param.name; });

// A finished lab behind something that closes connections.
class Interrupted : public ::testing::Test {
 protected:
  // `is_away` is asked for each connection.
  TargetResult observe(const std::function<bool()>& is_away) {
    const test::HostileBroker front([&](test::Peer& peer) {
      if (is_away())
        peer.reset();
      else
        test::connect_through(peer, broker.port());
    });
    return checks::observe({front.port(), test::closed_port()}, material);
  }
  static void expect_no_fail(const TargetResult& target, const std::string& what) {
    for (const auto& [id, verdict] : not_passed(target))
      EXPECT_NE(verdict, Verdict::fail) << what << ": " << id << '\n' << story_of(target);
  }

  test::LabMaterial material;
  PrivateMosquitto broker{finished(material).lines(0)};
};

TEST_F(Interrupted, by_a_ban_after_some_connections) {
  for (const int allowed : {3, 5, 9, 14, 20, 27, 35}) {
    std::atomic<int> count = 0;
    expect_no_fail(observe([&] { return ++count > allowed; }), std::to_string(allowed) + " connections");
  }
}

TEST_F(Interrupted, by_a_restart) {
  for (int moment = 0; moment < 16; ++moment) {
    const auto start = Clock::now() + std::chrono::milliseconds(40) * moment;
    const auto end = start + std::chrono::milliseconds(700);
    expect_no_fail(observe([&] { return Clock::now() >= start && Clock::now() < end; }),
                   "away from moment " + std::to_string(moment));
  }
}

TEST_F(Interrupted, by_a_limit_of_connections_at_the_same_time) {
  for (const int limit : {1, 2}) {
    std::atomic<int> connected = 0;
    const test::HostileBroker front([&](test::Peer& peer) {
      if (++connected <= limit) test::connect_through(peer, broker.port());
      --connected;
    });
    const auto target = checks::observe({front.port(), test::closed_port()}, material);
    expect_no_fail(target, std::to_string(limit) + " at the same time");
  }
}

}  // namespace
}  // namespace mqtts::checks
