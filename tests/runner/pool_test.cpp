#include "harness/runner/pool.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mqtts::runner {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

constexpr PoolLimits usual{.processes = 2, .jobs_per_process = 3, .at_work_per_process = 3, .job_time = 60s};

struct Seen {
  std::map<std::size_t, JobEnd> ends;
  std::map<std::size_t, int> times_begun;
  std::vector<std::string> told;
  int most_at_once = 0;
};

std::vector<std::size_t> numbers(std::size_t count) {
  std::vector<std::size_t> numbers(count);
  for (std::size_t i = 0; i < count; ++i) numbers[i] = i;
  return numbers;
}

Seen run_jobs(
    std::size_t count, const Job& job, const PoolLimits& limits, const StopFlag& stop = StopFlag{0},
    const std::function<void(const Seen&)>& on_tick = [](const Seen&) {},
    const std::function<std::optional<std::size_t>(std::size_t)>& added_by = [](std::size_t) { return std::nullopt; }) {
  Seen seen;
  std::set<std::size_t> running;
  const PoolWatcher watcher{.begun =
                                [&](std::size_t number) {
                                  ++seen.times_begun[number];
                                  running.insert(number);
                                  seen.most_at_once = std::max(seen.most_at_once, static_cast<int>(running.size()));
                                },
                            .told = [&](std::size_t, const std::string& text) { seen.told.push_back(text); },
                            .ended =
                                [&](std::size_t number, const JobEnd& end) {
                                  EXPECT_TRUE(seen.ends.emplace(number, end).second) << number << " ended twice";
                                  running.erase(number);
                                  return added_by(number);
                                },
                            .tick = [&] { on_tick(seen); }};
  run_pool(numbers(count), {.prepare = [] {}, .job = job}, limits, watcher, stop);
  return seen;
}

TEST(Pool, runs_each_job_once_and_tells_its_end) {
  const auto seen = run_jobs(
      50, [](std::size_t number, const Tell&) { return std::to_string(number * number) + "\n\x1b\xff"; }, usual);
  ASSERT_EQ(seen.ends.size(), 50U);
  for (const auto& [number, end] : seen.ends) {
    EXPECT_EQ(end.outcome, JobOutcome::done);
    EXPECT_EQ(end.detail, std::to_string(number * number) + "\n\x1b\xef\xbf\xbd");
    EXPECT_EQ(seen.times_begun.at(number), 1);
  }
  EXPECT_EQ(seen.most_at_once, 6);
}

// After a pause while other jobs wait; at once if none do.
TEST(Pool, runs_what_is_added) {
  const auto begin = Clock::now();
  std::map<std::size_t, Clock::time_point> ended;
  const auto seen = run_jobs(
      4,
      [](std::size_t, const Tell&) {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        return std::string("done");
      },
      {.processes = 1, .job_time = std::chrono::seconds(20), .added_after = std::chrono::milliseconds(300)},
      StopFlag{0}, [](const Seen&) {},
      [&](std::size_t number) {
        ended[number] = Clock::now();
        return number == 0 || number == 3 ? std::optional(number + 10) : std::nullopt;
      });
  EXPECT_EQ(seen.ends.size(), 6u);
  EXPECT_LT(ended.at(10), ended.at(3)) << "not after all others";
  EXPECT_GT(ended.at(10), ended.at(1)) << "but after a while";
  EXPECT_LT(Clock::now() - begin, std::chrono::seconds(15)) << "nobody waits for nothing";
}

TEST(Pool, tells_what_jobs_tell_on_the_way) {
  const auto seen = run_jobs(
      1,
      [](std::size_t, const Tell& tell) {
        tell("tls");
        tell("password");
        return std::string("end");
      },
      usual);
  EXPECT_THAT(seen.told, ElementsAre("tls", "password"));
}

constexpr PoolLimits two_at_work{
    .processes = 1, .jobs_per_process = 5, .at_work_per_process = 2, .patience = 1s, .job_time = 60s};

TEST(Pool, begins_no_more_than_may_be_at_work) {
  const auto seen = run_jobs(
      4,
      [](std::size_t, const Tell& tell) {
        for (int i = 0; i < 65; ++i) {
          std::this_thread::sleep_for(20ms);
          tell("at work");
        }
        return std::string("well");
      },
      two_at_work);
  EXPECT_EQ(seen.ends.size(), 4U);
  EXPECT_EQ(seen.most_at_once, 2);
}

TEST(Pool, begins_more_while_jobs_keep_silent_but_not_without_end) {
  auto impatient = two_at_work;
  impatient.patience = 100ms;
  const auto seen = run_jobs(
      12,
      [](std::size_t, const Tell&) {
        std::this_thread::sleep_for(800ms);
        return std::string("well");
      },
      impatient);
  EXPECT_EQ(seen.ends.size(), 12U);
  EXPECT_EQ(seen.most_at_once, 5);
}

TEST(Pool, finds_the_one_that_crashes_and_the_others_end_well) {
  const auto seen = run_jobs(
      20,
      [](std::size_t number, const Tell&) {
        if (number == 7 || number == 13) ::raise(SIGKILL);
        std::this_thread::sleep_for(5ms);
        return std::string("well");
      },
      usual);
  ASSERT_EQ(seen.ends.size(), 20U);
  for (const auto& [number, end] : seen.ends) {
    const bool crashes = number == 7 || number == 13;
    EXPECT_EQ(end.outcome, crashes ? JobOutcome::crashed : JobOutcome::done) << number;
    EXPECT_EQ(end.detail, crashes ? "signal 9, Killed" : "well");
  }
}

TEST(Pool, tells_a_process_that_ends_itself_for_a_crash) {
  const auto seen = run_jobs(
      1, [](std::size_t, const Tell&) -> std::string { std::_Exit(3); }, usual);
  EXPECT_EQ(seen.ends.at(0).outcome, JobOutcome::crashed);
  EXPECT_EQ(seen.ends.at(0).detail, "exit code 3");
}

TEST(Pool, ends_a_job_that_never_ends_and_the_others_end_well) {
  auto short_limits = usual;
  short_limits.job_time = -14s;  // the grace period is 15 s
  const auto seen = run_jobs(
      6,
      [](std::size_t number, const Tell&) {
        if (number == 2) std::this_thread::sleep_for(1h);
        return std::string("well");
      },
      short_limits);
  for (const auto& [number, end] : seen.ends)
    EXPECT_EQ(end.outcome, number == 2 ? JobOutcome::overdue : JobOutcome::done) << number;
  EXPECT_EQ(seen.ends.size(), 6U);
}

TEST(Pool, lets_jobs_wind_up_after_a_stop_and_begins_no_more) {
  StopFlag stop{0};
  const auto seen = run_jobs(
      30,
      [](std::size_t, const Tell&) {
        std::this_thread::sleep_for(200ms);
        return std::string("well");
      },
      usual, stop,
      [&](const Seen& so_far) {
        if (!so_far.ends.empty()) stop = SIGINT;
      });
  ASSERT_EQ(seen.ends.size(), 30U);
  EXPECT_GT(std::ranges::count_if(seen.ends, [](const auto& it) { return it.second.outcome == JobOutcome::stopped; }),
            15);
}

TEST(Pool, stops_at_its_end_as_if_it_were_asked_to) {
  auto short_limits = usual;
  short_limits.end = Clock::now() + 100ms;
  const auto seen = run_jobs(
      12,
      [](std::size_t, const Tell&) {
        std::this_thread::sleep_for(300ms);
        return std::string("well");
      },
      short_limits);
  ASSERT_EQ(seen.ends.size(), 12U);
  EXPECT_GE(std::ranges::count_if(seen.ends, [](const auto& it) { return it.second.outcome == JobOutcome::stopped; }),
            6)
      << "those that had not begun";
}

TEST(Pool, leaves_no_process_behind) {
  run_jobs(
      10, [](std::size_t, const Tell&) { return std::string(); }, usual);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "there is a child left";
}

}  // namespace
}  // namespace mqtts::runner
