// Servers whose refusals take longer for a user who exists, and those whose do not: never a wrong answer, also where
// the machine has too much to do.
#include <atomic>
#include <chrono>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "harness/probes/timing_probe.h"
#include "tests/probes/login_server.h"
#include "tests/support/finished_lab.h"
#include "tests/support/must.h"

namespace mqtts::probes {
namespace {

constexpr int repeats = 20;

Observation timing_seen(const Client& client, Clock::duration timeout = std::chrono::seconds(5)) {
  return test::must(
      login_timing_kind().run({.client = client, .timeout = timeout}, Deadline::in(std::chrono::seconds(60))));
}

test::LoginServer::Answer delays_known_users(std::chrono::milliseconds delay) {
  return [delay](const test::ReceivedLogin& login) {
    return test::LoginAnswer{.code = login.is_alices() ? 0 : 5,
                             .delay = login.user_name == "alice" ? delay : std::chrono::milliseconds(0)};
  };
}

struct Answers {
  int yes = 0;
  int no = 0;
};

Answers answers_of(std::chrono::milliseconds delay) {
  test::LoginServer server(delays_known_users(delay));
  Answers answers;
  for (int i = 0; i < repeats; ++i) {
    const auto seen = timing_seen(server.alice());
    const auto found = seen.facts.find("timing.distinguishable");
    if (found == seen.facts.end()) continue;
    (std::get<bool>(found->second) ? answers.yes : answers.no)++;
  }
  return answers;
}

class Load {
 public:
  Load() {
    for (unsigned int i = 0; i < std::max(2U, std::thread::hardware_concurrency()); ++i)
      threads_.emplace_back([](const std::stop_token& stop) {
        while (!stop.stop_requested()) continue;
      });
  }

 private:
  std::vector<std::jthread> threads_;
};

TEST(LoginTiming, is_the_same_where_nothing_tells) {
  const auto answers = answers_of(std::chrono::milliseconds(0));
  EXPECT_EQ(answers.yes, 0);
  EXPECT_GT(answers.no, repeats / 2);
}

TEST(LoginTiming, tells_of_five_milliseconds) {
  const auto answers = answers_of(std::chrono::milliseconds(5));
  EXPECT_EQ(answers.no, 0);
  EXPECT_GT(answers.yes, repeats / 2);
}

TEST(LoginTiming, is_never_wrong_on_a_busy_machine) {
  const Load load;
  EXPECT_EQ(answers_of(std::chrono::milliseconds(0)).yes, 0);
  EXPECT_EQ(answers_of(std::chrono::milliseconds(5)).no, 0);
}

TEST(LoginTiming, states_its_statistics) {
  test::LoginServer server(delays_known_users(std::chrono::milliseconds(20)));
  const auto seen = timing_seen(server.alice());
  EXPECT_TRUE(std::get<bool>(seen.facts.at("timing.distinguishable")));
  EXPECT_GE(std::get<double>(seen.facts.at("timing.samples")), 60);
  EXPECT_NEAR(std::get<double>(seen.facts.at("timing.difference_ms")), 20, 5);
  EXPECT_LT(std::get<double>(seen.facts.at("timing.p_value")), 0.001);
}

// Both kinds of refusals take from 0 to 15 ms: the machine, or what is between, is too noisy.
TEST(LoginTiming, says_nothing_where_it_cannot_tell) {
  std::atomic<unsigned int> count = 0;
  test::LoginServer server([&](const test::ReceivedLogin& login) {
    std::minstd_rand random(++count * 7919);
    random.discard(3);
    return test::LoginAnswer{.code = login.is_alices() ? 0 : 5, .delay = std::chrono::milliseconds(random() % 16)};
  });
  const auto seen = test::must(login_timing_kind().run({.client = server.alice(), .parameters = {{"samples", "40"}}},
                                                       Deadline::in(std::chrono::seconds(60))));
  EXPECT_TRUE(seen.facts.empty());
}

TEST(LoginTiming, needs_an_account_that_is_let_in) {
  test::LoginServer server([](const auto&) { return test::LoginAnswer{}; });
  EXPECT_TRUE(timing_seen(server.alice()).facts.empty());
  EXPECT_EQ(server.logins(), 1);
  auto nobody = server.alice();
  nobody.password.reset();
  EXPECT_EQ(login_timing_kind().run({.client = nobody}, test::soon()).error().kind, ErrorKind::missing_material);
}

TEST(LoginTiming, says_nothing_of_a_locked_account) {
  test::LoginServer silently([](const auto& login) { return test::LoginAnswer{.code = login.number == 0 ? 0 : 5}; });
  EXPECT_TRUE(timing_seen(silently.alice()).facts.empty());
  test::LoginServer closes([](const auto& login) {
    return test::LoginAnswer{.code = login.is_alices() ? 0 : login.number > 20 && login.user_name == "alice" ? -1 : 5};
  });
  EXPECT_TRUE(timing_seen(closes.alice()).facts.empty());
}

TEST(LoginTiming, says_nothing_where_unknown_users_are_not_refused) {
  for (const int code : {0, -1, -2, 3}) {
    test::LoginServer server([&](const auto& login) {
      return test::LoginAnswer{.code = login.is_alices() ? 0 : login.user_name == "alice" ? 5 : code};
    });
    EXPECT_TRUE(timing_seen(server.alice(), std::chrono::milliseconds(300)).facts.empty()) << code;
  }
}

TEST(LoginTiming, works_with_tls_and_a_client_certificate) {
  const test::FinishedLab lab;
  const auto seen = timing_seen(lab.good_client(MqttVersion::v5_0));
  const auto found = seen.facts.find("timing.distinguishable");
  if (found != seen.facts.end()) {
    EXPECT_FALSE(std::get<bool>(found->second));
  }
}

}  // namespace
}  // namespace mqtts::probes
