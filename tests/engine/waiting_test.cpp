// A check that waits, beside one of a later stage, and what brings it back to its own turn.
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/model/interfaces.h"
#include "tests/engine/lab.h"

namespace mqtts::engine {
namespace {

using ::testing::ElementsAre;

constexpr auto long_enough = std::chrono::seconds(10);

// Writes down in what order attempts begin and end; those of "keep_alive" do as they are told.
class Diary : public Prober {
 public:
  std::function<Observation(const Attempt&, Diary&)> wait;
  std::vector<std::string> lines;

  Result<Observation> observe(const Attempt& attempt, const Deadline&) override {
    const bool waits = attempt.kind == "keep_alive";
    write(attempt.kind + " begins");
    auto seen = waits ? wait(attempt, *this) : served();
    write(attempt.kind + " ends");
    return seen;
  }
  // False if that does not come about.
  bool await(const std::string& line) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, long_enough, [&] { return std::ranges::find(lines, line) != lines.end(); });
  }

  static Observation served() { return {.outcome = Outcome::accepted, .by = By::broker, .code = 0}; }
  static Observation enforced(bool is) {
    auto seen = served();
    seen.facts["session.keep_alive_enforced"] = is;
    return seen;
  }

 private:
  void write(const std::string& line) {
    const std::lock_guard lock(mutex_);
    lines.push_back(line);
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
};

// As a probe does that waits and is disturbed by nobody; alone, it has nobody to wait for.
Observation wait_beside(const Attempt& attempt, Diary& diary) {
  if (!attempt.begins_to_wait) return Diary::enforced(true);
  attempt.begins_to_wait();
  EXPECT_TRUE(diary.await("connect ends"));
  return Diary::enforced(true);
}

class Waits : public Lab {
 protected:
  Waits() {
    const ClientSpec client{.listener = "plain"};
    CheckSpec waiting{.id = "keep-alive-enforced", .client = client, .probe = {.kind = "keep_alive", .waits = true}};
    waiting.expected = {Expected{.facts = {{.fact = "session.keep_alive_enforced", .wanted = true}}}};
    plan.stages = {{.id = "session", .checks = {waiting}},
                   {.id = "one", .after = "session", .checks = {positive("let-in", client, {})}}};
    options.mode = Mode::observe;
    options.stages = Stages::are_groups;
  }

  Verdict verdict_of_waiting(BrokerHost* host = nullptr) {
    Environment environment{.endpoint = {"127.0.0.1", "127.0.0.1"},
                            .materials = materials,
                            .prober = diary,
                            .host = host,
                            .progress = progress};
    return check(run_target(plan, "t", environment, options, deadline).value(), "keep-alive-enforced").verdict;
  }

  Diary diary;
  Options options;
};

TEST_F(Waits, beside_the_others) {
  diary.wait = wait_beside;
  EXPECT_EQ(verdict_of_waiting(), Verdict::pass);
  EXPECT_THAT(diary.lines, ElementsAre("keep_alive begins", "connect begins", "connect ends", "keep_alive ends"));
}

TEST_F(Waits, and_is_not_attempted_again_where_it_fails) {
  diary.wait = [](const Attempt& attempt, Diary& all) {
    wait_beside(attempt, all);
    return Diary::enforced(false);
  };
  EXPECT_EQ(verdict_of_waiting(), Verdict::fail);
  EXPECT_THAT(diary.lines, ElementsAre("keep_alive begins", "connect begins", "connect ends", "keep_alive ends"));
}

TEST_F(Waits, or_is_attempted_again_alone_where_it_was_disturbed) {
  diary.wait = [](const Attempt& attempt, Diary& all) {
    const auto seen = wait_beside(attempt, all);
    return attempt.begins_to_wait ? Diary::served() : seen;
  };
  EXPECT_EQ(verdict_of_waiting(), Verdict::pass);
  EXPECT_THAT(diary.lines, ElementsAre("keep_alive begins", "connect begins", "connect ends", "keep_alive ends",
                                       "keep_alive begins", "keep_alive ends"));
}

// What would disturb others does not begin to wait, and they begin once it has ended.
TEST_F(Waits, or_is_attempted_again_alone_where_it_would_disturb) {
  diary.wait = [](const Attempt& attempt, Diary&) {
    return attempt.begins_to_wait ? Diary::served() : Diary::enforced(true);
  };
  EXPECT_EQ(verdict_of_waiting(), Verdict::pass);
  EXPECT_THAT(diary.lines, ElementsAre("keep_alive begins", "keep_alive ends", "connect begins", "connect ends",
                                       "keep_alive begins", "keep_alive ends"));
}

// A wrong password is not sent once more.
TEST_F(Waits, and_is_not_attempted_again_where_it_was_turned_away_before) {
  diary.wait = [](const Attempt&, Diary&) {
    return Observation{.outcome = Outcome::refused, .by = By::mqtt, .code = 5, .reason = "not_authorized"};
  };
  EXPECT_EQ(verdict_of_waiting(), Verdict::fail);
  EXPECT_THAT(diary.lines, ElementsAre("keep_alive begins", "keep_alive ends", "connect begins", "connect ends"));
}

TEST_F(Waits, in_its_turn_where_others_may_load_the_broker_or_its_log_is_read) {
  diary.wait = wait_beside;
  const auto in_turn = ElementsAre("keep_alive begins", "keep_alive ends", "connect begins", "connect ends");
  EXPECT_EQ(verdict_of_waiting(&broker), Verdict::pass);
  EXPECT_THAT(diary.lines, in_turn);
  diary.lines.clear();
  options.permission = Permission::intrusive;
  EXPECT_EQ(verdict_of_waiting(), Verdict::pass);
  EXPECT_THAT(diary.lines, in_turn);
}

TEST_F(Waits, no_longer_than_until_a_signal) {
  diary.wait = [this](const Attempt& attempt, Diary&) {
    stop = 2;
    if (attempt.begins_to_wait) attempt.begins_to_wait();
    return Diary::served();
  };
  EXPECT_EQ(verdict_of_waiting(), Verdict::skip);
}

}  // namespace
}  // namespace mqtts::engine
