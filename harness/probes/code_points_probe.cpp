#include "harness/probes/code_points_probe.h"

#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/probes/bystander.h"
#include "harness/probes/evidence.h"

namespace mqtts::probes {
namespace {

using namespace std::string_view_literals;
using wire::LinkState;

// MQTT 3.1.1 and 5.0.
enum class Rule {
  must_not,   // sections 1.5.3 and 1.5.4: the packet is malformed
  should_not  // the same sections, and 5.4.9: the packet may be taken for malformed
};

struct CodePoint {
  std::string_view name;
  std::string_view utf8;
  Rule rule{};
};

constexpr std::array code_points = {
    CodePoint{"U+0000", "\x00"sv, Rule::must_not},
    CodePoint{"U+D800", "\xed\xa0\x80"sv, Rule::must_not},
    CodePoint{"U+DFFF", "\xed\xbf\xbf"sv, Rule::must_not},
    CodePoint{"U+0001", "\x01"sv, Rule::should_not},
    CodePoint{"U+001B", "\x1b"sv, Rule::should_not},
    CodePoint{"U+007F", "\x7f"sv, Rule::should_not},
    CodePoint{"U+0085", "\xc2\x85"sv, Rule::should_not},
    CodePoint{"U+FDD0", "\xef\xb7\x90"sv, Rule::should_not},
    CodePoint{"U+FFFF", "\xef\xbf\xbf"sv, Rule::should_not},
    CodePoint{"U+1FFFE", "\xf0\x9f\xbf\xbe"sv, Rule::should_not},
};
constexpr std::string_view harmless = "\xc3\xa9"sv;  // U+00E9

enum class Place {
  topic,
  filter,
  client_id,
  user_name
};

struct NamedPlace {
  Place place{};
  std::string_view name;
};

constexpr std::array places = {NamedPlace{Place::topic, "Topic Name"}, NamedPlace{Place::filter, "Topic Filter"},
                               NamedPlace{Place::client_id, "Client Identifier"},
                               NamedPlace{Place::user_name, "User Name"}};

constexpr std::size_t longest_start_of_id = 16;

constexpr unsigned char connect_first = 0x10;
constexpr unsigned char clean_flag = 0x02;
constexpr unsigned char password_flag = 0x40;
constexpr unsigned char user_flag = 0x80;

enum class Taken {
  yes,
  no,      // refused by a code, or the connection ended
  unclear  // no answer in time
};

Taken taken_by(const wire::Received& received) {
  if (received.state == LinkState::closed) return Taken::no;
  if (received.state != LinkState::open) return Taken::unclear;
  return received.packet.kind() == wire::packet_kind::disconnect ? Taken::no : Taken::yes;
}

class CodePoints {
 public:
  CodePoints(Bystander& bystander, const Deadline& deadline) : bystander_(bystander), deadline_(deadline) {}

  Result<Observation> run() {
    for (const auto& place : places)
      if (auto tried = try_place(place); !tried) return tl::make_unexpected(tried.error());
    const auto after = bystander_.look(deadline_);
    if (!after) return tl::make_unexpected(after.error());
    conclude(*after);
    return std::move(bystander_.seen());
  }

 private:
  Result<void> try_place(const NamedPlace& place) {
    const auto with_harmless = say(place.place, harmless, std::string(place.name) + " harmless");
    if (!with_harmless) return tl::make_unexpected(with_harmless.error());
    if (*with_harmless != Taken::yes) {
      bystander_.seen().evidence.push_back(
          note(msg("not tried in {place}: there a harmless character, U+00E9, is not taken either",
                   {{"place", std::string(place.name)}})));
      return {};
    }
    ++places_tried_;
    for (const auto& point : code_points) {
      const auto taken = say(place.place, point.utf8, std::string(place.name) + std::string(point.name));
      if (!taken) return tl::make_unexpected(taken.error());
      if (*taken == Taken::unclear) has_unclear_ = true;
      if (*taken != Taken::yes) continue;
      auto& list = point.rule == Rule::must_not ? forbidden_ : discouraged_;
      list.push_back(std::string(point.name) + " in " + std::string(place.name));
    }
    return {};
  }

  Result<Taken> say(Place place, std::string_view utf8, const std::string& label) {
    if (place == Place::client_id || place == Place::user_name) return connect_with(place, utf8, label);
    const auto text = "mqtts-harness" + std::string(utf8);
    auto guest = bystander_.log_in(label, deadline_);
    if (!guest) return tl::make_unexpected(guest.error());
    if (!guest->answer.accepted()) return Taken::unclear;
    const auto version = bystander_.client().mqtt;
    const auto time = deadline_.within(bystander_.timeout());
    auto& link = guest->link;
    link.send(place == Place::topic ? wire::encode_publish(version, {text, "hello"})
                                    : wire::encode_subscribe(version, text, 0),
              time);
    if (place == Place::filter) {
      const auto received = link.await(wire::packet_kind::suback, time);
      if (taken_by(received) != Taken::yes) return taken_by(received);
      if (received.packet.body.empty() || received.packet.body.back() >= 0x80) return Taken::no;
    }
    link.send(wire::encode_ping(), time);
    const auto taken = taken_by(link.await(wire::packet_kind::pingresp, time));
    link.leave(time);
    return taken;
  }

  // By hand: encode_connect() refuses what no client should say. A user name is not the account's, so that a broker
  // that knows its users refuses the harmless one too.
  Result<Taken> connect_with(Place place, std::string_view utf8, const std::string& label) {
    auto link = bystander_.open(deadline_);
    if (!link) return tl::make_unexpected(link.error());
    if (link->state() != LinkState::open) return Taken::unclear;
    const auto& client = bystander_.client();
    const bool v5 = client.mqtt == MqttVersion::v5_0;
    const bool is_user_name = place == Place::user_name;
    const auto user = is_user_name ? "mqtts-harness" + std::string(utf8) : client.user_name.value_or("");
    const bool has_user = is_user_name || client.user_name;
    wire::Bytes body;
    wire::put_string(body, "MQTT");
    body.push_back(v5 ? 5 : 4);
    body.push_back(
        static_cast<unsigned char>(clean_flag | (has_user ? user_flag : 0) | (client.password ? password_flag : 0)));
    wire::put_uint16(body, 60);
    if (v5) body.push_back(0);  // no properties
    const auto id = wire::client_id_for(client, label);
    wire::put_string(body, is_user_name ? id : id.substr(0, longest_start_of_id) + std::string(utf8));
    if (has_user) wire::put_string(body, user);
    if (client.password) wire::put_string(body, *client.password);
    const auto time = deadline_.within(bystander_.timeout());
    link->send(wire::to_packet(connect_first, body), time);
    const auto received = link->receive(time);
    if (received.state == LinkState::closed) return Taken::no;
    const auto& answer = received.packet;
    if (received.state != LinkState::open || answer.kind() != wire::packet_kind::connack || answer.body.size() < 2)
      return Taken::unclear;
    link->leave(time);
    return answer.body[1] == 0 ? Taken::yes : Taken::no;
  }

  void conclude(After after) {
    auto& seen = bystander_.seen();
    const bool all_are_clear = places_tried_ > 0 && !has_unclear_ && after == After::serves && !deadline_.passed();
    if (all_are_clear || !forbidden_.empty()) seen.facts["code_points.accepted"] = forbidden_;
    if (all_are_clear || !discouraged_.empty()) seen.facts["code_points.discouraged_accepted"] = discouraged_;
    for (const auto* list : {&forbidden_, &discouraged_})
      for (const auto& each : *list)
        seen.evidence.push_back(note(msg("the broker takes {character}", {{"character", each}})));
    if (has_unclear_) seen.evidence.push_back(note(msg("some characters got no answer in time")));
  }

  Bystander& bystander_;
  const Deadline& deadline_;
  std::vector<std::string> forbidden_;
  std::vector<std::string> discouraged_;
  int places_tried_ = 0;
  bool has_unclear_ = false;
};

Result<Observation> probe_code_points(const Attempt& attempt, const Deadline& deadline) {
  const auto start = Clock::now();
  auto bystander = Bystander::enter(attempt, deadline);
  if (!bystander) return tl::make_unexpected(bystander.error());
  if (!bystander->is_served()) return unless_stopped(std::move(bystander->seen()), attempt.client, start, deadline);
  auto seen = CodePoints(*bystander, deadline).run();
  if (!seen) return seen;
  return unless_stopped(*std::move(seen), attempt.client, start, deadline);
}

}  // namespace

ProbeKind code_points_kind() {
  return {.name = "code_points",
          .facts = {{"code_points.accepted", FactType::texts}, {"code_points.discouraged_accepted", FactType::texts}},
          .run = probe_code_points};
}

}  // namespace mqtts::probes
