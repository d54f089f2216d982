#include "harness/engine/closed_listener.h"

#include <algorithm>
#include <array>

namespace mqtts::engine {
namespace {

enum class PortState {
  closed,       // TCP was refused
  unreachable,  // the network or a firewall says that nobody gets there
  filtered,     // TCP got no answer
  silent,       // takes connections and speaks no MQTT
  open,         // answers in MQTT
  unknown,      // the attempt itself failed
};

PortState state_of(const Seen& seen) {
  if (!seen) return PortState::unknown;
  if (seen->outcome == Outcome::accepted || seen->outcome == Outcome::denied || seen->by == By::mqtt)
    return PortState::open;
  if (seen->outcome == Outcome::refused && seen->by == By::network)
    return seen->reason == "connection_refused" ? PortState::closed : PortState::unreachable;
  if (seen->outcome == Outcome::timeout && seen->reason == "timed_out") return PortState::filtered;
  return PortState::silent;
}

// Least decisive of a refusal last: what is first here decides.
constexpr std::array order_of_decision = {PortState::open,     PortState::silent,      PortState::unknown,
                                          PortState::filtered, PortState::unreachable, PortState::closed};

// A firewall that refuses says so of one address, where the control gets in; a loopback address that this machine
// has not is nobody's.
bool is_closed(const PortTry& attempt) {
  const auto state = state_of(attempt.seen);
  const bool is_loopback = attempt.address == "::1" || attempt.address.starts_with("127.");
  return state == PortState::closed || (state == PortState::unreachable && (attempt.control_answered || is_loopback));
}

bool plan_allows_silence(const CheckSpec& check) {
  return std::ranges::any_of(check.expected, [](const Expected& it) { return it.outcome == Outcome::timeout; });
}

bool is_shown_to_be_filtered(const std::vector<PortTry>& tries, const std::string& address) {
  const auto counts = [&](const PortTry& it) {
    return it.address == address && is_filtered(it) && it.control_answered;
  };
  return std::ranges::count_if(tries, counts) >= tries_of_a_filter;
}

Judgement judge_open(const PortTry& found, const std::string& port) {
  if (found.seen->outcome == Outcome::accepted)
    return {Verdict::fail, msg("a client that should be refused was let in")};
  return {Verdict::fail, msg("port {port} of {address} answers in MQTT without TLS: {reason}",
                             {{"port", port}, {"address", found.address}, {"reason", found.seen->reason}})};
}

Judgement judge_undecided(const PortTry& found, const ClosedListenerEvidence& evidence) {
  const std::map<std::string, std::string> where{{"port", evidence.port}, {"address", found.address}};
  const bool host_says_open = evidence.host_listens.value_or(false);
  switch (state_of(found.seen)) {
    case PortState::silent:
      return {Verdict::error, msg("something takes connections on port {port} of {address} and speaks no MQTT: a "
                                  "published port of a container, a proxy, a TLS listener?",
                                  where)};
    case PortState::filtered:
      if (host_says_open)
        return {Verdict::error, msg("port {port} of {address} does not answer now, but the host says that a program "
                                    "listens there: a firewall, or too busy to answer",
                                    where)};
      return {
          Verdict::error,
          msg("port {port} of {address} does not answer: a firewall, or a listener that is too busy to answer", where)};
    default: break;
  }
  return {Verdict::error,
          msg("{address} cannot be reached from here, so nothing is known of its port {port}: give the target one "
              "address instead of its name, or a way in by SSH",
              where)};
}

}  // namespace

bool expects_closed_listener(const CheckSpec& check) {
  return check.changed == "listener" &&
         std::ranges::all_of(check.expected, [](const Expected& it) { return it.by == By::network; });
}

bool is_filtered(const PortTry& attempt) { return state_of(attempt.seen) == PortState::filtered; }

bool is_silent(const PortTry& attempt) { return state_of(attempt.seen) == PortState::silent; }

bool is_open(const PortTry& attempt) { return state_of(attempt.seen) == PortState::open; }

const PortTry& deciding_try(const std::vector<PortTry>& tries) {
  return *std::ranges::min_element(tries, {}, [](const PortTry& it) {
    if (is_closed(it)) return order_of_decision.size();
    return static_cast<std::size_t>(std::ranges::find(order_of_decision, state_of(it.seen)) -
                                    order_of_decision.begin());
  });
}

Judgement judge_closed_listener(const CheckSpec& check, const ClosedListenerEvidence& evidence) {
  const std::map<std::string, std::string> control{{"control", check.control}};
  if (!evidence.tries.empty() && state_of(deciding_try(evidence.tries).seen) == PortState::open)
    return judge_open(deciding_try(evidence.tries), evidence.port);
  for (const auto& each : evidence.tries)
    if (!each.seen && each.seen.error().kind == ErrorKind::interrupted) return not_tried();
  if (auto doubt = doubt_of_control(check, evidence.opening_control, evidence.closing_control)) return *doubt;
  if (evidence.tries.empty()) return {Verdict::error, msg("not attempted")};

  const bool no_socket = evidence.host_listens == false;
  const bool all_closed = std::ranges::all_of(evidence.tries, is_closed);
  if (all_closed) return {Verdict::pass, msg("refused, for the right reason")};
  for (const auto& each : evidence.tries)
    if (!each.seen) return unjudged(each.seen.error());
  if (no_socket)
    return {Verdict::pass, msg("the host says that no program listens on port {port}", {{"port", evidence.port}})};

  const auto settled_by_host = [&](const PortTry& it) { return is_closed(it) || is_filtered(it); };
  if (evidence.host_drops && std::ranges::all_of(evidence.tries, settled_by_host))
    return {Verdict::pass,
            msg("the host says that its firewall drops who connects to port {port}", {{"port", evidence.port}})};

  const auto settled = [&](const PortTry& it) {
    return is_closed(it) || (is_filtered(it) && plan_allows_silence(check) && !evidence.host_listens &&
                             is_shown_to_be_filtered(evidence.tries, it.address));
  };
  if (std::ranges::all_of(evidence.tries, settled))
    return {Verdict::pass, msg("port {port} never answered while the broker's TLS port did; from outside, a firewall "
                               "and a listener that is too busy cannot be told apart",
                               {{"port", evidence.port}})};
  return judge_undecided(deciding_try(evidence.tries), evidence);
}

}  // namespace mqtts::engine
