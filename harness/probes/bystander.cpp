#include "harness/probes/bystander.h"

#include <chrono>
#include <utility>
#include <vector>

#include "harness/probes/evidence.h"
#include "harness/util/parse_number.h"
#include "harness/util/seeded_random.h"

namespace mqtts::probes {
namespace {

// A broker that ends the older of two connections does it at once, and a slow machine soon after.
constexpr auto time_to_be_thrown_out = std::chrono::milliseconds(300);
constexpr auto pause_before_second_look = std::chrono::milliseconds(500);

bool refuses_connections(const wire::ConnectionFacts& facts) {
  return facts.outcome == Outcome::refused && facts.by == By::network && facts.reason == "connection_refused";
}

}  // namespace

Bystander::Bystander(const Attempt& attempt) : client_(attempt.client), timeout_(attempt.timeout) {
  client_.requires_client_id = true;
}

Result<wire::ConnectionFacts> Bystander::visit(std::string_view label, const Deadline& deadline) const {
  auto visitor = client_;
  if (!visitor.seed.empty()) visitor.seed = derive(visitor.seed, label);
  return wire::probe_connection(visitor, deadline.within(timeout_));
}

Result<Bystander> Bystander::enter(const Attempt& attempt, const Deadline& deadline) {
  Bystander made(attempt);
  const auto first = wire::probe_connection(made.client_, deadline.within(attempt.timeout));
  if (!first) return tl::make_unexpected(first.error());
  made.offer_ = first->offer;
  made.seen_ = to_observation(*first, attempt.client);
  if (first->outcome != Outcome::accepted) return made;
  // A mere login shows nothing of what the probe does.
  std::erase_if(made.seen_.evidence, [](const Evidence& each) { return each.kind == EvidenceKind::reproduce; });
  if (auto settled = made.settle(deadline); !settled) return tl::make_unexpected(settled.error());
  return made;
}

Result<void> Bystander::settle(const Deadline& deadline) {
  auto guest = log_in("bystander", deadline);
  if (!guest) return tl::make_unexpected(guest.error());
  auto& link = link_.emplace(std::move(guest->link));
  if (!guest->answer.accepted() || !link.answers(deadline.within(timeout_))) {
    seen_.evidence.push_back(note(msg("a second client of the same kind was not served: nothing was tried")));
    return {};
  }
  const auto beside = visit("beside", deadline);
  if (!beside) return tl::make_unexpected(beside.error());
  if (beside->outcome != Outcome::accepted) {
    seen_.evidence.push_back(note(msg("there is no room for two clients of this kind: nothing was tried")));
    return {};
  }
  is_alone_ = link.ends_within(time_to_be_thrown_out, deadline);
  if (!is_alone_) {
    is_served_ = link.answers(deadline.within(timeout_));
    return {};
  }
  auto waiting = open(deadline);
  if (!waiting) return tl::make_unexpected(waiting.error());
  link = *std::move(waiting);
  is_served_ = link.state() == wire::LinkState::open;
  seen_.evidence.push_back(note(msg("the broker serves one client of this account at a time")));
  return {};
}

bool Bystander::answers(const Deadline& deadline) { return is_alone_ || link_->answers(deadline.within(timeout_)); }

Result<bool> Bystander::still_answers(const Deadline& deadline) {
  if (!is_alone_) return link_->answers(deadline.within(timeout_));
  const auto mine = wire::connect_packet_of(client_, wire::client_id_for(client_, "bystander"));
  const auto answer = link_->log_in(mine, deadline.within(timeout_));
  if (!answer) return tl::make_unexpected(answer.error());
  return answer->accepted();
}

Result<After> Bystander::look(const Deadline& deadline) {
  const auto answers = still_answers(deadline);
  if (!answers) return tl::make_unexpected(answers.error());
  const bool has_ended = link_->state() == wire::LinkState::closed;
  link_->leave(deadline.within(timeout_));
  auto login = visit("after", deadline);
  if (login && refuses_connections(*login)) {
    pause_for(pause_before_second_look, deadline);
    login = visit("after all", deadline);
  }
  if (!login) return tl::make_unexpected(login.error());
  const bool is_let_in = login->outcome == Outcome::accepted;
  if (*answers && is_let_in) return After::serves;
  if (!is_let_in) {
    auto evidence = std::move(seen_.evidence);
    auto facts = std::move(seen_.facts);
    seen_ = to_observation(*login, client_);
    seen_.evidence.insert(seen_.evidence.begin(), evidence.begin(), evidence.end());
    seen_.facts = std::move(facts);
  }
  if (!*answers && has_ended && refuses_connections(*login)) {
    seen_.evidence.push_back(note(msg("the broker served a client before, and its port answers no more")));
    return After::down;
  }
  seen_.evidence.push_back(
      note(is_let_in ? msg("a client that was connected before is served no more, though the broker lets new ones in: "
                           "was it restarted, or the network interrupted?")
                     : msg("after this the client that was let in before is let in no more")));
  return After::unclear;
}

Result<wire::MqttLink> Bystander::open(const Deadline& deadline) const {
  return wire::MqttLink::open(client_, offer_, deadline.within(timeout_));
}

Result<Bystander::Guest> Bystander::log_in(std::string_view label, const Deadline& deadline) const {
  auto link = open(deadline);
  if (!link) return tl::make_unexpected(link.error());
  auto answer =
      link->log_in(wire::connect_packet_of(client_, wire::client_id_for(client_, label)), deadline.within(timeout_));
  if (!answer) return tl::make_unexpected(answer.error());
  return Guest{*std::move(link), *std::move(answer)};
}

Result<Observation> unless_stopped(Observation seen, const Client& client, Clock::time_point start,
                                   const Deadline& deadline) {
  if (deadline.stopped())
    return failure(ErrorKind::interrupted, msg("Stopped while probing {address} port {port}",
                                               {{"address", client.address}, {"port", std::to_string(client.port)}}));
  seen.seconds = seconds_since(start);
  return seen;
}

std::size_t number_of(const Attempt& attempt, const std::string& parameter, std::size_t otherwise) {
  const auto found = attempt.parameters.find(parameter);
  return found == attempt.parameters.end() || found->second.empty() ? otherwise
                                                                    : leading_number<std::size_t>(found->second);
}

}  // namespace mqtts::probes
