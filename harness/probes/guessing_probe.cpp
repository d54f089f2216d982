#include "harness/probes/guessing_probe.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "harness/probes/evidence.h"
#include "harness/probes/logins.h"
#include "harness/util/message.h"
#include "harness/util/parse_number.h"

namespace mqtts::probes {
namespace {

constexpr std::size_t default_guesses = 20;
constexpr std::size_t fewest_guesses = 8;
constexpr int most_guesses = 1'000;
constexpr std::size_t last_ones = 4;  // that must agree
constexpr double times_slower = 4;
constexpr double seconds_slower = 0.1;  // a busy machine delays an answer by some tens of milliseconds
constexpr int right_logins = 3;
constexpr double clearly_not_slower = 0.03;
constexpr auto longest_ban = std::chrono::seconds(15);
constexpr auto pause_in_ban = std::chrono::milliseconds(500);
constexpr auto longest_guessing = std::chrono::seconds(120);

std::size_t guesses_of(const Attempt& attempt) {
  const auto found = attempt.parameters.find("guesses");
  const auto guesses = found == attempt.parameters.end() ? default_guesses : leading_number<std::size_t>(found->second);
  return std::clamp<std::size_t>(guesses, fewest_guesses, most_guesses);
}

double median_of(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::ranges::nth_element(sorted, middle);
  return *middle;
}

// Guesses in a row.
struct Round {
  std::vector<double> wrong;                       // answered as wrong logins: after how many seconds, in their order
  std::vector<wire::ConnectionFacts> turned_away;  // from the first one on that was not
  std::size_t made() const { return wrong.size() + turned_away.size(); }
};

// The broker did something else to the last guesses than to wrong logins, whatever was the matter. Silence is none: a
// network or a machine may be silent.
bool is_steadily_turned_away(const Round& round) {
  return round.turned_away.size() >= last_ones && std::ranges::none_of(round.turned_away, [](const auto& each) {
           return is_let_in(each) || is_wrong_login(each) || each.outcome == Outcome::timeout;
         });
}

// The broker is there, and says no.
bool is_by_connack(const wire::ConnectionFacts& facts) {
  return facts.outcome == Outcome::refused && facts.by == By::mqtt && facts.reason != "server_unavailable" &&
         facts.reason != "server_busy" && facts.reason != "server_shutting_down";
}

enum class Slowed {
  yes,
  no,
  unclear
};

// By the times of guesses that were all answered. `before` is that of the right login.
Slowed by_times(const std::vector<double>& wrong, double before) {
  const auto first = std::span(wrong).first(last_ones);
  const auto last = std::span(wrong).last(last_ones);
  const double fastest_last = *std::ranges::min_element(last);
  const auto is_slower_than = [&](double usual) {
    return fastest_last >= times_slower * usual && fastest_last >= usual + seconds_slower;
  };
  if (is_slower_than(*std::ranges::max_element(first)) || is_slower_than(before)) return Slowed::yes;
  const double usual = std::min(median_of(first), before);
  const double later = median_of(last);
  return later < usual + clearly_not_slower || later < 2 * usual ? Slowed::no : Slowed::unclear;
}

class Guessing {
 public:
  Guessing(const Attempt& attempt, const Deadline& deadline)
      : attempt_(attempt), deadline_(deadline), logins_(attempt, deadline) {}

  Result<Observation> run() {
    const auto before = logins_.right();
    if (!before) return tl::make_unexpected(before.error());
    seen_ = to_observation(*before, attempt_.client);
    if (!is_let_in(*before) || !before->answer_seconds) {
      tell(msg("the account that should be let in was not: {seen}", {{"seen", summary(*before)}}));
      return seen_;
    }
    const auto start = Clock::now();
    const auto round = guess();
    if (!round) return tl::make_unexpected(round.error());
    const double seconds = std::max(seconds_since(start), 0.001);
    if (round->made() < guesses_of(attempt_)) {
      tell(msg("there was no time for all the logins that this takes"));
      return seen_;
    }
    const auto after = logins_.right();
    if (!after) return tl::make_unexpected(after.error());
    tell(msg("the right password after {count} wrong ones: {seen}",
             {{"count", std::to_string(round->made())}, {"seen", summary(*after)}}));
    const auto settled = round->turned_away.empty()
                             ? compare(*round, *before->answer_seconds, *after,
                                       std::round(10 * static_cast<double>(round->made()) / seconds) / 10)
                             : judge_ban(*round, *after);
    if (!settled) return tl::make_unexpected(settled.error());
    return seen_;
  }

 private:
  void tell(Message message) { seen_.evidence.push_back(note(std::move(message))); }

  Result<Round> guess() {
    Round round;
    while (round.made() < guesses_of(attempt_) && !deadline_.passed()) {
      const auto facts = logins_.with(*attempt_.client.user_name, logins_.made_up(made_up_length));
      if (!facts) return tl::make_unexpected(facts.error());
      if (is_wrong_login(*facts) && facts->answer_seconds && round.turned_away.empty())
        round.wrong.push_back(*facts->answer_seconds);
      else
        round.turned_away.push_back(*facts);
    }
    return round;
  }

  // All guesses were answered as wrong logins.
  Result<void> compare(const Round& round, double before, const wire::ConnectionFacts& after, double rate) {
    if (!is_let_in(after)) {
      // The right password is refused by a broker that is there: the account is locked.
      if (is_wrong_login(after)) seen_.facts["guessing.slowed"] = true;
      return {};
    }
    seen_.facts["guessing.rate_per_second"] = rate;
    auto slowed = by_times(round.wrong, before);
    if (slowed == Slowed::yes) {
      const auto is_only_for_guesses = right_login_is_faster(round.wrong.back());
      if (!is_only_for_guesses) return tl::make_unexpected(is_only_for_guesses.error());
      if (!*is_only_for_guesses) slowed = Slowed::unclear;
    }
    if (slowed != Slowed::unclear)
      seen_.facts["guessing.slowed"] = slowed == Slowed::yes;
    else
      tell(msg("this machine or the network is too noisy to tell whether later answers were slower"));
    return {};
  }

  // Not the whole machine has become slow.
  Result<bool> right_login_is_faster(double than) {
    for (int i = 0; i < right_logins; ++i) {
      const auto facts = logins_.right();
      if (!facts) return tl::make_unexpected(facts.error());
      if (is_let_in(*facts) && facts->answer_seconds && 2 * *facts->answer_seconds < than) return true;
    }
    return false;
  }

  // From some guess on the broker did something else than before: does it turn away who guesses, or is it gone?
  Result<void> judge_ban(const Round& round, const wire::ConnectionFacts& after) {
    tell(msg("guess {number} and those that followed were no longer answered as wrong: {seen}",
             {{"number", std::to_string(round.wrong.size() + 1)}, {"seen", summary(round.turned_away.back())}}));
    if (!is_steadily_turned_away(round)) {
      tell(msg("not all of them in one way, so that this is no ban: nothing is known"));
      return {};
    }
    const auto latest = wait_for_right_login(after);
    if (!latest) return tl::make_unexpected(latest.error());
    if (is_by_connack(*latest)) {
      seen_.facts["guessing.slowed"] = true;
      return {};
    }
    if (!is_let_in(*latest)) {
      tell(
          msg("the right password is turned away, too, and does not come back: a long ban cannot be told from a broker "
              "that is down"));
      return {};
    }
    // A broker that was restarted has turned everybody away, too, but not twice.
    const auto again = guess();
    if (!again) return tl::make_unexpected(again.error());
    if (is_steadily_turned_away(*again))
      seen_.facts["guessing.slowed"] = true;
    else
      tell(msg("a second row of guesses was not turned away: the broker may have been restarted meanwhile"));
    return {};
  }

  Result<wire::ConnectionFacts> wait_for_right_login(wire::ConnectionFacts latest) {
    for (const auto end = deadline_.within(longest_ban);
         !is_let_in(latest) && !is_by_connack(latest) && !end.passed();) {
      pause_for(pause_in_ban, end);
      auto again = logins_.right();
      if (!again) return again;
      latest = *std::move(again);
    }
    return latest;
  }

  const Attempt& attempt_;
  const Deadline& deadline_;
  Logins logins_;
  Observation seen_;
};

Result<Observation> probe_guessing(const Attempt& attempt, const Deadline& deadline) {
  if (!has_account(attempt)) return needs_account();
  const auto start = Clock::now();
  const auto end = deadline.within(longest_guessing);
  auto seen = Guessing(attempt, end).run();
  if (seen) seen->seconds = seconds_since(start);
  return seen;
}

}  // namespace

ProbeKind login_guessing_kind() {
  return {.name = "login_guessing",
          .parameters = {{"guesses", ProbeParameter::Type::number, false, most_guesses}},
          .facts = {{"guessing.slowed", FactType::flag}, {"guessing.rate_per_second", FactType::number}},
          .needs = {.intrusion = true},
          .run = probe_guessing};
}

}  // namespace mqtts::probes
