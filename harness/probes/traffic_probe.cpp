#include "harness/probes/traffic_probe.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/probes/bystander.h"
#include "harness/probes/evidence.h"
#include "harness/probes/marker_search.h"
#include "harness/util/digest.h"
#include "harness/wire/random_bytes.h"
#include "harness/wire/recorded_bytes.h"

namespace mqtts::probes {
namespace {

using wire::Bytes;
using wire::LinkState;
using wire::RecordedConnection;

constexpr unsigned char refused_subscription = 0x80;

// What an eavesdropper has of one direction. Names and certificates of a handshake are not what is looked for.
bool is_readable(const Bytes& on_wire, std::string_view marker, const Client& client) {
  if (client.tls) return holds_marker(application_data_of(on_wire), marker);
  return holds_marker(on_wire, marker) || (client.websocket && holds_marker(frames_of(on_wire), marker));
}

// Decrypted, or where WebSocket masks what we send within TLS, unmasked too.
bool is_in(const Bytes& decrypted, std::string_view marker, const Client& client) {
  return holds_marker(decrypted, marker) || (client.websocket && holds_marker(frames_of(decrypted), marker));
}

// What was recorded is at least what it holds, decrypted.
bool is_whole(const RecordedConnection& it) {
  return !it.has_gap && it.sent.size() >= it.sent_decrypted.size() &&
         it.received.size() >= it.received_decrypted.size();
}

class Traffic {
 public:
  Traffic(Bystander& bystander, const wire::RecordedBytes& record, const Attempt& attempt, const Deadline& deadline)
      : bystander_(bystander),
        record_(record),
        mark_(to_hex(wire::random_bytes(10, attempt.client.seed, "traffic mark"))),
        topic_(topic_of(attempt)),
        deadline_(deadline) {}

  Result<Observation> run() {
    auto guest = bystander_.log_in("recorded", deadline_);
    if (!guest) return tl::make_unexpected(guest.error());
    const bool is_let_in = guest->answer.accepted();
    const bool is_delivered = is_let_in && deliver(guest->link);
    guest->link.leave(time());
    tell_size();
    if (is_let_in) look_for_password();
    if (is_delivered)
      look_for_payload();
    else
      tell(msg("the client could not send itself a message on {topic}: give a \"topic\" that it may use",
               {{"topic", topic_}}));
    return std::move(bystander_.seen());
  }

 private:
  static std::string topic_of(const Attempt& attempt) {
    const auto found = attempt.parameters.find("topic");
    if (found != attempt.parameters.end() && !found->second.empty()) return found->second;
    return "mqtts-harness/" + to_hex(wire::random_bytes(6, attempt.client.seed, "traffic topic"));
  }

  Deadline time() const { return deadline_.within(bystander_.timeout()); }
  void tell(Message what) { bystander_.seen().evidence.push_back(note(std::move(what))); }

  bool deliver(wire::MqttLink& link) const {
    const auto end = time();
    const auto version = bystander_.client().mqtt;
    link.send(wire::encode_subscribe(version, topic_, 0), end);
    const auto granted = link.await(wire::packet_kind::suback, end);
    const bool is_granted = granted.state == LinkState::open && granted.packet.kind() == wire::packet_kind::suback &&
                            !granted.packet.body.empty() && granted.packet.body.back() < refused_subscription;
    if (!is_granted) return false;
    link.send(wire::encode_publish(version, {topic_, mark_}), end);
    while (!end.passed()) {
      const auto received = link.await(wire::packet_kind::publish, end);
      if (received.state != LinkState::open || received.packet.kind() != wire::packet_kind::publish) return false;
      if (std::ranges::search(received.packet.body, mark_).begin() != received.packet.body.end()) return true;
    }
    return false;
  }

  void tell_size() {
    std::size_t bytes = 0;
    const auto all = record_.connections();
    for (const auto& each : all) bytes += each.sent.size() + each.received.size();
    tell(msg("{bytes} bytes of {connections} connections were recorded",
             {{"bytes", std::to_string(bytes)}, {"connections", std::to_string(all.size())}}));
  }

  void look_for_payload() {
    const auto readable = is_on_wire(mark_, Needed::both_ways);
    if (readable) bystander_.seen().facts["capture.contains_payload"] = *readable;
    if (!readable) tell(msg("whether the message can be read there is not known: the record of it is not whole"));
  }

  void look_for_password() {
    const auto& password = bystander_.client().password;
    if (!password) return;
    if (password->size() < shortest_marker)
      return tell(msg("the password is too short to be looked for: it would be found by chance"));
    const auto readable = is_on_wire(*password, Needed::sent);
    if (readable) bystander_.seen().facts["capture.contains_password"] = *readable;
    if (!readable) tell(msg("whether the password can be read there is not known: the record of it is not whole"));
  }

  enum class Needed {
    sent,
    both_ways
  };

  // False only where the same search finds it in what one of these connections held, decrypted, and all of them are
  // recorded whole. Without TLS there is nothing that could hide it: not found is not known.
  std::optional<bool> is_on_wire(std::string_view marker, Needed needed) const {
    const auto& client = bystander_.client();
    const auto all = record_.connections();
    const auto is_read = [&](const RecordedConnection& it) {
      return is_readable(it.sent, marker, client) || is_readable(it.received, marker, client);
    };
    if (std::ranges::any_of(all, is_read)) return true;
    const auto is_control = [&](const RecordedConnection& it) {
      return is_in(it.sent_decrypted, marker, client) &&
             (needed == Needed::sent || is_in(it.received_decrypted, marker, client));
    };
    const bool is_known = client.tls && std::ranges::any_of(all, is_control) && std::ranges::all_of(all, is_whole);
    return is_known ? std::optional(false) : std::nullopt;
  }

  Bystander& bystander_;
  const wire::RecordedBytes& record_;
  const std::string mark_;
  const std::string topic_;
  const Deadline& deadline_;
};

Result<Observation> probe_traffic(const Attempt& attempt, const Deadline& deadline) {
  const auto start = Clock::now();
  const auto record = std::make_shared<wire::RecordedBytes>(attempt.client.traffic);
  auto recorded = attempt;
  recorded.client.traffic = record;
  auto bystander = Bystander::enter(recorded, deadline);
  if (!bystander) return tl::make_unexpected(bystander.error());
  if (!bystander->is_served()) return unless_stopped(std::move(bystander->seen()), attempt.client, start, deadline);
  auto seen = Traffic(*bystander, *record, recorded, deadline).run();
  if (!seen) return seen;
  return unless_stopped(*std::move(seen), attempt.client, start, deadline);
}

}  // namespace

ProbeKind traffic_kind() {
  return {.name = "traffic",
          .parameters = {{"topic", ProbeParameter::Type::topic}},
          .facts = {{"capture.contains_payload", FactType::flag}, {"capture.contains_password", FactType::flag}},
          .run = probe_traffic};
}

}  // namespace mqtts::probes
