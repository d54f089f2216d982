#include "harness/wire/mqtt_link.h"

#include <array>
#include <chrono>
#include <utility>
#include <variant>

#include "harness/wire/client_profile.h"
#include "harness/wire/tcp.h"
#include "harness/wire/websocket_stream.h"

namespace mqtts::wire {
namespace {

constexpr auto a_glance = std::chrono::milliseconds(1);

LinkState link_state_of(const Step& step) {
  switch (step.outcome) {
    case StepOutcome::done: return LinkState::open;
    case StepOutcome::timed_out: return LinkState::timed_out;
    case StepOutcome::garbled: return LinkState::garbled;
    case StepOutcome::alert_received:
    case StepOutcome::self_refused:
    case StepOutcome::closed: break;
  }
  return LinkState::closed;
}

}  // namespace

struct MqttLink::Owned {
  Client client;
  SslContextPtr context;
};

MqttLink::MqttLink() = default;
MqttLink::MqttLink(MqttLink&&) noexcept = default;
// A stream borrows what the link owns: it ends first.
MqttLink& MqttLink::operator=(MqttLink&& other) noexcept {
  stream_ = std::move(other.stream_);
  below_ = std::move(other.below_);
  owned_ = std::move(other.owned_);
  reader_ = std::move(other.reader_);
  version_ = other.version_;
  state_ = other.state_;
  detail_ = std::move(other.detail_);
  return *this;
}
MqttLink::~MqttLink() = default;

Result<MqttLink> MqttLink::open_tcp(const Client& client, const Deadline& deadline) {
  auto tcp = connect_tcp(client, deadline);
  if (!tcp) return tl::make_unexpected(tcp.error());
  MqttLink link;
  link.version_ = client.mqtt;
  link.detail_ = tcp->reason;
  if (tcp->outcome == TcpOutcome::connected)
    link.stream_ = std::make_unique<PlainStream>(std::move(tcp->socket));
  else
    link.state_ = tcp->outcome == TcpOutcome::refused ? LinkState::refused : LinkState::timed_out;
  return link;
}

Result<MqttLink> MqttLink::open(const Client& client, TlsOffer offer, const Deadline& deadline) {
  auto link = open_below(client, offer, deadline);
  if (!link || !client.websocket || link->state_ != LinkState::open) return link;
  link->below_ = std::move(link->stream_);
  auto stream = std::make_unique<WebSocketStream>(*link->below_);
  const auto step = stream->upgrade(client, deadline);
  if (!step) return tl::make_unexpected(step.error());
  link->state_ = link_state_of(*step);
  link->detail_ = step->detail;
  link->stream_ = std::move(stream);
  return link;
}

Result<MqttLink> MqttLink::open_below(const Client& client, TlsOffer offer, const Deadline& deadline) {
  if (!client.tls) return open_tcp(client, deadline);
  const TlsVersions versions{.highest = client.at_most_tls_1_2 ? TLS1_2_VERSION : TLS1_3_VERSION};
  auto context = shared_tls_context(client, offer, versions);
  if (!context) return tl::make_unexpected(context.error());
  auto tcp = connect_tcp(client, deadline);
  if (!tcp) return tl::make_unexpected(tcp.error());
  MqttLink link;
  link.version_ = client.mqtt;
  link.detail_ = tcp->reason;
  if (tcp->outcome != TcpOutcome::connected) {
    link.state_ = tcp->outcome == TcpOutcome::refused ? LinkState::refused : LinkState::timed_out;
    return link;
  }
  link.owned_ = std::make_unique<Owned>(client, *std::move(context));
  auto stream = std::make_unique<TlsStream>(*link.owned_->context, link.owned_->client, offer, std::move(tcp->socket));
  auto step = stream->handshake(deadline);
  if (step.outcome == StepOutcome::done) step = stream->await_verdict(deadline);
  link.state_ = link_state_of(step);
  link.detail_ = step.detail;
  link.stream_ = std::move(stream);
  return link;
}

void MqttLink::send(std::span<const unsigned char> bytes, const Deadline& deadline) {
  if (state_ == LinkState::open) stream_->write(bytes, deadline);
}

Received MqttLink::receive(const Deadline& deadline) {
  for (;;) {
    auto next = reader_.next();
    if (auto* packet = std::get_if<Packet>(&next)) return {LinkState::open, std::move(*packet)};
    if (state_ == LinkState::open && std::get<PacketReader::Lack>(next) == PacketReader::Lack::too_long)
      state_ = LinkState::garbled;
    if (state_ != LinkState::open) return {state_, {}, detail_};
    std::array<unsigned char, 4096> buffer{};
    const auto step = stream_->read(buffer, deadline);
    if (step.outcome == StepOutcome::timed_out) return {LinkState::timed_out, {}, step.detail};
    state_ = link_state_of(step);
    detail_ = step.detail;
    reader_.add(std::span(buffer).first(step.bytes));
  }
}

std::optional<Packet> MqttLink::next_packet_read() {
  auto next = reader_.next();
  auto* packet = std::get_if<Packet>(&next);
  return packet != nullptr ? std::optional(std::move(*packet)) : std::nullopt;
}

Received MqttLink::await(int kind, const Deadline& deadline) {
  for (;;) {
    auto received = receive(deadline);
    const bool is_wanted = received.packet.kind() == kind || received.packet.kind() == packet_kind::disconnect;
    if (received.state != LinkState::open || is_wanted) return received;
    if (deadline.passed()) return {LinkState::timed_out};
  }
}

bool MqttLink::answers(const Deadline& deadline) {
  // Who answers before it is asked answers nothing.
  for (;;) {
    const auto before = receive(deadline.within(a_glance));
    if (before.state != LinkState::open) break;
    if (before.packet.kind() != packet_kind::pingresp && !deadline.passed()) continue;
    state_ = LinkState::garbled;
    return false;
  }
  send(encode_ping(), deadline);
  const auto received = await(packet_kind::pingresp, deadline);
  return received.state == LinkState::open && received.packet.kind() == packet_kind::pingresp;
}

Result<LoggedIn> MqttLink::log_in(const ConnectPacket& packet, const Deadline& deadline) {
  const auto connect = encode_connect(packet);
  if (!connect) return tl::make_unexpected(connect.error());
  send(*connect, deadline);
  const auto received = receive(deadline);
  if (received.state != LinkState::open) return LoggedIn{.state = received.state};
  const auto& body = received.packet.body;
  const auto first = decode_first_packet(version_, to_packet(received.packet.first, body));
  const auto* connack = std::get_if<Connack>(&first);
  if (connack == nullptr) return LoggedIn{.state = LinkState::garbled};
  return LoggedIn{.state = LinkState::open,
                  .code = connack->code,
                  .session_present = connack->session_present,
                  .properties = Bytes(body.begin() + 2, body.end())};
}

bool MqttLink::ends_within(Clock::duration span, const Deadline& deadline) {
  const auto end = deadline.within(span);
  for (;;) {
    const auto state = receive(end).state;
    if (state != LinkState::open) return state == LinkState::closed;
    if (end.passed()) return false;
  }
}

void MqttLink::leave(const Deadline& deadline) {
  if (!stream_ || state_ != LinkState::open) return;
  send(encode_disconnect(), deadline);
  stream_->finish(deadline);
  drop();
}

ConnectPacket connect_packet_of(const Client& client, std::string id) {
  return {
      .version = client.mqtt, .client_id = std::move(id), .user_name = client.user_name, .password = client.password};
}

std::string client_id_for(const Client& client, std::string_view label) {
  auto named = client;
  named.requires_client_id = true;
  return client_profile_of(named, label).client_id;
}

}  // namespace mqtts::wire
