#include "harness/probes/oversized_packet_probe.h"

#include <algorithm>
#include <string>
#include <utility>

#include "harness/probes/bystander.h"
#include "harness/probes/evidence.h"
#include "harness/util/digest.h"
#include "harness/wire/random_bytes.h"

namespace mqtts::probes {
namespace {

using wire::LinkState;

constexpr std::size_t usual_size = 1024UL * 1024;
constexpr int largest_size = 268'435'455;             // MQTT 3.1.1 section 2.2.3
constexpr std::size_t most_sent = 2UL * 1024 * 1024;  // of a larger packet only its beginning is sent
constexpr std::size_t piece = 64UL * 1024;
constexpr int times_sent = 2;  // one connection may end for any reason
constexpr Clock::duration time_to_refuse = std::chrono::seconds(1);
constexpr unsigned char publish_first = 0x30;  // QoS 0, not retained

enum class Answer {
  taken,    // whole, and the client was served after it
  waiting,  // its beginning was taken, and the broker waits for the rest
  refused,
  unclear
};

struct Sent {
  Answer answer = Answer::unclear;
  std::size_t bytes = 0;
};

class Oversized {
 public:
  Oversized(Bystander& bystander, const Attempt& attempt, const Deadline& deadline)
      : bystander_(bystander),
        topic_(topic_of(attempt)),
        size_(std::max(number_of(attempt, "bytes", usual_size), topic_.size() + 3)),  // its length, and no properties
        deadline_(deadline) {}

  Result<Observation> run() {
    auto& seen = bystander_.seen();
    seen.evidence.push_back(note(
        msg("sent: a PUBLISH of {bytes} bytes to {topic}", {{"bytes", std::to_string(size_)}, {"topic", topic_}})));
    replace_command(seen, bystander_.client(), large_message_command(bystander_.client(), topic_, size_));
    int refusals = 0;
    Sent taken;
    for (int count = 0; count < times_sent; ++count) {
      const auto sent = send("oversized " + std::to_string(count));
      if (!sent) return tl::make_unexpected(sent.error());
      taken = *sent;
      if (taken.answer != Answer::refused) break;
      ++refusals;
    }
    const auto after = bystander_.look(deadline_);
    if (!after) return tl::make_unexpected(after.error());
    conclude(refusals, taken, *after);
    return std::move(seen);
  }

 private:
  static std::string topic_of(const Attempt& attempt) {
    const auto found = attempt.parameters.find("topic");
    if (found != attempt.parameters.end() && !found->second.empty()) return found->second;
    return "mqtts-harness/" + to_hex(wire::random_bytes(6, attempt.client.seed, "topic"));
  }

  Result<Sent> send(const std::string& label) {
    auto guest = bystander_.log_in(label, deadline_);
    if (!guest) return tl::make_unexpected(guest.error());
    if (!guest->answer.accepted() || !takes_a_small_one(guest->link)) {
      bystander_.seen().evidence.push_back(note(
          msg("a small message to {topic} was not taken: nothing can be said of a large one", {{"topic", topic_}})));
      return Sent{Answer::unclear};
    }
    return send_large(guest->link);
  }

  // Else a broker that lets nobody publish there would seem to refuse what is large.
  bool takes_a_small_one(wire::MqttLink& link) {
    const auto time = deadline_.within(bystander_.timeout());
    link.send(wire::encode_publish(bystander_.client().mqtt, {topic_, "small"}), time);
    return link.answers(time) && !link.ends_within(std::chrono::milliseconds(100), deadline_);
  }

  Sent send_large(wire::MqttLink& link) {
    wire::Bytes head{publish_first};
    wire::put_length(head, size_);
    const auto header = head.size();
    wire::put_string(head, topic_);
    if (bystander_.client().mqtt == MqttVersion::v5_0) head.push_back(0);  // no properties
    const auto time = deadline_.within(bystander_.timeout());
    link.send(head, time);
    const wire::Bytes filler(piece, 'x');
    const auto whole = header + size_;
    std::size_t sent = head.size();
    while (sent < std::min(whole, most_sent) && !time.passed()) {
      const auto next = std::min(piece, std::min(whole, most_sent) - sent);
      link.send(std::span(filler).first(next), time);
      sent += next;
    }
    if (time.passed()) return {Answer::unclear, 0};
    if (sent < whole) return {ended(link, time_to_refuse) ? Answer::refused : Answer::waiting, sent};
    if (link.answers(time) && !ended(link, std::chrono::milliseconds(100))) return {Answer::taken, sent};
    return {ended(link, time_to_refuse) ? Answer::refused : Answer::unclear, 0};
  }

  bool ended(wire::MqttLink& link, Clock::duration span) const { return link.ends_within(span, deadline_); }

  void conclude(int refusals, const Sent& taken, After after) {
    auto& seen = bystander_.seen();
    if (taken.answer == Answer::taken || (taken.answer == Answer::waiting && after == After::serves)) {
      seen.facts["packet.oversized_refused"] = false;
      seen.facts["packet.accepted_bytes"] = static_cast<double>(taken.bytes);
      seen.evidence.push_back(note(taken.answer == Answer::taken
                                       ? msg("the broker took it whole, and went on serving the client")
                                       : msg("the broker took its first {bytes} bytes, and waits for the rest of it",
                                             {{"bytes", std::to_string(taken.bytes)}})));
    } else if (after == After::down) {
      seen.facts["packet.oversized_refused"] = false;
    } else if (refusals == times_sent && after == After::serves) {
      seen.facts["packet.oversized_refused"] = true;
      seen.evidence.push_back(note(
          msg("the broker ended the connection, {count} times of {count}, and served others meanwhile and afterwards",
              {{"count", std::to_string(times_sent)}})));
    }
  }

  Bystander& bystander_;
  const std::string topic_;
  const std::size_t size_;
  const Deadline& deadline_;
};

Result<Observation> probe_oversized_packet(const Attempt& attempt, const Deadline& deadline) {
  const auto start = Clock::now();
  auto bystander = Bystander::enter(attempt, deadline);
  if (!bystander) return tl::make_unexpected(bystander.error());
  if (!bystander->is_served()) return unless_stopped(std::move(bystander->seen()), attempt.client, start, deadline);
  auto seen = Oversized(*bystander, attempt, deadline).run();
  if (!seen) return seen;
  return unless_stopped(*std::move(seen), attempt.client, start, deadline);
}

}  // namespace

ProbeKind oversized_packet_kind() {
  using Type = ProbeParameter::Type;
  return {.name = "oversized_packet",
          .parameters = {{"bytes", Type::number, false, largest_size}, {"topic", Type::topic}},
          .facts = {{"packet.oversized_refused", FactType::flag}, {"packet.accepted_bytes", FactType::number}},
          .needs = {.intrusion = true},
          .run = probe_oversized_packet};
}

}  // namespace mqtts::probes
