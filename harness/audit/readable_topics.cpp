#include "harness/audit/readable_topics.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/audit/personal_data.h"
#include "harness/util/utf8.h"
#include "harness/wire/mqtt_link.h"
#include "harness/wire/probe_connection.h"

namespace mqtts::audit {
namespace {

using wire::LinkState;

constexpr Clock::duration time_to_connect = std::chrono::seconds(5);
constexpr Clock::duration time_for_suback = std::chrono::seconds(5);
constexpr Clock::duration time_between_pings = std::chrono::seconds(20);
constexpr unsigned char refused_subscription = 0x80;
constexpr unsigned char retain_flag = 0x01;
constexpr unsigned char qos_bits = 0x06;
constexpr std::string_view ellipsis = "…";

// Topic and payload of a PUBLISH of MQTT 3.1.1 with QoS 0, as ours are all subscribed with that; none: malformed.
std::optional<std::pair<std::string_view, std::string_view>> parts_of(const wire::Packet& packet) {
  if (packet.body.size() < 2 || (packet.first & qos_bits) != 0) return std::nullopt;
  const std::string_view all(reinterpret_cast<const char*>(packet.body.data()), packet.body.size());
  const auto length = static_cast<std::size_t>(packet.body[0] << 8 | packet.body[1]);
  if (length == 0 || 2 + length > all.size()) return std::nullopt;
  return std::pair(all.substr(2, length), all.substr(2 + length));
}

// Cut where a character ends.
std::string kept_name(std::string_view topic) {
  auto name = valid_utf8(topic);
  if (name.size() <= longest_topic) return name;
  auto size = longest_topic;
  while (size > 0 && (static_cast<unsigned char>(name[size]) & 0xc0) == 0x80) --size;
  return name.substr(0, size) + std::string(ellipsis);
}

class Listener {
 public:
  Listener(Client client, wire::TlsOffer offer, const Deadline& deadline)
      : client_(std::move(client)), offer_(offer), deadline_(deadline) {}

  Result<void> subscribe_to_all() {
    for (const std::string filter : {"#", "$SYS/#", "+/#"}) {
      if (filter == "+/#" && granted_.contains("#")) continue;
      if (auto back = reconnect(); !back) return back;
      if (is_granted(filter)) granted_.insert(filter);
    }
    return reconnect();
  }

  TopicsSeen listen(Clock::duration span) {
    const auto end = deadline_.within(span);
    auto next_ping = Clock::now() + time_between_pings;
    while (!end.passed() && is_open() && !granted_.empty()) {
      if (Clock::now() >= next_ping) {
        link_->send(wire::encode_ping(), end);
        next_ping = Clock::now() + time_between_pings;
      }
      const auto received = link_->receive(end.within(time_between_pings));
      if (received.state == LinkState::open) note_packet(received.packet);
    }
    const bool has_ended_early = !granted_.empty() && !is_open();
    if (is_open()) link_->leave(deadline_.within(time_to_connect));
    TopicsSeen seen{.topics = {}, .truncated = has_overflowed_ || has_ended_early};
    for (auto& [name, each] : topics_) {
      seen.topics.push_back({name, each.messages, each.retained, {each.kinds.begin(), each.kinds.end()}});
    }
    return seen;
  }

 private:
  struct Counted {
    int messages = 0;
    int retained = 0;
    std::set<DataKind> kinds;
  };

  bool is_open() const { return link_ && link_->state() == LinkState::open; }

  // Some brokers end the connection of a client whose subscription they refuse. What was retained comes anew.
  Result<void> reconnect() {
    if (is_open()) return {};
    topics_.clear();
    auto link = wire::MqttLink::open(client_, offer_, deadline_.within(time_to_connect));
    if (!link) return tl::make_unexpected(link.error());
    const auto id = wire::client_id_for(client_, "topics " + std::to_string(++connections_));
    const auto answer = link->log_in(wire::connect_packet_of(client_, id), deadline_.within(time_to_connect));
    if (!answer) return tl::make_unexpected(answer.error());
    if (!answer->accepted()) return failure(ErrorKind::denied, msg("the client was not let in again"));
    link_ = *std::move(link);
    link_->cut_long_packets();
    for (const auto& filter : granted_) static_cast<void>(is_granted(filter));
    return {};
  }

  // Messages may come before the answer (MQTT 3.1.1, 3.8.4).
  bool is_granted(const std::string& filter) {
    const auto end = deadline_.within(time_for_suback);
    link_->send(wire::encode_subscribe(client_.mqtt, filter, 0), end);
    while (!end.passed()) {
      const auto received = link_->receive(end);
      if (received.state != LinkState::open) return false;
      if (received.packet.kind() == wire::packet_kind::suback)
        return !received.packet.body.empty() && received.packet.body.back() < refused_subscription;
      note_packet(received.packet);
    }
    return false;
  }

  void note_packet(const wire::Packet& packet) {
    if (packet.kind() != wire::packet_kind::publish) return;
    const auto parts = parts_of(packet);
    if (!parts) return;
    const auto name = kept_name(parts->first);
    auto found = topics_.find(name);
    if (found == topics_.end() && topics_.size() >= most_topics) {
      has_overflowed_ = true;
      return;
    }
    if (found == topics_.end()) found = topics_.emplace(name, Counted{}).first;
    auto& counted = found->second;
    ++counted.messages;
    if ((packet.first & retain_flag) != 0) ++counted.retained;
    for (const auto kind : suspected_in(parts->second.substr(0, looked_through))) counted.kinds.insert(kind);
  }

  const Client client_;
  const wire::TlsOffer offer_;
  const Deadline& deadline_;
  int connections_ = 0;
  std::optional<wire::MqttLink> link_;
  std::set<std::string> granted_;
  std::map<std::string, Counted> topics_;
  bool has_overflowed_ = false;
};

}  // namespace

Result<TopicsSeen> read_topics(Client client, Clock::duration span, const Deadline& deadline) {
  client.mqtt = MqttVersion::v3_1_1;
  client.requires_client_id = true;
  const auto first = wire::probe_connection(client, deadline.within(time_to_connect));
  if (!first) return tl::make_unexpected(first.error());
  if (first->outcome != Outcome::accepted)
    return failure(ErrorKind::denied,
                   msg("the broker does not let the client in ({outcome}, {reason})",
                       {{"outcome", std::string(to_string(first->outcome))}, {"reason", first->reason}}));
  Listener listener(std::move(client), first->offer, deadline);
  if (auto subscribed = listener.subscribe_to_all(); !subscribed) return tl::make_unexpected(subscribed.error());
  auto seen = listener.listen(span);
  if (deadline.stopped()) return failure(ErrorKind::interrupted, msg("Stopped while listening to topics"));
  return seen;
}

}  // namespace mqtts::audit
