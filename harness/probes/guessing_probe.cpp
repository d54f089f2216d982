#include "harness/probes/guessing_probe.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <optional>
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

// Of a login that succeeded or failed, in seconds.
struct Speed {
  double right = 0;           // the slower of the right logins
  std::vector<double> wrong;  // in their order
};

// True: the last guesses, each, were surely slower; false: surely not; none: it cannot be said.
std::optional<bool> is_slowed(const Speed& speed) {
  const auto first = std::span(speed.wrong).first(last_ones);
  const auto last = std::span(speed.wrong).last(last_ones);
  const double fastest_last = *std::ranges::min_element(last);
  const auto is_slower_than = [&](double before) {
    return fastest_last >= times_slower * before && fastest_last >= before + seconds_slower;
  };
  if (is_slower_than(*std::ranges::max_element(first)) || is_slower_than(speed.right)) return true;
  const double usual = std::min(median_of(first), speed.right);
  const double later = median_of(last);
  if (later < usual + clearly_not_slower || later < 2 * usual) return false;
  return std::nullopt;
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
    speed_.right = *before->answer_seconds;
    const auto start = Clock::now();
    if (const auto guessed = guess(); !guessed) return tl::make_unexpected(guessed.error());
    if (guesses_ < guesses_of(attempt_)) {
      tell(msg("there was no time for all the logins that this takes"));
      return seen_;
    }
    const double rate = static_cast<double>(guesses_) / std::max(seconds_since(start), 0.001);
    const auto after = logins_.right();
    if (!after) return tl::make_unexpected(after.error());
    tell(msg("the right password after {count} wrong ones: {seen}",
             {{"count", std::to_string(guesses_)}, {"seen", summary(*after)}}));
    if (turned_away_.empty()) {
      compare(*after, rate);
      return seen_;
    }
    tell(msg("guess {number} and those that followed were no longer answered as wrong: {seen}",
             {{"number", std::to_string(speed_.wrong.size() + 1)}, {"seen", summary(turned_away_.back())}}));
    return judge_ban(*after);
  }

 private:
  void tell(Message message) { seen_.evidence.push_back(note(std::move(message))); }

  Result<void> guess() {
    while (guesses_ < guesses_of(attempt_) && !deadline_.passed()) {
      const auto facts = logins_.with(*attempt_.client.user_name, logins_.made_up(made_up_length));
      if (!facts) return tl::make_unexpected(facts.error());
      ++guesses_;
      if (is_wrong_login(*facts) && facts->answer_seconds && turned_away_.empty())
        speed_.wrong.push_back(*facts->answer_seconds);
      else
        turned_away_.push_back(*facts);
    }
    return {};
  }

  // All guesses were answered as wrong logins.
  void compare(const wire::ConnectionFacts& after, double rate) {
    if (!is_let_in(after)) {
      // The right password is refused by a broker that is there: the account is locked.
      if (is_wrong_login(after)) seen_.facts["guessing.slowed"] = true;
      return;
    }
    speed_.right = std::max(speed_.right, after.answer_seconds.value_or(speed_.right));
    seen_.facts["guessing.rate_per_second"] = std::round(rate * 10) / 10;
    if (const auto slowed = is_slowed(speed_))
      seen_.facts["guessing.slowed"] = *slowed;
    else
      tell(msg("this machine or the network is too noisy to tell whether later answers were slower"));
  }

  // From some guess on the broker did something else than before: does it turn away who guesses, or is it gone?
  Result<Observation> judge_ban(const wire::ConnectionFacts& after) {
    const bool is_steady = turned_away_.size() >= last_ones && std::ranges::none_of(turned_away_, is_let_in) &&
                           std::ranges::none_of(turned_away_, is_wrong_login);
    if (!is_steady) {
      tell(msg("not all of them, so that this is no ban: nothing is known"));
      return seen_;
    }
    auto latest = after;
    for (const auto end = deadline_.within(longest_ban);
         !is_let_in(latest) && !is_by_connack(latest) && !end.passed();) {
      pause_for(pause_in_ban, end);
      const auto again = logins_.right();
      if (!again) return tl::make_unexpected(again.error());
      latest = *again;
    }
    if (is_let_in(latest) || is_by_connack(latest))
      seen_.facts["guessing.slowed"] = true;
    else
      tell(
          msg("the right password is turned away, too, and does not come back: a long ban cannot be told from a broker "
              "that is down"));
    return seen_;
  }

  static bool is_by_connack(const wire::ConnectionFacts& facts) {
    return facts.outcome == Outcome::refused && facts.by == By::mqtt && facts.reason != "server_unavailable" &&
           facts.reason != "server_busy" && facts.reason != "server_shutting_down";
  }

  const Attempt& attempt_;
  const Deadline& deadline_;
  Logins logins_;
  Observation seen_;
  Speed speed_;
  std::size_t guesses_ = 0;
  std::vector<wire::ConnectionFacts> turned_away_;  // from the first guess on that was not answered as a wrong login
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
