// One connection of a probe that says its MQTT byte by byte: TCP, TLS, WebSocket, and packets read back.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "harness/model/interfaces.h"
#include "harness/util/deadline.h"
#include "harness/util/error.h"
#include "harness/wire/mqtt_bytes.h"
#include "harness/wire/mqtt_packet.h"
#include "harness/wire/stream.h"
#include "harness/wire/tls.h"

namespace mqtts::wire {

enum class LinkState {
  open,
  refused,    // TCP
  timed_out,  // TCP or TLS
  closed,     // by the peer, or the network
  garbled     // what came is not TLS or MQTT
};

struct Received {
  LinkState state{};  // open: `packet` has come; timed_out: none in time, and the connection may be open
  Packet packet = {};
  std::string detail = {};  // may be hostile
};

// What became of a CONNECT.
struct LoggedIn {
  LinkState state{};  // open: a CONNACK has come
  int code = 0;
  bool session_present = false;
  Bytes properties = {};  // MQTT 5: they begin with their length; see number_property()

  bool accepted() const { return state == LinkState::open && code == 0; }
};

class MqttLink {
 public:
  // Connects; TLS with what `offer` says, until the server has had its say about our certificate; then the upgrade of a
  // WebSocket client. ErrorKind::local as probe_connection; whatever else happens is the link's state(): closed, if the
  // server does not upgrade.
  static Result<MqttLink> open(const Client& client, TlsOffer offer, const Deadline& deadline);
  // The same with TCP only, also where the client has TLS or WebSocket.
  static Result<MqttLink> open_tcp(const Client& client, const Deadline& deadline);

  LinkState state() const { return state_; }

  void send(std::span<const unsigned char> bytes, const Deadline& deadline);
  // The next packet.
  Received receive(const Deadline& deadline);
  // The next of the packets that came with an earlier one.
  std::optional<Packet> next_packet_read();
  // From now on, of a packet that is too long only the beginning is read; else the link is garbled by it.
  void cut_long_packets() { reader_.cut_long_packets(); }
  // The next packet of that kind; others are skipped, except DISCONNECT.
  Received await(int kind, const Deadline& deadline);
  // True if PINGREQ was answered, and not before it was sent. Packets are skipped.
  bool answers(const Deadline& deadline);
  // Sends CONNECT and waits for its answer.
  Result<LoggedIn> log_in(const ConnectPacket& packet, const Deadline& deadline);
  // True if the connection has ended, or ends within `span`; packets are skipped.
  bool ends_within(Clock::duration span, const Deadline& deadline);
  // DISCONNECT, and the end.
  void leave(const Deadline& deadline);
  // The end without a word.
  void drop() {
    stream_.reset();
    below_.reset();
    state_ = LinkState::closed;
  }

 private:
  struct Owned;  // what a TlsStream borrows
  MqttLink();
  static Result<MqttLink> open_below(const Client& client, TlsOffer offer, const Deadline& deadline);

 public:
  MqttLink(MqttLink&&) noexcept;
  MqttLink& operator=(MqttLink&&) noexcept;
  ~MqttLink();

 private:
  std::unique_ptr<Owned> owned_;
  std::unique_ptr<Stream> below_;  // what a WebSocketStream borrows; else none
  std::unique_ptr<Stream> stream_;
  PacketReader reader_;
  MqttVersion version_{};
  LinkState state_ = LinkState::open;
  std::string detail_;
};

// A CONNECT of the client, with that id.
ConnectPacket connect_packet_of(const Client& client, std::string id);

// A client id of 20 letters and digits, which every broker takes (MQTT-3.1.3-5), drawn for the purpose `label`.
std::string client_id_for(const Client& client, std::string_view label);

}  // namespace mqtts::wire
