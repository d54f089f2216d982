#include "harness/probes/keep_alive_probe.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/probes/bystander.h"
#include "harness/probes/evidence.h"

namespace mqtts::probes {
namespace {

using wire::LinkState;

constexpr std::size_t usual_keep_alive = 1;
constexpr std::size_t usual_slack = 15;  // Mosquitto 2.0 looks every five seconds
constexpr int most_keep_alive = 60;
constexpr std::uint16_t longest_keep_alive = 65'535;  // in seconds, 18 hours
constexpr unsigned char server_keep_alive = 0x13;     // MQTT 5.0 section 3.2.2.3.14
// Silent, pinging, and as many as another check that breaks nothing has open at once.
constexpr int connections_beside = 6;
constexpr Clock::duration a_moment = std::chrono::milliseconds(50);

std::string in_tenths(double seconds) {
  const auto tenths = std::lround(seconds * 10);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

class KeepAlive {
 public:
  KeepAlive(Bystander& bystander, const Attempt& attempt, const Deadline& deadline)
      : bystander_(bystander),
        asked_(static_cast<std::uint16_t>(std::max<std::size_t>(number_of(attempt, "seconds", usual_keep_alive), 1))),
        slack_(static_cast<double>(number_of(attempt, "slack", usual_slack))),
        begins_to_wait_(attempt.begins_to_wait),
        deadline_(deadline) {}

  Result<Observation> run() {
    if (auto limit = find_limit(); !limit) return tl::make_unexpected(limit.error());
    if (begins_to_wait_) {
      const auto room = has_room();
      if (!room) return tl::make_unexpected(room.error());
      if (!*room) return std::move(bystander_.seen());
    }
    auto watched = watch();
    if (!watched) return tl::make_unexpected(watched.error());
    const auto after = bystander_.look(deadline_);
    if (!after) return tl::make_unexpected(after.error());
    if (*watched && *after == After::serves && !deadline_.passed())
      bystander_.seen().facts["session.keep_alive_enforced"] = true;
    return std::move(bystander_.seen());
  }

 private:
  struct Timed {
    wire::MqttLink link;
    bool is_let_in = false;
    std::uint16_t keep_alive = 0;  // that counts: the broker may set another one
  };

  Result<Timed> log_in(const std::string& label, std::uint16_t keep_alive) const {
    auto link = bystander_.open(deadline_);
    if (!link) return tl::make_unexpected(link.error());
    auto connect = wire::connect_packet_of(bystander_.client(), wire::client_id_for(bystander_.client(), label));
    connect.keep_alive = keep_alive;
    const auto answer = link->log_in(connect, deadline_.within(bystander_.timeout()));
    if (!answer) return tl::make_unexpected(answer.error());
    const auto set = wire::number_property(answer->properties, server_keep_alive).value_or(keep_alive);
    return Timed{*std::move(link), answer->accepted(), static_cast<std::uint16_t>(set)};
  }

  // 0 means that the broker never ends it, which is no limit.
  Result<void> find_limit() const {
    for (const std::uint16_t keep_alive : {std::uint16_t{0}, longest_keep_alive}) {
      auto made = log_in("keep-alive " + std::to_string(keep_alive), keep_alive);
      if (!made) return tl::make_unexpected(made.error());
      made->link.leave(deadline_.within(bystander_.timeout()));
      if (!made->is_let_in) continue;
      const auto limit = made->keep_alive == 0 ? longest_keep_alive : made->keep_alive;
      bystander_.seen().facts["session.keep_alive_limit"] = static_cast<double>(limit);
      bystander_.seen().evidence.push_back(
          note(msg("a client that asks for a keep-alive of {asked} s gets one of {given} s",
                   {{"asked", std::to_string(keep_alive)}, {"given", std::to_string(made->keep_alive)}})));
      return {};
    }
    return {};
  }

  // True if neither a limit on connections nor another login of its account can end a client that waits beside others.
  Result<bool> has_room() {
    if (bystander_.is_alone()) return false;
    std::vector<Bystander::Guest> guests;
    for (int i = 0; i < connections_beside; ++i) {
      auto guest = bystander_.log_in("room " + std::to_string(i), deadline_);
      if (!guest) return tl::make_unexpected(guest.error());
      if (!guest->answer.accepted()) return false;
      guests.push_back(*std::move(guest));
    }
    bool is_served = bystander_.answers(deadline_);
    for (auto& guest : guests) {
      is_served = is_served && guest.link.answers(deadline_.within(bystander_.timeout()));
      guest.link.leave(deadline_.within(bystander_.timeout()));
    }
    return is_served;
  }

  // True if the silent client was ended in its time, and the one that pings was not.
  Result<bool> watch() {
    auto& seen = bystander_.seen();
    auto silent = log_in("silent", asked_);
    if (!silent) return tl::make_unexpected(silent.error());
    std::optional<Timed> pinging;
    if (!bystander_.is_alone()) {
      auto made = log_in("pinging", asked_);
      if (!made) return tl::make_unexpected(made.error());
      pinging = *std::move(made);
    }
    if (!silent->is_let_in || (pinging && !pinging->is_let_in) || silent->keep_alive == 0) {
      seen.evidence.push_back(
          note(msg("a client with a keep-alive of {seconds} s was not let in", {{"seconds", std::to_string(asked_)}})));
      return false;
    }
    if (begins_to_wait_) begins_to_wait_();
    const auto allowed = 1.5 * silent->keep_alive;
    const auto start = Clock::now();
    const auto ended = wait(silent->link, pinging, silent->keep_alive, allowed + slack_);
    const auto took = in_tenths(ended.value_or(seconds_since(start)));
    if (!ended) {
      if (seconds_since(start) >= allowed + slack_) still_open(silent->link, took);
      return false;
    }
    seen.evidence.push_back(note(msg("a silent client with a keep-alive of {seconds} s was ended after {took} s",
                                     {{"seconds", std::to_string(silent->keep_alive)}, {"took", took}})));
    if (*ended < silent->keep_alive) {
      seen.evidence.push_back(note(msg("that is too early for its keep-alive: something else has ended it")));
      return false;
    }
    // The one that pings has to outlast it: where it cannot come beside, it comes after.
    return pinging ? pinging_.value_or(false) : outlasts(allowed + slack_);
  }

  // Seconds after which the silent one was ended.
  std::optional<double> wait(wire::MqttLink& silent, std::optional<Timed>& pinging, std::uint16_t keep_alive,
                             double span) {
    const auto start = Clock::now();
    auto next = start;
    while (seconds_since(start) < span && !deadline_.passed()) {
      if (pinging && Clock::now() >= next) {
        pinging_ = pinging->link.answers(deadline_.within(bystander_.timeout()));
        bystander_.answers(deadline_);  // keeps it alive
        next = Clock::now() + seconds(keep_alive / 2.0);
      }
      if (!silent.ends_within(a_moment, deadline_)) continue;
      const auto took = seconds_since(start);
      if (pinging) pinging_ = pinging->link.answers(deadline_.within(bystander_.timeout()));
      return took;
    }
    return std::nullopt;
  }

  // Alone: a client that pings for that long is served all the time.
  Result<bool> outlasts(double span) {
    auto made = log_in("pinging", asked_);
    if (!made) return tl::make_unexpected(made.error());
    const auto start = Clock::now();
    while (seconds_since(start) < span && !deadline_.passed()) {
      if (!made->is_let_in || !made->link.answers(deadline_.within(bystander_.timeout()))) return false;
      pause_for(seconds(made->keep_alive / 2.0), deadline_);
    }
    made->link.leave(deadline_.within(bystander_.timeout()));
    return true;
  }

  // Proven by an answer: a silence may also be the network's.
  void still_open(wire::MqttLink& link, const std::string& took) {
    auto& seen = bystander_.seen();
    if (!link.answers(deadline_.within(bystander_.timeout()))) {
      seen.evidence.push_back(
          note(msg("after {took} s the silent client was neither ended nor served", {{"took", took}})));
      return;
    }
    link.leave(deadline_.within(bystander_.timeout()));
    seen.facts["session.keep_alive_enforced"] = false;
    seen.evidence.push_back(
        note(msg("a client with a keep-alive of {seconds} s was silent for {took} s and served then",
                 {{"seconds", std::to_string(asked_)}, {"took", took}})));
  }

  Bystander& bystander_;
  const std::uint16_t asked_;
  const double slack_;
  const std::function<void()>& begins_to_wait_;
  const Deadline& deadline_;
  std::optional<bool> pinging_;  // whether the latest ping was answered
};

Result<Observation> probe_keep_alive(const Attempt& attempt, const Deadline& deadline) {
  const auto start = Clock::now();
  auto bystander = Bystander::enter(attempt, deadline);
  if (!bystander) return tl::make_unexpected(bystander.error());
  if (!bystander->is_served()) return unless_stopped(std::move(bystander->seen()), attempt.client, start, deadline);
  auto seen = KeepAlive(*bystander, attempt, deadline).run();
  if (!seen) return seen;
  return unless_stopped(*std::move(seen), attempt.client, start, deadline);
}

}  // namespace

ProbeKind keep_alive_kind() {
  using Type = ProbeParameter::Type;
  return {.name = "keep_alive",
          .parameters = {{"seconds", Type::number, false, most_keep_alive},
                         {"slack", Type::number, false, most_keep_alive}},
          .facts = {{"session.keep_alive_enforced", FactType::flag}, {"session.keep_alive_limit", FactType::number}},
          .waits = true,
          .run = probe_keep_alive};
}

}  // namespace mqtts::probes
