// Brokers that protect against those whom they take for the examiner, and let others in: a finished lab and one that
// protects nothing behind one port. Each look must find that out, whatever is drawn for it.
#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/util/deadline.h"
#include "tests/checks/configuration.h"
#include "tests/checks/observed_lab.h"
#include "tests/support/two_faced_broker.h"

namespace mqtts::checks {
namespace {

using test::ClientHello;
using test::PrivateMosquitto;

constexpr int looks = 3;

class TwoFaced : public ::testing::Test {
 protected:
  // A broker lets anybody in if `is_lax` says so of the client that comes.
  TargetResult look(int number, std::function<bool(const ClientHello&)> is_lax) {
    const test::TwoFacedBroker broker(
        [&](const ClientHello& hello) { return is_lax(hello) ? lax.port() : strict.port(); });
    return observe({broker.port(), test::closed_port()}, material, number);
  }
  static TargetResult observe(Ports ports, test::LabMaterial& material, int number) {
    return checks::observe(ports, material, MqttVersion::v3_1_1, std::chrono::seconds(5),
                           "seed " + std::to_string(number));
  }
  static bool is_found_out(const TargetResult& target) {
    return std::ranges::any_of(not_passed(target), [](const auto& row) { return row.second == Verdict::fail; });
  }

  test::LabMaterial material;
  PrivateMosquitto strict{finished(material).lines(0)};
  PrivateMosquitto lax{[this] {
    auto configuration = finished(material);
    configuration.certificate_rule.clear();
    configuration.password_file.clear();
    configuration.anonymous_rule = "allow_anonymous true";
    return configuration.lines(0);
  }()};
};

TEST_F(TwoFaced, passes_if_it_has_but_one_face) {
  for (int i = 0; i < looks; ++i) {
    const auto target = look(i, [](const ClientHello&) { return false; });
    EXPECT_EQ(not_passed(target), Verdicts()) << i << '\n' << story_of(target);
  }
}

TEST_F(TwoFaced, lets_in_who_comes_first) {
  for (int i = 0; i < looks; ++i) {
    bool is_first = true;
    const auto target = look(i, [&](const ClientHello&) { return std::exchange(is_first, false); });
    EXPECT_TRUE(is_found_out(target)) << i << '\n' << story_of(target);
  }
}

TEST_F(TwoFaced, lets_in_every_fifth) {
  for (int i = 0; i < looks; ++i) {
    int count = 0;
    const auto target = look(i, [&](const ClientHello&) { return ++count % 5 == 0; });
    EXPECT_TRUE(is_found_out(target)) << i << '\n' << story_of(target);
  }
}

// mosquitto_pub offers TLS 1.2 and up, and one of our two witnesses looks like it; the other does not.
TEST_F(TwoFaced, lets_in_who_looks_like_mosquitto_pub) {
  for (int i = 0; i < looks; ++i) {
    const auto target = look(i, [](const ClientHello& hello) { return !hello.offers_tls_1_0(); });
    EXPECT_TRUE(is_found_out(target)) << i << '\n' << story_of(target);
  }
}

TEST_F(TwoFaced, lets_in_who_does_not_look_like_mosquitto_pub) {
  for (int i = 0; i < looks; ++i) {
    bool is_told_apart = false;
    const auto target = look(i, [&](const ClientHello& hello) {
      is_told_apart = is_told_apart || hello.offers_tls_1_0();
      return hello.offers_tls_1_0();
    });
    if (!is_told_apart) GTEST_SKIP() << "OpenSSL 3.5 offers TLS 1.0 by no default: Paho looks like mosquitto_pub, too";
    EXPECT_TRUE(is_found_out(target)) << i << '\n' << story_of(target);
  }
}

// Whoever examines comes at short intervals.
TEST_F(TwoFaced, protects_only_while_many_come) {
  for (int i = 0; i < looks; ++i) {
    auto last = Clock::time_point::min();
    const auto target = look(i, [&](const ClientHello&) {
      const auto before = std::exchange(last, Clock::now());
      return before == Clock::time_point::min() || last - before > std::chrono::milliseconds(200);
    });
    EXPECT_TRUE(is_found_out(target)) << i << '\n' << story_of(target);
  }
}

TEST_F(TwoFaced, closes_its_clear_text_port_once_somebody_speaks_tls) {
  const PrivateMosquitto plain({"allow_anonymous true"});
  for (int i = 0; i < looks; ++i) {
    std::optional<test::HostileBroker> open([&](test::Peer& peer) { test::connect_through(peer, plain.port()); });
    const auto plain_port = open->port();
    const test::TwoFacedBroker broker([&](const ClientHello&) {
      open.reset();
      return strict.port();
    });
    const auto target = observe({broker.port(), plain_port}, material, i);
    EXPECT_THAT(not_passed(target), ::testing::Contains(::testing::Pair("cleartext-listener-closed", Verdict::fail)))
        << i << '\n'
        << story_of(target);
  }
}

}  // namespace
}  // namespace mqtts::checks
