// Servers that slow down who guesses a password, in several ways, and those that do not.
#include <atomic>
#include <chrono>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "harness/probes/guessing_probe.h"
#include "tests/probes/login_server.h"
#include "tests/support/finished_lab.h"
#include "tests/support/must.h"

namespace mqtts::probes {
namespace {

using std::chrono::milliseconds;

Observation guessing_seen(const Client& client, Clock::duration span = std::chrono::seconds(20)) {
  return test::must(login_guessing_kind().run({.client = client, .timeout = milliseconds(300)}, Deadline::in(span)));
}

std::optional<bool> slowed(const Observation& seen) {
  const auto found = seen.facts.find("guessing.slowed");
  return found == seen.facts.end() ? std::nullopt : std::optional(std::get<bool>(found->second));
}

std::optional<bool> slowed_by(const test::LoginServer::Answer& answer,
                              Clock::duration span = std::chrono::seconds(20)) {
  test::LoginServer server(answer);
  return slowed(guessing_seen(server.alice(), span));
}

TEST(Guessing, is_not_slowed_by_a_broker_that_does_nothing) {
  test::LoginServer server(test::by_password);
  const auto seen = guessing_seen(server.alice());
  EXPECT_EQ(slowed(seen), false);
  EXPECT_GT(std::get<double>(seen.facts.at("guessing.rate_per_second")), 10);
  EXPECT_EQ(server.logins(), 22);
}

TEST(Guessing, is_slowed_by_answers_that_come_later_and_later) {
  EXPECT_EQ(slowed_by([](const auto& login) {
              return test::LoginAnswer{.code = login.is_alices() ? 0 : 5,
                                       .delay = milliseconds(login.is_alices() ? 0 : 12 * login.number)};
            }),
            true);
}

TEST(Guessing, is_slowed_by_answers_that_are_all_late) {
  EXPECT_EQ(slowed_by([](const auto& login) {
              return test::LoginAnswer{.code = login.is_alices() ? 0 : 5,
                                       .delay = milliseconds(login.is_alices() ? 0 : 200)};
            }),
            true);
}

TEST(Guessing, is_not_slowed_by_a_slow_network) {
  EXPECT_EQ(slowed_by([](const auto& login) {
              return test::LoginAnswer{.code = login.is_alices() ? 0 : 5, .delay = milliseconds(120)};
            }),
            false);
}

TEST(Guessing, is_slowed_by_a_lock_of_the_account) {
  EXPECT_EQ(slowed_by([](const auto& login) {
              return test::LoginAnswer{.code = login.is_alices() && login.number < 5 ? 0 : 5};
            }),
            true);
}

TEST(Guessing, is_slowed_by_a_ban_that_ends) {
  std::atomic<int> wrong = 0;
  std::atomic<Clock::time_point> until = Clock::now();
  EXPECT_EQ(slowed_by([&](const auto& login) {
              if (Clock::now() < until.load()) return test::LoginAnswer{.code = -1};
              if (login.is_alices()) return test::LoginAnswer{.code = 0};
              if (++wrong % 6 == 0) until = Clock::now() + std::chrono::seconds(1);
              return test::LoginAnswer{};
            }),
            true);
}

TEST(Guessing, is_not_known_to_be_slowed_by_a_broker_that_is_restarted) {
  std::atomic<int> logins = 0;
  std::atomic<Clock::time_point> until = Clock::now();
  EXPECT_EQ(slowed_by([&](const auto& login) {
              if (++logins == 7) until = Clock::now() + std::chrono::seconds(1);
              if (Clock::now() < until.load()) return test::LoginAnswer{.code = -1};
              return test::LoginAnswer{.code = login.is_alices() ? 0 : 5};
            }),
            std::nullopt);
}

// From the tenth login on everything takes 200 ms.
TEST(Guessing, is_not_known_to_be_slowed_by_a_machine_that_has_become_slow) {
  EXPECT_EQ(slowed_by([](const auto& login) {
              return test::LoginAnswer{.code = login.is_alices() ? 0 : 5,
                                       .delay = milliseconds(login.number < 10 ? 0 : 200)};
            }),
            std::nullopt);
}

TEST(Guessing, is_slowed_by_a_broker_that_closes_on_guesses_alone) {
  EXPECT_EQ(slowed_by([](const auto& login) {
              return test::LoginAnswer{.code = login.is_alices() ? 0 : login.number > 5 ? -1 : 5};
            }),
            true);
}

// A dead broker bans everybody for ever.
TEST(Guessing, is_not_known_to_be_slowed_by_a_broker_that_is_gone) {
  EXPECT_EQ(slowed_by(
                [](const auto& login) {
                  return test::LoginAnswer{.code = login.number > 5 ? -1 : login.is_alices() ? 0 : 5};
                },
                std::chrono::seconds(3)),
            std::nullopt);
  EXPECT_EQ(slowed_by(
                [](const auto& login) {
                  return test::LoginAnswer{.code = login.number > 5 ? -2 : login.is_alices() ? 0 : 5};
                },
                std::chrono::seconds(7)),
            std::nullopt);
}

TEST(Guessing, is_not_known_to_be_slowed_where_answers_differ_now_and_then) {
  EXPECT_EQ(slowed_by([](const auto& login) {
              return test::LoginAnswer{.code = login.is_alices() ? 0 : login.number % 3 == 0 ? -1 : 5};
            }),
            std::nullopt);
  EXPECT_EQ(slowed_by([](const auto& login) {
              return test::LoginAnswer{.code = login.number == 9 || login.is_alices() ? 0 : 5};
            }),
            std::nullopt);
}

TEST(Guessing, needs_an_account_that_is_let_in) {
  EXPECT_EQ(slowed_by([](const auto&) { return test::LoginAnswer{}; }), std::nullopt);
  test::LoginServer server(test::by_password);
  auto nobody = server.alice();
  nobody.user_name.reset();
  EXPECT_EQ(login_guessing_kind().run({.client = nobody}, test::soon()).error().kind, ErrorKind::missing_material);
}

TEST(Guessing, works_with_tls_and_a_client_certificate) {
  const test::FinishedLab lab;
  EXPECT_EQ(slowed(test::must(login_guessing_kind().run({.client = lab.good_client(MqttVersion::v5_0)}, test::soon()))),
            false);
}

}  // namespace
}  // namespace mqtts::probes
