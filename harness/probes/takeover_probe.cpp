#include "harness/probes/takeover_probe.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "harness/probes/bystander.h"
#include "harness/probes/evidence.h"
#include "harness/probes/intruder.h"

namespace mqtts::probes {
namespace {

using wire::LinkState;

constexpr int rounds_of_takeover = 2;  // one connection may end for any reason
constexpr Clock::duration shortest_watch = std::chrono::seconds(1);
constexpr int times_as_long = 3;  // as the broker takes to end the connection of its own user

enum class Owner {
  kept,
  thrown_out,
  unclear
};

// Codes of CONNACK for an id that is not taken: 2 (3.1.1), 0x85 (5.0).
bool refuses_the_id(const wire::LoggedIn& answer) {
  return answer.state == LinkState::open && (answer.code == 2 || answer.code == 0x85);
}

class Takeover {
 public:
  Takeover(Bystander& bystander, Client intruder, const Deadline& deadline)
      : bystander_(bystander), intruder_(std::move(intruder)), deadline_(deadline) {}

  Result<Observation> run() {
    replace_command(bystander_.seen(), bystander_.client(), takeover_command(bystander_.client(), intruder_));
    auto owner = watch_rounds();
    if (!owner) return tl::make_unexpected(owner.error());
    const auto after = bystander_.look(deadline_);
    if (!after) return tl::make_unexpected(after.error());
    auto& seen = bystander_.seen();
    if (*owner == Owner::thrown_out) seen.facts["session.owner_kept"] = false;
    if (*owner == Owner::kept && *after == After::serves && !deadline_.passed())
      seen.facts["session.owner_kept"] = true;
    return std::move(seen);
  }

 private:
  Result<Owner> watch_rounds() {
    auto let_in = intruder_is_let_in();
    if (!let_in || !*let_in) return std::move(let_in).map([](bool) { return Owner::unclear; });
    auto is_ours = own_login_takes_over();
    if (!is_ours || !*is_ours) return std::move(is_ours).map([](bool) { return Owner::unclear; });
    auto owner = Owner::unclear;
    for (int round = 0; round < rounds_of_takeover; ++round) {
      auto one = intrude("owner " + std::to_string(round));
      if (!one) return one;
      if (round > 0 && *one != owner) return Owner::unclear;
      owner = *one;
      if (owner == Owner::unclear) break;
    }
    return owner;
  }

  Result<Bystander::Guest> enter(const Client& client, std::string id) const {
    return log_in_as(client, wire::connect_packet_of(client, std::move(id)), bystander_.offer(), bystander_.timeout(),
                     deadline_);
  }

  Result<bool> intruder_is_let_in() {
    auto guest = enter(intruder_, wire::client_id_for(intruder_, "intruder"));
    if (!guest) return tl::make_unexpected(guest.error());
    const bool is_served = guest->answer.accepted() && guest->link.answers(deadline_.within(bystander_.timeout()));
    guest->link.leave(deadline_.within(bystander_.timeout()));
    if (!is_served)
      bystander_.seen().evidence.push_back(
          note(msg("the other user was not let in with a client id of its own: nothing was tried")));
    return is_served;
  }

  // MQTT-3.1.4-2 of 3.1.1, 3.1.4-3 of 5.0. A broker that refuses the second one for its id protects the first as well.
  Result<bool> own_login_takes_over() {
    const auto id = wire::client_id_for(bystander_.client(), "own");
    auto first = enter(bystander_.client(), id);
    if (!first) return tl::make_unexpected(first.error());
    if (!first->answer.accepted() || !first->link.answers(deadline_.within(bystander_.timeout()))) return false;
    const auto start = Clock::now();
    auto second = enter(bystander_.client(), id);
    if (!second) return tl::make_unexpected(second.error());
    const bool has_ended = first->link.ends_within(bystander_.timeout(), deadline_);
    watch_ = std::max<Clock::duration>(shortest_watch, times_as_long * (Clock::now() - start));
    const bool holds = has_ended ? second->answer.accepted() : refuses_the_id(second->answer);
    first->link.leave(deadline_.within(bystander_.timeout()));
    second->link.leave(deadline_.within(bystander_.timeout()));
    if (!holds)
      bystander_.seen().evidence.push_back(
          note(msg("two connections of one user with one client id are both served: client ids mean nothing there")));
    if (refuses_the_id(second->answer)) watch_ = shortest_watch;
    return holds;
  }

  Result<Owner> intrude(const std::string& label) {
    const auto id = wire::client_id_for(bystander_.client(), label);
    const auto time = [&] { return deadline_.within(bystander_.timeout()); };
    auto owner = enter(bystander_.client(), id);
    if (!owner) return tl::make_unexpected(owner.error());
    if (!owner->answer.accepted() || !owner->link.answers(time())) return Owner::unclear;
    auto intruder = enter(intruder_, id);
    if (!intruder) return tl::make_unexpected(intruder.error());
    const auto& answer = intruder->answer;
    const bool was_heard = answer.state == LinkState::open || answer.state == LinkState::closed;
    const bool has_ended = owner->link.ends_within(watch_, deadline_);
    const bool is_served = !has_ended && owner->link.answers(time());
    intruder->link.leave(time());
    owner->link.leave(time());
    tell(id, answer, has_ended);
    if (has_ended) return Owner::thrown_out;
    return is_served && was_heard ? Owner::kept : Owner::unclear;
  }

  void tell(const std::string& id, const wire::LoggedIn& answer, bool has_ended) {
    auto& evidence = bystander_.seen().evidence;
    evidence.push_back(note(
        answer.accepted()
            ? msg("another user logged in with the client id {id} of a connected client, and was let in", {{"id", id}})
            : msg("another user tried to log in with the client id {id} of a connected client, and was not let in",
                  {{"id", id}})));
    evidence.push_back(note(has_ended ? msg("the client whose id it is was thrown out")
                                      : msg("the client whose id it is stayed connected")));
  }

  Bystander& bystander_;
  const Client intruder_;
  const Deadline& deadline_;
  Clock::duration watch_ = shortest_watch;
};

Result<Observation> probe_takeover(const Attempt& attempt, const Deadline& deadline) {
  const auto start = Clock::now();
  auto intruder = intruder_of(attempt);
  if (!intruder) return tl::make_unexpected(intruder.error());
  auto bystander = Bystander::enter(attempt, deadline);
  if (!bystander) return tl::make_unexpected(bystander.error());
  if (!bystander->is_served()) return unless_stopped(std::move(bystander->seen()), attempt.client, start, deadline);
  auto seen = Takeover(*bystander, *std::move(intruder), deadline).run();
  if (!seen) return seen;
  return unless_stopped(*std::move(seen), attempt.client, start, deadline);
}

}  // namespace

ProbeKind takeover_kind() {
  return {.name = "takeover",
          .roles = {"intruder"},
          .facts = {{"session.owner_kept", FactType::flag}},
          .run = probe_takeover};
}

}  // namespace mqtts::probes
