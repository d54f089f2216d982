#include "harness/probes/revocation_probe.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "harness/probes/bystander.h"
#include "harness/probes/connect_probe.h"
#include "harness/probes/dynamic_security.h"
#include "harness/probes/evidence.h"
#include "harness/probes/intruder.h"
#include "harness/util/digest.h"
#include "harness/wire/random_bytes.h"

namespace mqtts::probes {
namespace {

using wire::LinkState;

constexpr std::uint32_t seconds_of_session = 120;  // MQTT 5: long enough for the probe
constexpr auto grace_after_revocation = std::chrono::seconds(2);
constexpr auto time_to_put_back = std::chrono::seconds(3);
constexpr unsigned char first_failure_of_suback = 0x80;

class Revoking {
 public:
  Revoking(const Attempt& attempt, Entry writer, Entry administrator, const Deadline& deadline)
      : attempt_(attempt),
        writer_(std::move(writer)),
        orders_(*administrator.paho, attempt.timeout),
        administrator_(std::move(administrator)),
        client_id_(wire::client_id_for(attempt.client, "revocation")),
        deadline_(deadline) {}

  Result<Observation> run() {
    auto begun = begin();
    auto seen = begun ? try_out() : Result<void>(tl::make_unexpected(begun.error()));
    put_back();
    if (!seen) return tl::make_unexpected(seen.error());
    return std::move(writer_.seen);
  }

 private:
  Deadline time() const { return deadline_.within(attempt_.timeout); }

  void tell(Message what) { writer_.seen.evidence.push_back(note(std::move(what))); }

  std::string parameter(const std::string& name) const { return attempt_.parameters.at(name); }

  // A text that is in no other message.
  const std::string& mark(const std::string& label) {
    auto& made = marks_[label];
    if (made.empty()) made = to_hex(wire::random_bytes(10, attempt_.client.seed, "revocation " + label));
    return made;
  }

  Result<Bystander::Guest> log_in(bool clean, const Deadline& deadline) const {
    auto packet = wire::connect_packet_of(attempt_.client, client_id_);
    packet.clean = clean;
    if (!clean && attempt_.client.mqtt == MqttVersion::v5_0) packet.session_expiry = seconds_of_session;
    return log_in_as(attempt_.client, packet, wire::TlsOffer::system_default, attempt_.timeout, deadline);
  }

  bool subscribe(wire::MqttLink& link, const std::string& topic) const {
    link.send(wire::encode_subscribe(attempt_.client.mqtt, topic, 1), time());
    const auto granted = link.await(wire::packet_kind::suback, time());
    return granted.state == LinkState::open && granted.packet.kind() == wire::packet_kind::suback &&
           !granted.packet.body.empty() && granted.packet.body.back() < first_failure_of_suback;
  }

  void publish(const std::string& topic, const std::string& payload) {
    static_cast<void>(writer_.paho->publish({topic, payload, 1}, time()));
  }

  // The first of these marks that comes.
  static std::optional<std::string> await(wire::MqttLink& link, const std::vector<std::string>& marks,
                                          const Deadline& deadline) {
    while (!deadline.passed()) {
      const auto received = link.await(wire::packet_kind::publish, deadline);
      if (received.state != LinkState::open || received.packet.kind() != wire::packet_kind::publish)
        return std::nullopt;
      for (const auto& mark : marks)
        if (std::ranges::search(received.packet.body, mark).begin() != received.packet.body.end()) return mark;
    }
    return std::nullopt;
  }

  // The client has its session, and a message has come to it.
  Result<bool> begin() {
    auto guest = log_in(false, deadline_);
    if (!guest) return tl::make_unexpected(guest.error());
    if (!guest->answer.accepted() || !subscribe(guest->link, parameter("topic")) ||
        !subscribe(guest->link, parameter("sentinel"))) {
      tell(msg("the client could not subscribe: nothing was tried"));
      return false;
    }
    publish(parameter("topic"), mark("before"));
    has_begun_ = await(guest->link, {mark("before")}, time()).has_value();
    if (!has_begun_)
      tell(msg("no message came on {topic} while the client had the right: nothing was tried",
               {{"topic", parameter("topic")}}));
    guest->link.drop();
    return has_begun_;
  }

  Result<void> try_out() {
    if (!has_begun_) return {};
    is_revoked_ = true;
    const auto revoked = orders_.carry_out(parameter("revoke"), deadline_);
    if (!revoked.empty()) {
      tell(msg("the broker did not take the right away: {answer}", {{"answer", revoked}}));
      return {};
    }
    publish(parameter("topic"), mark("after"));
    publish(parameter("sentinel"), mark("sentinel"));
    auto guest = log_in(false, deadline_);
    if (!guest) return tl::make_unexpected(guest.error());
    if (!guest->answer.accepted()) {
      tell(msg("the client was not let in again after the revocation"));
      return {};
    }
    const bool has_session = guest->answer.session_present;
    bool is_delivered = false;
    bool has_sentinel = false;
    auto until = has_session ? time() : deadline_.within(grace_after_revocation);
    while (const auto came = await(guest->link, {mark("after"), mark("sentinel")}, until)) {
      if (*came == mark("after")) is_delivered = true;
      if (*came == mark("sentinel")) has_sentinel = true;
      if (is_delivered) break;
      until = deadline_.within(grace_after_revocation);
    }
    guest->link.drop();
    if (is_delivered) {
      tell(msg("a message that was published after the revocation came to the session"));
      writer_.seen.facts["revocation.delivered"] = true;
      return {};
    }
    if (!has_session) tell(msg("the broker has ended the client's session"));
    if (has_session && !has_sentinel) {
      tell(msg("after the revocation not even the sentinel came, so nothing is proven"));
      return {};
    }
    return close();
  }

  // With its right again, the client gets messages again.
  Result<void> close() {
    const auto granted = orders_.carry_out(parameter("grant"), deadline_);
    is_revoked_ = !granted.empty();
    if (is_revoked_) {
      tell(msg("the broker did not give the right back: {answer}", {{"answer", granted}}));
      return {};
    }
    auto guest = log_in(false, deadline_);
    if (!guest) return tl::make_unexpected(guest.error());
    bool came = guest->answer.accepted() && subscribe(guest->link, parameter("topic"));
    publish(parameter("topic"), mark("again"));
    came = came && await(guest->link, {mark("again")}, time());
    guest->link.drop();
    if (came && !deadline_.passed())
      writer_.seen.facts["revocation.delivered"] = false;
    else
      tell(msg("with the right given back, no message came either, so nothing is proven"));
    return {};
  }

  // Also after a stop.
  void put_back() {
    const auto deadline = Deadline::in(time_to_put_back);
    if (is_revoked_) static_cast<void>(orders_.carry_out(parameter("grant"), deadline));
    auto guest = log_in(true, deadline);
    if (guest) guest->link.leave(deadline);
  }

  const Attempt& attempt_;
  Entry writer_;
  SecurityOrders orders_;
  Entry administrator_;
  const std::string client_id_;
  const Deadline& deadline_;
  std::map<std::string, std::string> marks_;
  bool has_begun_ = false;
  bool is_revoked_ = false;
};

Result<Observation> probe_revocation(const Attempt& attempt, const Deadline& deadline) {
  const auto start = Clock::now();
  const auto writer_role = attempt.others.find("writer");
  const auto administrator_role = attempt.others.find("administrator");
  if (writer_role == attempt.others.end() || administrator_role == attempt.others.end())
    return failure(ErrorKind::missing_material,
                   msg("this needs two more accounts: a \"writer\", and an \"administrator\" who changes rights"));
  auto writer = enter(writer_role->second, attempt.timeout, deadline);
  if (!writer || !writer->paho) return std::move(writer).map([](Entry&& entry) { return std::move(entry.seen); });
  auto administrator = enter(administrator_role->second, attempt.timeout, deadline);
  if (!administrator) return tl::make_unexpected(administrator.error());
  if (!administrator->paho) {
    writer->seen.evidence.push_back(note(msg("the administrator was not let in")));
    return std::move(writer->seen);
  }
  auto seen = Revoking(attempt, *std::move(writer), *std::move(administrator), deadline).run();
  if (!seen) return seen;
  return unless_stopped(*std::move(seen), attempt.client, start, deadline);
}

}  // namespace

ProbeKind revocation_kind() {
  using Type = ProbeParameter::Type;
  return {.name = "revocation",
          .roles = {"writer", "administrator"},
          .parameters = {{"topic", Type::topic, true},
                         {"sentinel", Type::topic, true},
                         {"revoke", Type::text, true},
                         {"grant", Type::text, true}},
          .facts = {{"revocation.delivered", FactType::flag}},
          .needs = {.change = true},
          .run = probe_revocation};
}

}  // namespace mqtts::probes
