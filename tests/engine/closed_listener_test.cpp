#include "harness/engine/closed_listener.h"

#include <gtest/gtest.h>

#include "tests/engine/lab_plan.h"

namespace mqtts::engine {
namespace {

const Observation accepted_by_broker{.outcome = Outcome::accepted, .by = By::broker, .code = 0};

Observation answer(Outcome outcome, By by, std::string reason = "") {
  return {.outcome = outcome, .by = by, .reason = std::move(reason)};
}
Observation closed() { return answer(Outcome::refused, By::network, "connection_refused"); }
Observation filtered() { return answer(Outcome::timeout, By::network, "timed_out"); }
Observation unreachable() { return answer(Outcome::refused, By::network, "network_unreachable"); }

class ClosedListener : public ::testing::Test {
 protected:
  Verdict judged(const ClosedListenerEvidence& evidence) const {
    return judge_closed_listener(check, evidence).verdict;
  }
  static ClosedListenerEvidence evidence(std::vector<PortTry> tries) {
    return {.opening_control = accepted_by_broker,
            .closing_control = accepted_by_broker,
            .tries = std::move(tries),
            .port = "1883"};
  }
  static PortTry at(const std::string& address, Seen what, bool control_answered = true) {
    return {address, std::move(what), control_answered};
  }

  const CheckSpec control = positive("control", {}, ProbeSpec{});
  CheckSpec check =
      negative("check", control, "listener", {}, {refused_by(By::network), {Outcome::timeout, By::network, {}}});
};

TEST_F(ClosedListener, is_one_that_refuses_tcp) {
  struct Row {
    const char* what;
    Observation seen;
    Verdict wanted;
  };
  const Row rows[] = {
      {"refused", closed(), Verdict::pass},
      {"a firewall that says so", answer(Outcome::refused, By::network, "host_unreachable"), Verdict::pass},
      {"filtered, or too busy", filtered(), Verdict::error},
      {"takes connections and says nothing", answer(Outcome::timeout, By::network, "no_answer"), Verdict::error},
      {"takes connections and closes them", answer(Outcome::closed, By::broker), Verdict::error},
      {"another protocol", answer(Outcome::garbled, By::broker), Verdict::error},
      {"open, but with passwords", answer(Outcome::refused, By::mqtt, "not_authorized"), Verdict::fail},
      {"open, but busy", answer(Outcome::refused, By::mqtt, "server_unavailable"), Verdict::fail},
      {"open", accepted_by_broker, Verdict::fail},
  };
  for (const auto& row : rows) EXPECT_EQ(judged(evidence({at("192.0.2.1", row.seen)})), row.wanted) << row.what;
}

TEST_F(ClosedListener, fails_for_an_answer_in_clear_whatever_its_control_did) {
  auto without_control = evidence({at("192.0.2.1", answer(Outcome::refused, By::mqtt, "not_authorized"))});
  without_control.opening_control = closed();
  EXPECT_EQ(judged(without_control), Verdict::fail);
}

TEST_F(ClosedListener, leans_on_its_control_before_and_after) {
  auto before = evidence({at("192.0.2.1", closed())});
  before.opening_control = closed();
  EXPECT_EQ(judged(before), Verdict::error);
  auto after = evidence({at("192.0.2.1", closed())});
  after.closing_control = closed();
  EXPECT_EQ(judged(after), Verdict::error);
}

TEST_F(ClosedListener, is_closed_on_every_address) {
  EXPECT_EQ(judged(evidence({at("192.0.2.1", closed()), at("2001:db8::1", closed())})), Verdict::pass);
  EXPECT_EQ(judged(evidence({at("192.0.2.1", closed()), at("2001:db8::1", accepted_by_broker)})), Verdict::fail);
  EXPECT_EQ(judged(evidence({at("192.0.2.1", closed()), at("2001:db8::1", unreachable(), false)})), Verdict::error)
      << "from elsewhere it may be reached";
  EXPECT_EQ(judged(evidence({at("127.0.0.1", closed()), at("::1", unreachable(), false)})), Verdict::pass)
      << "a machine without IPv6";
}

TEST_F(ClosedListener, believes_its_host) {
  for (const auto& doubtful : {filtered(), answer(Outcome::closed, By::broker),
                               answer(Outcome::timeout, By::network, "no_answer"), unreachable()}) {
    auto it = evidence({at("192.0.2.1", doubtful, false)});
    it.host_listens = false;
    EXPECT_EQ(judged(it), Verdict::pass) << doubtful.reason;
    it.host_listens = true;
    EXPECT_EQ(judged(it), Verdict::error) << doubtful.reason;
  }
  auto dropped = evidence({at("192.0.2.1", filtered())});
  dropped.host_listens = dropped.host_drops = true;
  EXPECT_EQ(judged(dropped), Verdict::pass) << "its firewall says so";
  dropped.tries[0].seen = answer(Outcome::timeout, By::network, "no_answer");
  EXPECT_EQ(judged(dropped), Verdict::error) << "no firewall has dropped that";
  auto open = evidence({at("192.0.2.1", accepted_by_broker)});
  open.host_listens = false;
  EXPECT_EQ(judged(open), Verdict::fail) << "somebody let a client in, whatever the host says";
}

TEST_F(ClosedListener, may_be_filtered_if_it_never_answers_while_the_control_does) {
  const auto never = at("192.0.2.1", filtered());
  EXPECT_EQ(judged(evidence({never, never})), Verdict::error);
  EXPECT_EQ(judged(evidence({never, never, never})), Verdict::pass);
  EXPECT_EQ(judged(evidence({never, at("192.0.2.1", filtered(), false), never})), Verdict::error)
      << "nothing answered beside one of them";
  EXPECT_EQ(
      judged(evidence({never, at("192.0.2.1", answer(Outcome::timeout, By::network, "no_answer")), never, never})),
      Verdict::error)
      << "it took a connection once";
  EXPECT_EQ(judged(evidence({at("192.0.2.1", accepted_by_broker), never, never, never})), Verdict::fail);
  auto told = evidence({never, never, never});
  told.host_listens = true;
  EXPECT_EQ(judged(told), Verdict::error) << "its host knows better";
  check.expected = {refused_by(By::network)};
  EXPECT_EQ(judged(evidence({never, never, never})), Verdict::error) << "the plan does not allow it";
}

TEST_F(ClosedListener, shows_the_try_that_decides) {
  const std::vector<PortTry> tries{at("192.0.2.1", closed()), at("192.0.2.2", filtered()),
                                   at("192.0.2.3", accepted_by_broker)};
  EXPECT_EQ(deciding_try(tries).address, "192.0.2.3");
  EXPECT_EQ(deciding_try({tries[0], tries[1]}).address, "192.0.2.2");
}

}  // namespace
}  // namespace mqtts::engine
