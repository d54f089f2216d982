#include "harness/probes/delivering.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string_view>
#include <utility>

#include "harness/probes/evidence.h"
#include "harness/util/digest.h"
#include "harness/util/parse_number.h"
#include "harness/util/seeded_random.h"
#include "harness/wire/random_bytes.h"

namespace mqtts::probes {
namespace {

constexpr std::size_t body_size = 64;
constexpr int unspecified_error = 0x80;

// After its sentinel a payload may still come: brokers keep the order of one topic only (MQTT 3.1.1, 4.6).
constexpr auto grace_after_sentinel = std::chrono::seconds(2);
// At first; the reader then waits on beside what is done next.
constexpr auto shortest_grace = std::chrono::milliseconds(100);
constexpr auto time_to_clear = std::chrono::seconds(1);
constexpr auto time_to_close = std::chrono::seconds(2);
constexpr auto look_every = std::chrono::milliseconds(100);

// SUBACK, PUBACK and DISCONNECT have MQTT 5's names for their codes; MQTT 3.1.1's one failure, 0x80, is among them.
void refuse(Observation& seen, int code) {
  seen.outcome = Outcome::refused;
  seen.by = By::mqtt;
  seen.code = code;
  seen.reason = mqtt_reason_name(MqttVersion::v5_0, code);
}

void time_out(Observation& seen, std::string reason) {
  seen.outcome = Outcome::timeout;
  seen.by = By::network;
  seen.reason = std::move(reason);
}

void close(Observation& seen) {
  seen.outcome = Outcome::closed;
  seen.by = By::broker;
}

std::string parameter(const Attempt& attempt, const std::string& name) {
  const auto found = attempt.parameters.find(name);
  return found == attempt.parameters.end() ? "" : found->second;
}

std::string seed_for(const std::string& seed, std::string_view label) {
  return seed.empty() ? "" : derive(seed, label);
}

// What an operation that did not succeed makes of the whole attempt; `during` says which, and its answer.
Observation ended(Observation seen, const wire::PahoAnswer& answer, Message during) {
  seen.evidence.push_back({EvidenceKind::paho, {}, std::move(during)});
  switch (answer.outcome) {
    case wire::PahoOutcome::refused: refuse(seen, answer.code); break;
    case wire::PahoOutcome::timed_out: time_out(seen, "no_answer"); break;
    case wire::PahoOutcome::done:
    case wire::PahoOutcome::failed: close(seen); break;
  }
  return seen;
}

class StillReading : public LateWitness {
 public:
  StillReading(std::shared_ptr<wire::PahoClient> reader, std::string mark, Clock::time_point sentinel_came_at,
               const Deadline& until)
      : reader_(std::move(reader)), mark_(std::move(mark)), sentinel_came_at_(sentinel_came_at), until_(until) {}

  Late wait() override {
    if (reader_ == nullptr) return late_;
    while (const auto message = reader_->next_message(until_, wire::Retained::take))
      if (message->find(mark_) != std::string::npos) {
        late_ = Late::came;
        break;
      }
    const bool is_whole =
        !reader_->lost() && !reader_->has_dropped() && !until_.stopped() && until_.at() - sentinel_came_at_ >= grace_after_sentinel;
    if (late_ != Late::came && !is_whole) late_ = Late::unclear;
    reader_.reset();
    return late_;
  }

 private:
  std::shared_ptr<wire::PahoClient> reader_;
  const std::string mark_;
  const Clock::time_point sentinel_came_at_;
  const Deadline until_;
  Late late_ = Late::nothing;
};

}  // namespace

Delivery::Delivery(const Attempt& attempt)
    : topic(parameter(attempt, "topic")),
      filter(parameter(attempt, "filter").empty() ? topic : parameter(attempt, "filter")),
      sentinel(parameter(attempt, "sentinel")),
      qos(leading_number<int>(parameter(attempt, "qos"))),
      retain(parameter(attempt, "retain") == "true"),
      will(parameter(attempt, "will") == "true") {}

Payload::Payload(const std::string& seed)
    : mark(to_hex(wire::random_bytes(10, seed, "mark"))),
      bytes(mark + '\0' + wire::random_bytes(body_size, seed, "payload")) {}

Delivering::Delivering(const Attempt& attempt, const Client& subscriber, Entry& client,
                       std::shared_ptr<wire::PahoClient> reader, const Deadline& deadline)
    : attempt_(attempt),
      subscriber_(subscriber),
      delivery_(attempt),
      payload_(attempt.client.seed),
      sentinel_(seed_for(attempt.client.seed, "sentinel")),
      second_sentinel_(seed_for(attempt.client.seed, "second sentinel")),
      client_(client),
      reader_(std::move(reader)),
      deadline_(deadline),
      until_(deadline),
      in_time_(deadline.within(attempt.timeout)) {}

Result<Observation> Delivering::run() {
  auto seen = send_and_receive();
  if (delivery_.retain) clear();
  return seen;
}

Result<Observation> Delivering::send_and_receive() {
  if (delivery_.retain && !delivery_.will) publish();
  subscribe();
  if (!has_gone_wrong() && !subscribe_to_sentinel()) {
    if (reader().lost() && reader_ != nullptr) return after_closing();
    return inconclusive();
  }
  if (delivery_.will) {
    if (auto failed = leave_wills()) return *std::move(failed);
  } else {
    if (!delivery_.retain) publish();
    if (!publish_sentinel()) return inconclusive();
  }
  return receive();
}

// Takes the retained message away, on a new connection if that of the publisher has ended.
void Delivering::clear() {
  const auto time = Deadline::in(time_to_clear);
  if (client_.paho && !client_.paho->lost()) {
    static_cast<void>(client_.paho->publish({delivery_.topic, {}, 0, true}, time));
    return;
  }
  auto again = enter(attempt_.client, time_to_clear, time);
  if (again && again->paho) static_cast<void>(again->paho->publish({delivery_.topic, {}, 0, true}, time));
}

void Delivering::remember(const wire::PahoAnswer& answer, Message during) {
  if (answer.outcome == wire::PahoOutcome::done || bad_answer_) return;
  bad_answer_ = answer;
  during_ = std::move(during);
}

// Without a sentinel a refusal ends the attempt: nothing shows that both clients could do anything else.
void Delivering::publish() {
  if (has_gone_wrong()) return;
  const auto answer =
      client_.paho->publish({delivery_.topic, payload_.bytes, delivery_.qos, delivery_.retain}, in_time_);
  remember(answer, msg("publishing: {answer}", {{"answer", summary(answer)}}));
}

void Delivering::subscribe() {
  if (has_gone_wrong()) return;
  const auto answer = reader().subscribe(delivery_.filter, in_time_, delivery_.qos);
  if (answer.outcome != wire::PahoOutcome::done && !bad_answer_) is_of_reader_ = true;
  remember(answer, msg("the reader's subscription: {answer}", {{"answer", summary(answer)}}));
}

bool Delivering::subscribe_to_sentinel() {
  if (delivery_.sentinel.empty()) return true;
  const auto answer = reader().subscribe(delivery_.sentinel, in_time_, delivery_.qos);
  if (answer.outcome == wire::PahoOutcome::done) return true;
  client_.seen.evidence.push_back(
      {EvidenceKind::paho,
       {},
       msg("the reader's subscription to the sentinel's topic: {answer}", {{"answer", summary(answer)}})});
  return false;
}

// True also where the publisher's connection has ended: then what the reader gets is all that there is.
bool Delivering::publish_sentinel() {
  if (delivery_.sentinel.empty() || client_.paho->lost()) return true;
  const auto answer = client_.paho->publish({delivery_.sentinel, sentinel_.bytes, delivery_.qos}, in_time_);
  if (answer.outcome != wire::PahoOutcome::refused) return true;
  client_.seen.evidence.push_back(
      {EvidenceKind::paho, {}, msg("publishing the sentinel: {answer}", {{"answer", summary(answer)}})});
  return false;
}

// The payload is one client's will, the sentinel the next one's; the publisher leaves before, for a broker may take
// clients of one user for one. A will that CONNACK refuses must be refused again after the sentinel's was taken: one
// refusal may be for want of room.
std::optional<Result<Observation>> Delivering::leave_wills() {
  client_.paho.reset();
  const Will will{delivery_.topic, payload_.bytes, delivery_.qos, delivery_.retain};
  const auto payload = leave(will);
  if (!payload) return tl::make_unexpected(payload.error());
  if (denies_will(*payload))
    denied_will_ = *payload;
  else if (payload->outcome != Outcome::accepted)
    return Result<Observation>(inconclusive());
  if (delivery_.sentinel.empty())
    return denied_will_ ? std::optional(Result<Observation>(inconclusive())) : std::nullopt;
  const auto sentinel = leave({delivery_.sentinel, sentinel_.bytes, delivery_.qos, false});
  if (!sentinel) return tl::make_unexpected(sentinel.error());
  if (sentinel->outcome != Outcome::accepted) return Result<Observation>(inconclusive());
  if (!denied_will_) return std::nullopt;
  const auto again = leave(will);
  if (!again) return tl::make_unexpected(again.error());
  return denies_will(*again) ? std::nullopt : std::optional(Result<Observation>(inconclusive()));
}

// Says CONNACK that this will must not be? ejabberd says so to MQTT 3.1.1 with 0x80, a code of MQTT 5.
bool Delivering::denies_will(const wire::ConnectionFacts& facts) const {
  if (facts.outcome != Outcome::refused || facts.by != By::mqtt || !facts.code) return false;
  if (facts.reason == "not_authorized") return true;
  return attempt_.client.mqtt == MqttVersion::v5_0 ? facts.reason == "topic_name_invalid"
                                                   : *facts.code == unspecified_error;
}

// Leaves a message to the broker as the will of a client whose connection then ends.
Result<wire::ConnectionFacts> Delivering::leave(const Will& will) {
  auto client = attempt_.client;
  client.requires_client_id = client_.seen.required_client_id;
  client.will = will;
  auto left = wire::probe_connection(client, in_time_);
  if (left && left->outcome != Outcome::accepted)
    client_.seen.evidence.push_back(note(msg("a client with a will was not let in: {seen}", {{"seen", summary(*left)}})));
  return left;
}

// The clients were let in, and nothing is known of what they asked for.
Observation Delivering::inconclusive() {
  time_out(client_.seen, "not_delivered");
  return std::move(client_.seen);
}

Result<Observation> Delivering::receive() {
  if (has_gone_wrong()) return ended(std::move(client_.seen), *bad_answer_, during_);
  const auto retained = delivery_.sentinel.empty() && !delivery_.retain ? wire::Retained::skip : wire::Retained::take;
  auto& seen = client_.seen;
  auto end = in_time_;
  bool is_ending = false;
  while (!end.passed() && !reader().lost()) {
    const auto message = reader().next_message(end.within(look_every), retained);
    if (!message && publisher_is_lost() && !std::exchange(is_ending, true)) end = end.within(grace_after_sentinel);
    if (!message) continue;
    if (!sentinel_came_ && !is_repeated_ && *message == sentinel_.bytes && !delivery_.will && !publisher_is_lost())
      publish_once_more();
    else if (!sentinel_came_ && *message == (is_repeated_ ? second_sentinel_ : sentinel_).bytes) {
      sentinel_came_ = true;
      seen.facts["delivery.sentinel"] = true;
      sentinel_came_at_ = Clock::now();
      until_ = deadline_.within(grace_after_sentinel);
      end = reader_ != nullptr ? deadline_.within(shortest_grace) : until_;
    }
    if (*message == payload_.bytes) {
      seen.facts["delivery.received"] = true;
      return std::move(seen);
    }
    if (message->find(payload_.mark) == std::string::npos) continue;
    seen.outcome = Outcome::garbled;
    seen.reason = "payload_altered";
    seen.evidence.push_back(note(msg("the payload came back altered")));
    return std::move(seen);
  }
  return not_received();
}

// A broker that loses a message now and then is none that denies it: what does not come must not come twice.
void Delivering::publish_once_more() {
  is_repeated_ = true;
  publish();
  static_cast<void>(client_.paho->publish({delivery_.sentinel, second_sentinel_.bytes, delivery_.qos}, in_time_));
}

Result<Observation> Delivering::not_received() {
  auto& seen = client_.seen;
  if (bad_answer_) seen.evidence.push_back({EvidenceKind::paho, {}, during_});
  if (reader().has_dropped()) {
    time_out(seen, "not_delivered");
    seen.facts["delivery.dropped"] = true;
    seen.evidence.push_back(note(msg("too many messages came: the payload may have been among those dropped")));
  } else if (sentinel_came_ && !deadline_.passed()) {
    deny(seen, "silence");
    if (reader_ != nullptr) seen.late = std::make_shared<StillReading>(reader_, payload_.mark, sentinel_came_at_, until_);
    seen.evidence.push_back(note(msg("the sentinel arrived on the same path, and the payload did not")));
  } else if ((reader().lost() || publisher_is_lost()) && !delivery_.sentinel.empty() && reader_ != nullptr) {
    return after_closing();
  } else if (reader().lost()) {
    close(seen);
    seen.evidence.push_back(note(msg("the reader's connection was lost while it waited for the message")));
  } else if (publisher_is_lost()) {
    return thrown_out(std::move(seen));
  } else {
    time_out(seen, "not_delivered");
    seen.evidence.push_back(note(msg("published, and it did not come back")));
  }
  return std::move(seen);
}

// By MQTT if CONNACK, SUBACK, PUBACK or DISCONNECT said so; `how` if none of them did.
void Delivering::deny(Observation& seen, std::string_view how) const {
  seen.outcome = Outcome::denied;
  seen.by = By::mqtt;
  seen.facts["delivery.received"] = false;
  if (denied_will_) {
    seen.code = denied_will_->code;
    seen.reason = denied_will_->reason;
    how = "connack";
  } else if (end_ && end_->outcome == wire::PahoOutcome::refused) {
    seen.code = end_->code;
    seen.reason = mqtt_reason_name(MqttVersion::v5_0, end_->code);
    how = "disconnect";
  } else if (!end_ && bad_answer_ && bad_answer_->outcome == wire::PahoOutcome::refused) {
    seen.code = bad_answer_->code;
    seen.reason = mqtt_reason_name(MqttVersion::v5_0, bad_answer_->code);
    how = is_of_reader_ ? "suback" : "puback";
  } else {
    seen.by = By::broker;
    seen.reason = end_ ? "connection_closed" : "";
  }
  seen.facts["delivery.denial"] = std::string(how);
}

Observation Delivering::thrown_out(Observation seen) {
  const auto end = client_.paho->end();
  seen.evidence.push_back(note(msg("the publisher's connection ended after it had published")));
  if (end && end->outcome == wire::PahoOutcome::refused)
    refuse(seen, end->code);
  else
    close(seen);
  return seen;
}

// One of the two was thrown out: the reader, in place of an answer to its subscription. That is a denial if the other
// one stays, if the sentinel arrives once the one that was thrown out is back, and if the same request throws it out
// again: a broker that was restarted, or fell, would have ended both connections.
Result<Observation> Delivering::after_closing() {
  auto& seen = client_.seen;
  const bool is_reader = reader().lost();
  seen.evidence.push_back(is_reader
                              ? note(msg("the reader's connection was lost while it waited for the message"))
                              : note(msg("the publisher's connection ended after it had published")));
  Result<bool> again = false;
  if (!is_reader)
    again = publisher_is_closed_again();
  else if (is_of_reader_ && !delivery_.retain && client_.paho && !publisher_is_lost())
    again = reader_is_closed_again();
  if (!again) return tl::make_unexpected(again.error());
  if (payload_came_) {
    seen.facts["delivery.received"] = true;
    return std::move(seen);
  }
  if (*again && !deadline_.passed()) {
    seen.facts["delivery.sentinel"] = true;
    deny(seen, "closing");
    seen.evidence.push_back(
        note(is_reader ? msg("the broker ended the connection at this subscription, twice; the other client's "
                             "connection stayed, and the sentinel arrived in between")
                       : msg("the broker ended the connection at this publication, twice; the other client's "
                             "connection stayed, and the sentinel arrived in between")));
    return std::move(seen);
  }
  if (!is_reader && client_.paho) return thrown_out(std::move(seen));
  close(seen);
  return std::move(seen);
}

// True once these bytes have come to the reader.
bool Delivering::arrives(const std::string& bytes) {
  const auto end = deadline_.within(attempt_.timeout);
  while (const auto message = reader().next_message(end, wire::Retained::take)) {
    if (*message == payload_.bytes) payload_came_ = true;
    if (*message == bytes) return true;
  }
  return false;
}

bool Delivering::closes(wire::PahoClient& client, const Deadline& deadline) {
  const auto end = deadline.within(time_to_close);
  while (!client.lost() && !end.passed())
    static_cast<void>(client.next_message(end.within(look_every), wire::Retained::take));
  return client.lost();
}

Result<bool> Delivering::publisher_is_closed_again() {
  auto again = enter(attempt_.client, attempt_.timeout, deadline_);
  if (!again) return tl::make_unexpected(again.error());
  if (!again->paho) return false;
  const auto time = deadline_.within(attempt_.timeout);
  static_cast<void>(again->paho->publish({delivery_.sentinel, second_sentinel_.bytes, delivery_.qos}, time));
  if (!arrives(second_sentinel_.bytes) || again->paho->lost()) return false;
  static_cast<void>(
      again->paho->publish({delivery_.topic, payload_.bytes, delivery_.qos, delivery_.retain}, time));
  const bool is_closed = closes(*again->paho, deadline_);
  end_ = again->paho->end();
  // What the reader got meanwhile; it must be there still.
  const auto waiting = deadline_.within(look_every);
  while (const auto message = reader().next_message(waiting, wire::Retained::take))
    if (*message == payload_.bytes) payload_came_ = true;
  return is_closed && !reader().lost();
}

Result<bool> Delivering::reader_is_closed_again() {
  auto again = enter(subscriber_, attempt_.timeout, deadline_);
  if (!again) return tl::make_unexpected(again.error());
  if (!again->paho) return false;
  const auto lost = std::exchange(reader_, std::shared_ptr<wire::PahoClient>(std::move(again->paho)));
  const auto time = deadline_.within(attempt_.timeout);
  const bool is_granted = reader().subscribe(delivery_.sentinel, time, delivery_.qos).outcome == wire::PahoOutcome::done;
  static_cast<void>(client_.paho->publish({delivery_.sentinel, second_sentinel_.bytes, delivery_.qos}, time));
  bool is_closed = is_granted && arrives(second_sentinel_.bytes);
  if (is_closed) {
    const auto answer = reader().subscribe(delivery_.filter, time, delivery_.qos);
    is_closed = answer.outcome != wire::PahoOutcome::done && closes(reader(), deadline_) && !publisher_is_lost();
    end_ = reader().end();
  }
  reader_ = lost;
  return is_closed;
}

}  // namespace mqtts::probes
