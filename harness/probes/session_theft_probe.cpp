#include "harness/probes/session_theft_probe.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "harness/probes/bystander.h"
#include "harness/probes/evidence.h"
#include "harness/probes/intruder.h"
#include "harness/util/digest.h"
#include "harness/wire/random_bytes.h"

namespace mqtts::probes {
namespace {

using wire::LinkState;

constexpr std::uint32_t session_seconds = 120;  // MQTT 5: long enough for the probe
constexpr Clock::duration shortest_wait = std::chrono::seconds(1);
constexpr int as_often = 3;       // as long as the owner waited for its message
constexpr int times_resumed = 2;  // by the owner, so that the message surely stays
constexpr Clock::duration time_to_clean = std::chrono::seconds(3);
constexpr unsigned char failed = 0x80;

// What a resumed session brought.
struct Resumed {
  bool is_let_in = false;
  bool is_clear = false;  // let in or not: there was an answer
  int messages = 0;       // of ours
  Clock::duration took{};
};

class SessionTheft {
 public:
  SessionTheft(Bystander& bystander, Client intruder, const Attempt& attempt, const Deadline& deadline)
      : bystander_(bystander),
        intruder_(std::move(intruder)),
        id_(wire::client_id_for(bystander.client(), "session")),
        mark_(to_hex(wire::random_bytes(10, attempt.client.seed, "session mark"))),
        topic_(topic_of(attempt)),
        deadline_(deadline) {}

  Result<Observation> run() {
    replace_command(bystander_.seen(), bystander_.client(),
                    session_theft_command(bystander_.client(), intruder_, topic_));
    auto stolen = steal();
    clean();
    if (!stolen) return tl::make_unexpected(stolen.error());
    const auto after = bystander_.look(deadline_);
    if (!after) return tl::make_unexpected(after.error());
    auto& seen = bystander_.seen();
    if (*stolen && (**stolen > 0 || (*after == After::serves && !deadline_.passed())))
      seen.facts["session.stolen_messages"] = static_cast<double>(**stolen);
    return std::move(seen);
  }

 private:
  static std::string topic_of(const Attempt& attempt) {
    const auto found = attempt.parameters.find("topic");
    if (found != attempt.parameters.end() && !found->second.empty()) return found->second;
    return "mqtts-harness/" + to_hex(wire::random_bytes(6, attempt.client.seed, "session topic"));
  }

  // The number of messages; none: nothing is known.
  Result<std::optional<int>> steal() {
    const auto nothing = std::optional<int>();
    auto other = enter(intruder_, wire::connect_packet_of(intruder_, wire::client_id_for(intruder_, "intruder")));
    if (!other) return tl::make_unexpected(other.error());
    const bool is_served = other->answer.accepted() && other->link.answers(time());
    other->link.leave(time());
    if (!is_served) return tell(msg("the other user was not let in with a client id of its own: nothing was tried"));
    auto left = leave_message();
    if (!left) return tl::make_unexpected(left.error());
    if (!*left) return nothing;
    for (int i = 0; i < times_resumed; ++i) {
      auto own = resume(bystander_.client(), bystander_.timeout());
      if (!own) return tl::make_unexpected(own.error());
      wait_ = std::max(wait_, as_often * own->took);
      if (own->messages == 0) return tell(msg("the client's own session did not keep its message: nothing was tried"));
    }
    const auto theft = resume(intruder_, wait_);
    if (!theft) return tl::make_unexpected(theft.error());
    tell(what_of(*theft));
    if (theft->messages > 0) return std::optional(theft->messages);
    if (!theft->is_clear) return nothing;
    const auto own = resume(bystander_.client(), bystander_.timeout());
    if (!own) return tl::make_unexpected(own.error());
    if (own->messages > 0) return std::optional(0);
    return tell(msg("afterwards the client's own message was gone: nothing is known of who got it"));
  }

  Message what_of(const Resumed& theft) const {
    if (!theft.is_let_in)
      return msg("another user tried to resume the session of the client id {id}, and was not let in", {{"id", id_}});
    if (theft.messages == 0)
      return msg("another user logged in with the client id {id} of the session, and got none of its messages",
                 {{"id", id_}});
    return msg("another user resumed the session of the client id {id}, and got {messages} of its messages",
               {{"id", id_}, {"messages", std::to_string(theft.messages)}});
  }

  std::optional<int> tell(Message what) {
    bystander_.seen().evidence.push_back(note(std::move(what)));
    return std::nullopt;
  }

  Deadline time() const { return deadline_.within(bystander_.timeout()); }

  Result<Bystander::Guest> enter(const Client& client, const wire::ConnectPacket& packet) const {
    return log_in_as(client, packet, bystander_.offer(), bystander_.timeout(), deadline_);
  }

  wire::ConnectPacket connect_to_session(const Client& client) const {
    auto packet = wire::connect_packet_of(client, id_);
    packet.clean = false;
    if (client.mqtt == MqttVersion::v5_0) packet.session_expiry = session_seconds;
    return packet;
  }

  // The client gets its own message, and leaves without acknowledging it: the broker must send it again
  // (MQTT-4.4.0-1). No other client need publish, which may throw it out.
  Result<bool> leave_message() {
    auto guest = enter(bystander_.client(), connect_to_session(bystander_.client()));
    if (!guest) return tl::make_unexpected(guest.error());
    auto& link = guest->link;
    const auto version = bystander_.client().mqtt;
    bool has_come = false;
    if (guest->answer.accepted()) {
      link.send(wire::encode_subscribe(version, topic_, 1), time());
      const auto granted = link.await(wire::packet_kind::suback, time());
      const bool is_granted = granted.state == LinkState::open && granted.packet.kind() == wire::packet_kind::suback &&
                              !granted.packet.body.empty() && granted.packet.body.back() < failed;
      if (is_granted) {
        link.send(wire::encode_publish(version, {topic_, mark_, 1, 2}), time());
        has_come = await_message(link, time());
      }
    }
    link.drop();
    if (!has_come)
      tell(msg("the client could not send itself a message on {topic}: give a \"topic\" that it may use",
               {{"topic", topic_}}));
    return has_come;
  }

  bool await_message(wire::MqttLink& link, const Deadline& deadline) const {
    while (!deadline.passed()) {
      const auto received = link.await(wire::packet_kind::publish, deadline);
      if (received.state != LinkState::open || received.packet.kind() != wire::packet_kind::publish) return false;
      if (holds_mark(received.packet)) return true;
    }
    return false;
  }

  bool holds_mark(const wire::Packet& packet) const {
    return std::ranges::search(packet.body, mark_).begin() != packet.body.end();
  }

  // Acknowledges nothing, so that the message stays.
  Result<Resumed> resume(const Client& client, Clock::duration wait) const {
    const auto start = Clock::now();
    auto guest = enter(client, connect_to_session(client));
    if (!guest) return tl::make_unexpected(guest.error());
    Resumed resumed;
    resumed.is_let_in = guest->answer.accepted();
    resumed.is_clear =
        guest->answer.state == LinkState::closed || (guest->answer.state == LinkState::open && !resumed.is_let_in);
    if (!resumed.is_let_in) return resumed;
    if (await_message(guest->link, deadline_.within(wait))) resumed.messages = 1;
    resumed.took = Clock::now() - start;
    // What is served answers after all that it has to send.
    resumed.is_clear = resumed.messages > 0 || guest->link.answers(time());
    guest->link.drop();
    return resumed;
  }

  // Removes the session, of whoever holds it now; also after a stop.
  void clean() const {
    const auto deadline = Deadline::in(time_to_clean);
    for (const auto* client : {&bystander_.client(), &intruder_}) {
      auto packet = wire::connect_packet_of(*client, id_);
      auto guest = log_in_as(*client, packet, bystander_.offer(), bystander_.timeout(), deadline);
      if (guest) guest->link.leave(deadline);
    }
  }

  Bystander& bystander_;
  const Client intruder_;
  const std::string id_;
  const std::string mark_;
  const std::string topic_;
  const Deadline& deadline_;
  Clock::duration wait_ = shortest_wait;
};

Result<Observation> probe_session_theft(const Attempt& attempt, const Deadline& deadline) {
  const auto start = Clock::now();
  auto intruder = intruder_of(attempt);
  if (!intruder) return tl::make_unexpected(intruder.error());
  auto bystander = Bystander::enter(attempt, deadline);
  if (!bystander) return tl::make_unexpected(bystander.error());
  if (!bystander->is_served()) return unless_stopped(std::move(bystander->seen()), attempt.client, start, deadline);
  auto seen = SessionTheft(*bystander, *std::move(intruder), attempt, deadline).run();
  if (!seen) return seen;
  return unless_stopped(*std::move(seen), attempt.client, start, deadline);
}

}  // namespace

ProbeKind session_theft_kind() {
  return {.name = "session_theft",
          .roles = {"intruder"},
          .parameters = {{"topic", ProbeParameter::Type::topic}},
          .facts = {{"session.stolen_messages", FactType::number}},
          .run = probe_session_theft};
}

}  // namespace mqtts::probes
