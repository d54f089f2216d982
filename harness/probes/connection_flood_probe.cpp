#include "harness/probes/connection_flood_probe.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "harness/probes/bystander.h"
#include "harness/probes/evidence.h"
#include "harness/wire/tcp.h"

namespace mqtts::probes {
namespace {

constexpr std::size_t usual_connections = 200;
constexpr int most_connections = 900;  // a process may usually have 1,024 files open
constexpr Clock::duration time_to_connect = std::chrono::seconds(2);

struct Flood {
  std::vector<wire::Socket> held;
  std::size_t refused = 0;  // by TCP
  std::size_t unanswered = 0;
};

Result<Flood> start_flood(const Client& client, std::size_t count, const Deadline& deadline) {
  Flood flood;
  while (flood.held.size() + flood.refused < count && flood.unanswered == 0 && !deadline.passed()) {
    auto made = wire::connect_tcp(client, deadline.within(time_to_connect));
    if (!made) return tl::make_unexpected(made.error());
    switch (made->outcome) {
      case wire::TcpOutcome::connected: flood.held.push_back(std::move(made->socket)); break;
      case wire::TcpOutcome::refused: ++flood.refused; break;
      case wire::TcpOutcome::timed_out: ++flood.unanswered; break;
    }
  }
  return flood;
}

class ConnectionFlood {
 public:
  ConnectionFlood(Bystander& bystander, std::size_t count, const Deadline& deadline)
      : bystander_(bystander), count_(count), deadline_(deadline) {}

  Result<Observation> run() {
    auto flood = start_flood(bystander_.client(), count_, deadline_);
    if (!flood) return tl::make_unexpected(flood.error());
    const auto start = Clock::now();
    auto guest = bystander_.log_in("meanwhile", deadline_);
    if (!guest) return tl::make_unexpected(guest.error());
    const auto took = seconds_since(start);
    const bool is_let_in = guest->answer.accepted() && guest->link.answers(deadline_.within(bystander_.timeout()));
    const auto state = guest->link.state();
    guest->link.leave(deadline_.within(bystander_.timeout()));
    const auto held = flood->held.size();
    flood->held.clear();
    const auto after = bystander_.look(deadline_);
    if (!after) return tl::make_unexpected(after.error());
    tell(*flood, held, is_let_in, took);
    if (!deadline_.passed()) conclude(*flood, held, is_let_in, took, state, *after);
    return std::move(bystander_.seen());
  }

 private:
  void tell(const Flood& flood, std::size_t held, bool is_let_in, double took) {
    auto& evidence = bystander_.seen().evidence;
    evidence.push_back(
        note(msg("{held} connections without CONNECT were held open, {refused} were refused, {unanswered} "
                 "were not answered",
                 {{"held", std::to_string(held)},
                  {"refused", std::to_string(flood.refused)},
                  {"unanswered", std::to_string(flood.unanswered)}})));
    evidence.push_back(note(is_let_in ? msg("meanwhile a client was let in, in {milliseconds} ms",
                                            {{"milliseconds", std::to_string(std::lround(took * 1000))}})
                                      : msg("meanwhile a client of the same address was not let in")));
  }

  // Where TCP itself was refused, a firewall may count the connections of one address: others may be let in.
  void conclude(const Flood& flood, std::size_t held, bool is_let_in, double took, wire::LinkState state, After after) {
    auto& facts = bystander_.seen().facts;
    const bool is_whole = held + flood.refused == count_;
    if (is_let_in && is_whole && after == After::serves) {
      facts["flood.accepted_meanwhile"] = true;
      facts["flood.login_ms"] = static_cast<double>(std::lround(took * 1000));
    }
    if (after == After::down) facts["flood.accepted_meanwhile"] = false;
    const bool may_be_a_firewall = flood.refused > 0 || state == wire::LinkState::refused;
    if (!is_let_in && !may_be_a_firewall && after == After::serves) facts["flood.accepted_meanwhile"] = false;
  }

  Bystander& bystander_;
  const std::size_t count_;
  const Deadline& deadline_;
};

Result<Observation> probe_connection_flood(const Attempt& attempt, const Deadline& deadline) {
  const auto start = Clock::now();
  auto bystander = Bystander::enter(attempt, deadline);
  if (!bystander) return tl::make_unexpected(bystander.error());
  if (!bystander->is_served()) return unless_stopped(std::move(bystander->seen()), attempt.client, start, deadline);
  const auto count = std::max<std::size_t>(number_of(attempt, "connections", usual_connections), 1);
  auto seen = ConnectionFlood(*bystander, count, deadline).run();
  if (!seen) return seen;
  return unless_stopped(*std::move(seen), attempt.client, start, deadline);
}

}  // namespace

ProbeKind connection_flood_kind() {
  return {.name = "connection_flood",
          .parameters = {{"connections", ProbeParameter::Type::number, false, most_connections}},
          .facts = {{"flood.accepted_meanwhile", FactType::flag}, {"flood.login_ms", FactType::number}},
          .needs = {.intrusion = true},
          .run = probe_connection_flood};
}

}  // namespace mqtts::probes
