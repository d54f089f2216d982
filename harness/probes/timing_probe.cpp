#include "harness/probes/timing_probe.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/probes/evidence.h"
#include "harness/probes/logins.h"
#include "harness/probes/signed_rank.h"
#include "harness/util/message.h"
#include "harness/util/parse_number.h"
#include "harness/wire/random_bytes.h"

namespace mqtts::probes {
namespace {

constexpr std::size_t default_samples = 60;
constexpr int most_samples = 500;
constexpr int looks = 3;        // after the samples, twice and four times as many
constexpr double z = 3.6;       // 99.97 % for each look
constexpr double floor_ms = 1;  // what is smaller is lost in a network
constexpr int warm_up = 3;      // pairs that do not count: first connections are slower
constexpr double ms_in_second = 1000;
constexpr auto longest_timing = std::chrono::seconds(90);

std::size_t samples_of(const Attempt& attempt) {
  const auto found = attempt.parameters.find("samples");
  const auto samples = found == attempt.parameters.end() ? default_samples : leading_number<std::size_t>(found->second);
  return std::clamp<std::size_t>(samples, 2 * fewest_pairs, most_samples);
}

// In milliseconds, by pair.
struct Times {
  std::vector<double> known;
  std::vector<double> unknown;
};

std::vector<double> differences_of(const Times& times) {
  std::vector<double> differences;
  for (std::size_t i = 0; i < times.known.size(); ++i) differences.push_back(times.known[i] - times.unknown[i]);
  return differences;
}

// Of one known time and the next one: by what the machine alone differs from itself.
std::vector<double> own_differences_of(const std::vector<double>& times) {
  std::vector<double> differences;
  for (std::size_t i = 0; i + 1 < times.size(); i += 2) differences.push_back(times[i] - times[i + 1]);
  return differences;
}

bool is_noisy(const Times& times) {
  for (const auto* own : {&times.known, &times.unknown}) {
    const auto shift = shift_of(own_differences_of(*own), z);
    if (std::abs(shift.estimate) >= floor_ms / 2) return true;
  }
  return false;
}

// True: surely above the floor; false: surely below; none: it cannot be said.
std::optional<bool> is_distinguishable(const Shift& shift) {
  if (shift.low > floor_ms || shift.high < -floor_ms) return true;
  if (shift.low > -floor_ms && shift.high < floor_ms) return false;
  return std::nullopt;
}

class Timing {
 public:
  Timing(const Attempt& attempt, const Deadline& deadline)
      : attempt_(attempt), deadline_(deadline), logins_(attempt, deadline) {}

  Result<Observation> run() {
    const auto own = logins_.right();
    if (!own) return tl::make_unexpected(own.error());
    seen_ = to_observation(*own, attempt_.client);
    if (!is_let_in(*own)) {
      tell(msg("the account that should be let in was not: {seen}", {{"seen", summary(*own)}}));
      return seen_;
    }
    auto wanted = samples_of(attempt_);
    if (auto taken = take_pairs(warm_up); !taken || !*taken) return finished(taken);
    times_ = {};
    std::optional<bool> answer;
    Shift shift;
    for (int look = 0; look < looks && !answer; ++look, wanted *= 2) {
      if (auto taken = take_pairs(wanted - times_.known.size()); !taken || !*taken) return finished(taken);
      shift = shift_of(differences_of(times_), z);
      if (!is_noisy(times_)) answer = is_distinguishable(shift);
    }
    const auto again = logins_.right();
    if (!again) return tl::make_unexpected(again.error());
    tell(
        msg("{pairs} pairs of refusals: {difference} ms between a user who exists and one who does not, surely between "
            "{low} and {high}",
            {{"pairs", std::to_string(times_.known.size())},
             {"difference", to_text(rounded(shift.estimate))},
             {"low", to_text(rounded(shift.low))},
             {"high", to_text(rounded(shift.high))}}));
    if (!is_let_in(*again))
      tell(msg("the account is no longer let in: was it locked? {seen}", {{"seen", summary(*again)}}));
    else if (!answer)
      tell(msg("this machine or the network is too noisy, or the difference too close to {floor} ms, to tell",
               {{"floor", to_text(floor_ms)}}));
    else
      add_facts(shift, *answer);
    return seen_;
  }

 private:
  Result<Observation> finished(const Result<bool>& step) {
    if (!step) return tl::make_unexpected(step.error());
    return seen_;
  }

  void tell(Message message) { seen_.evidence.push_back(note(std::move(message))); }

  static double rounded(double value) { return std::round(value * ms_in_second) / ms_in_second; }

  void add_facts(const Shift& shift, bool is_distinguishable) {
    seen_.facts["timing.samples"] = static_cast<double>(times_.known.size());
    seen_.facts["timing.difference_ms"] = rounded(std::abs(shift.estimate));
    seen_.facts["timing.p_value"] = shift.p_value;
    seen_.facts["timing.distinguishable"] = is_distinguishable;
  }

  // False if one was not refused as a wrong login, or the time was up: then nothing can be said.
  Result<bool> take_pairs(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const bool known_first = (wire::random_bytes(1)[0] & 1) != 0;
      for (const bool is_known : {known_first, !known_first}) {
        const auto taken = take_one(is_known);
        if (!taken || !*taken) return taken;
      }
    }
    return true;
  }

  Result<bool> take_one(bool is_known) {
    const auto& known = *attempt_.client.user_name;
    const auto user = is_known ? known : logins_.made_up(std::max<std::size_t>(known.size(), 8));
    const auto facts = logins_.with(user, logins_.made_up(made_up_length));
    if (!facts) return tl::make_unexpected(facts.error());
    if (!is_wrong_login(*facts) || !facts->answer_seconds) {
      tell(is_known ? msg("a wrong password was not refused as one: {seen}", {{"seen", summary(*facts)}})
                    : msg("a user who does not exist was not refused as one: {seen}", {{"seen", summary(*facts)}}));
      return false;
    }
    (is_known ? times_.known : times_.unknown).push_back(*facts->answer_seconds * ms_in_second);
    if (!deadline_.passed()) return true;
    tell(msg("there was no time for all the logins that this takes"));
    return false;
  }

  const Attempt& attempt_;
  const Deadline& deadline_;
  Logins logins_;
  Observation seen_;
  Times times_;
};

Result<Observation> probe_timing(const Attempt& attempt, const Deadline& deadline) {
  if (!has_account(attempt)) return needs_account();
  const auto start = Clock::now();
  const auto end = deadline.within(longest_timing);
  auto seen = Timing(attempt, end).run();
  if (seen) seen->seconds = seconds_since(start);
  return seen;
}

}  // namespace

ProbeKind login_timing_kind() {
  return {.name = "login_timing",
          .parameters = {{"samples", ProbeParameter::Type::number, false, most_samples}},
          .facts = {{"timing.samples", FactType::number},
                    {"timing.difference_ms", FactType::number},
                    {"timing.p_value", FactType::number},
                    {"timing.distinguishable", FactType::flag}},
          .needs = {.intrusion = true},
          .run = probe_timing};
}

}  // namespace mqtts::probes
