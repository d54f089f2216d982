#include "harness/probes/publish_flood_probe.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "harness/probes/bystander.h"
#include "harness/probes/evidence.h"
#include "harness/util/digest.h"
#include "harness/wire/random_bytes.h"

namespace mqtts::probes {
namespace {

using wire::LinkState;
using wire::packet_kind::puback;

constexpr std::size_t usual_messages = 2000;
constexpr int most_messages = 5000;
constexpr std::size_t fewest_messages = 200;
constexpr std::size_t batch = 50;
constexpr std::size_t most_in_flight = 1000;     // of MQTT 3.1.1; MQTT 5: as the broker says, and no more than this
constexpr unsigned char receive_maximum = 0x21;  // MQTT 5.0 section 3.2.2.3.3
constexpr unsigned char first_failure = 0x80;
constexpr unsigned char message_rate_too_high = 0x96;
constexpr unsigned char quota_exceeded = 0x97;
constexpr int flood_rounds = 2;
constexpr double held_back_ratio = 5;
constexpr double surely_free = 1000;  // messages a second
constexpr std::size_t fewest_samples = 5;
constexpr Clock::duration between_samples = std::chrono::milliseconds(200);  // slower than any limit on messages

enum class FloodEnd {
  acknowledged,  // all of it
  quota,         // a code said so
  ended,         // the connection
  unclear        // not in time
};

struct FloodRound {
  FloodEnd end = FloodEnd::unclear;
  double rate = 0;    // messages a second that were acknowledged
  double beside = 0;  // messages a second that the waiting client could send, by the median of its answers' times
  bool is_held_back = false;
};

// A connection that publishes with QoS 1.
class Publisher {
 public:
  Publisher(wire::MqttLink& link, const wire::Bytes& properties, MqttVersion version, std::string topic)
      : link_(link), version_(version), topic_(std::move(topic)) {
    if (version != MqttVersion::v5_0) return;
    const auto maximum = wire::number_property(properties, receive_maximum).value_or(most_in_flight);
    window_ = std::clamp<std::size_t>(maximum, 1, most_in_flight);
  }

  std::size_t sent() const { return sent_; }
  std::size_t acknowledged() const { return acknowledged_; }
  // Of the last answer; 0: success.
  unsigned char code() const { return code_; }
  bool has_ended() const { return has_ended_; }

  // As many as may be, up to `count` in all.
  void send_some(std::size_t count, const Deadline& deadline) {
    wire::Bytes bytes;
    for (std::size_t i = 0; i < batch && sent_ < count && sent_ - acknowledged_ < window_; ++i) {
      const auto id = static_cast<std::uint16_t>(sent_++ % 65'535 + 1);
      const auto packet = wire::encode_publish(version_, {topic_, "mqtts-harness", 1, id});
      bytes.insert(bytes.end(), packet.begin(), packet.end());
    }
    if (!bytes.empty()) link_.send(bytes, deadline);
  }

  // Answers that have come, or the first that come within `span`.
  void receive_some(Clock::duration span, const Deadline& deadline) {
    auto received = link_.receive(deadline.within(span));
    while (received.state == LinkState::open && !has_ended_) {
      take(received.packet);
      auto next = link_.next_packet_read();
      if (!next) return;
      received.packet = *std::move(next);
    }
    if (received.state == LinkState::closed) has_ended_ = true;
  }

 private:
  void take(const wire::Packet& packet) {
    const bool v5 = version_ == MqttVersion::v5_0;
    if (packet.kind() == wire::packet_kind::disconnect) {
      code_ = v5 && !packet.body.empty() ? packet.body[0] : 0;
      has_ended_ = true;
    }
    if (packet.kind() != puback) return;
    ++acknowledged_;
    if (v5 && packet.body.size() > 2) code_ = packet.body[2];
  }

  wire::MqttLink& link_;
  const MqttVersion version_;
  const std::string topic_;
  std::size_t window_ = most_in_flight;
  std::size_t sent_ = 0;
  std::size_t acknowledged_ = 0;
  unsigned char code_ = 0;
  bool has_ended_ = false;
};

// Another connection that sends one message and waits for its answer before the next.
class Waiting {
 public:
  explicit Waiting(Publisher publisher) : publisher_(std::move(publisher)) {}

  void go_on(const Deadline& deadline) {
    if (publisher_.sent() == publisher_.acknowledged()) {
      if (Clock::now() < next_) return;
      sent_at_ = Clock::now();
      publisher_.send_some(publisher_.sent() + 1, deadline);
    }
    publisher_.receive_some(std::chrono::milliseconds(1), deadline);
    if (publisher_.sent() != publisher_.acknowledged()) return;
    times_.push_back(seconds_since(sent_at_));
    next_ = Clock::now() + between_samples;
  }

  // 0: not enough is known.
  double rate() {
    if (times_.size() < fewest_samples) return 0;
    std::ranges::sort(times_);
    return 1 / times_[times_.size() / 2];
  }

 private:
  Publisher publisher_;
  Clock::time_point sent_at_;
  Clock::time_point next_;
  std::vector<double> times_;
};

class PublishFlood {
 public:
  PublishFlood(Bystander& bystander, const Attempt& attempt, const Deadline& deadline)
      : bystander_(bystander),
        topic_(topic_of(attempt)),
        count_(std::max(number_of(attempt, "messages", usual_messages), fewest_messages)),
        deadline_(deadline) {}

  Result<Observation> run() {
    for (int i = 0; i < flood_rounds; ++i) {
      auto round = flood(std::to_string(i));
      if (!round) return tl::make_unexpected(round.error());
      rounds_.push_back(*round);
      if (round->end == FloodEnd::unclear && !round->is_held_back) break;
    }
    const auto after = bystander_.look(deadline_);
    if (!after) return tl::make_unexpected(after.error());
    conclude(*after);
    return std::move(bystander_.seen());
  }

 private:
  static std::string topic_of(const Attempt& attempt) {
    const auto found = attempt.parameters.find("topic");
    if (found != attempt.parameters.end() && !found->second.empty()) return found->second;
    return "mqtts-harness/" + to_hex(wire::random_bytes(6, attempt.client.seed, "flood topic"));
  }

  // One message is taken, and the client is served afterwards. Else a broker that lets nobody publish there would seem
  // to end the flood.
  bool takes_one(Publisher& publisher, wire::MqttLink& link) const {
    const auto time = deadline_.within(bystander_.timeout());
    publisher.send_some(1, time);
    while (publisher.acknowledged() == 0 && !publisher.has_ended() && !time.passed())
      publisher.receive_some(std::chrono::milliseconds(50), time);
    return publisher.acknowledged() == 1 && publisher.code() < first_failure &&
           !link.ends_within(std::chrono::milliseconds(100), deadline_);
  }

  Result<FloodRound> flood(const std::string& label) {
    auto guest = bystander_.log_in("flood" + label, deadline_);
    if (!guest) return tl::make_unexpected(guest.error());
    auto other = bystander_.log_in("beside the flood" + label, deadline_);
    if (!other) return tl::make_unexpected(other.error());
    const auto version = bystander_.client().mqtt;
    Publisher publisher(guest->link, guest->answer.properties, version, topic_);
    Publisher beside(other->link, other->answer.properties, version, topic_);
    if (!guest->answer.accepted() || !other->answer.accepted() || !takes_one(beside, other->link) ||
        !takes_one(publisher, guest->link)) {
      bystander_.seen().evidence.push_back(
          note(msg("one message to {topic} was not taken: nothing can be said of many", {{"topic", topic_}})));
      return FloodRound{};
    }
    auto round = run_flood(publisher, Waiting(std::move(beside)));
    guest->link.leave(deadline_.within(bystander_.timeout()));
    other->link.leave(deadline_.within(bystander_.timeout()));
    tell(round, publisher.acknowledged() - 1);
    return round;
  }

  FloodRound run_flood(Publisher& publisher, Waiting waiting) const {
    const auto start = Clock::now();
    const auto time = deadline_.within(bystander_.timeout());
    FloodRound round;
    while (publisher.acknowledged() <= count_ && !publisher.has_ended() && publisher.code() < first_failure &&
           !time.passed()) {
      publisher.send_some(count_ + 1, time);
      publisher.receive_some(std::chrono::milliseconds(1), time);
      waiting.go_on(time);
    }
    round.rate = static_cast<double>(publisher.acknowledged() - 1) / seconds_since(start);
    round.beside = waiting.rate();
    round.is_held_back = !publisher.has_ended() && round.beside > held_back_ratio * round.rate;
    const auto code = publisher.code();
    if (code == quota_exceeded || code == message_rate_too_high)
      round.end = FloodEnd::quota;
    else if (publisher.has_ended())
      round.end = FloodEnd::ended;
    else if (publisher.acknowledged() > count_)
      round.end = FloodEnd::acknowledged;
    return round;
  }

  void tell(const FloodRound& round, std::size_t acknowledged) {
    auto& evidence = bystander_.seen().evidence;
    const std::map<std::string, std::string> args = {{"count", std::to_string(count_)},
                                                     {"acknowledged", std::to_string(acknowledged)},
                                                     {"rate", std::to_string(std::lround(round.rate))},
                                                     {"beside", std::to_string(std::lround(round.beside))}};
    evidence.push_back(note(
        round.beside > 0
            ? msg("of {count} messages sent at once, {acknowledged} were acknowledged, {rate} a second; another client "
                  "that waits for each answer could have sent {beside} a second",
                  args)
            : msg("of {count} messages sent at once, {acknowledged} were acknowledged, {rate} a second", args)));
    if (round.end == FloodEnd::quota) evidence.push_back(note(msg("the broker answered with the code of a quota")));
    if (round.end == FloodEnd::ended) evidence.push_back(note(msg("the broker ended the connection of the flood")));
  }

  void conclude(After after) {
    auto& facts = bystander_.seen().facts;
    if (after == After::down) facts["flood.throttled"] = false;
    if (after != After::serves || rounds_.size() < flood_rounds || deadline_.passed()) return;
    double rate = 0;
    for (const auto& round : rounds_) rate = std::max(rate, round.rate);
    const auto all = [&](auto is) { return std::ranges::all_of(rounds_, is); };
    if (all([](const FloodRound& round) {
          return round.end == FloodEnd::quota || round.end == FloodEnd::ended || round.is_held_back;
        }))
      facts["flood.throttled"] = true;
    else if (all([](const FloodRound& round) {
               return round.end == FloodEnd::acknowledged && !round.is_held_back && round.rate >= surely_free;
             }))
      facts["flood.throttled"] = false;
    if (all([](const FloodRound& round) { return round.end == FloodEnd::acknowledged; }))
      facts["flood.messages_per_second"] = static_cast<double>(std::lround(rate));
  }

  Bystander& bystander_;
  const std::string topic_;
  const std::size_t count_;
  const Deadline& deadline_;
  std::vector<FloodRound> rounds_;
};

Result<Observation> probe_publish_flood(const Attempt& attempt, const Deadline& deadline) {
  const auto start = Clock::now();
  auto bystander = Bystander::enter(attempt, deadline);
  if (!bystander) return tl::make_unexpected(bystander.error());
  if (bystander->is_alone())
    bystander->seen().evidence.push_back(note(msg("a flood needs a second connection beside it")));
  if (!bystander->is_served() || bystander->is_alone())
    return unless_stopped(std::move(bystander->seen()), attempt.client, start, deadline);
  auto seen = PublishFlood(*bystander, attempt, deadline).run();
  if (!seen) return seen;
  return unless_stopped(*std::move(seen), attempt.client, start, deadline);
}

}  // namespace

ProbeKind publish_flood_kind() {
  using Type = ProbeParameter::Type;
  return {.name = "publish_flood",
          .parameters = {{"messages", Type::number, false, most_messages}, {"topic", Type::topic}},
          .facts = {{"flood.throttled", FactType::flag}, {"flood.messages_per_second", FactType::number}},
          .needs = {.intrusion = true},
          .run = probe_publish_flood};
}

}  // namespace mqtts::probes
