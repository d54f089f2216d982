#include "harness/probes/delivery_probe.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "harness/probes/connect_probe.h"
#include "harness/probes/evidence.h"
#include "harness/util/digest.h"
#include "harness/util/mqtt_topic.h"
#include "harness/util/parse_number.h"
#include "harness/util/seeded_random.h"
#include "harness/wire/paho_client.h"
#include "harness/wire/probe_connection.h"
#include "harness/wire/random_bytes.h"

namespace mqtts::probes {
namespace {

constexpr std::size_t body_size = 64;

// Begins with a mark of its own, so that an altered payload is told from other people's messages, and goes on with
// bytes that are no text.
struct Payload {
  explicit Payload(const std::string& seed)
      : mark(to_hex(wire::random_bytes(10, seed, "mark"))),
        bytes(mark + '\0' + wire::random_bytes(body_size, seed, "payload")) {}
  std::string mark;
  std::string bytes;
};

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

// What the check asks for.
struct Delivery {
  explicit Delivery(const Attempt& attempt)
      : topic(parameter(attempt, "topic")),
        filter(parameter(attempt, "filter").empty() ? topic : parameter(attempt, "filter")),
        sentinel(parameter(attempt, "sentinel")),
        qos(leading_number<int>(parameter(attempt, "qos"))),
        retain(parameter(attempt, "retain") == "true"),
        will(parameter(attempt, "will") == "true") {}

  static std::string parameter(const Attempt& attempt, const std::string& name) {
    const auto found = attempt.parameters.find(name);
    return found == attempt.parameters.end() ? "" : found->second;
  }

  std::string topic;
  std::string filter;
  std::string sentinel;  // empty: none
  int qos;
  bool retain;
  bool will;
};

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

// After its sentinel a payload may still come: brokers keep the order of one topic only (MQTT 3.1.1, 4.6).
constexpr auto grace_after_sentinel = std::chrono::seconds(2);
constexpr auto time_to_clear = std::chrono::seconds(1);

// Leaves the payload to the broker as the will of a client whose connection then ends.
Result<wire::ConnectionFacts> leave_will(Client client, const Will& will, bool requires_client_id,
                                         const Deadline& deadline) {
  client.requires_client_id = requires_client_id;
  client.will = will;
  return wire::probe_connection(client, deadline);
}

class Delivering {
 public:
  Delivering(const Attempt& attempt, Entry& client, wire::PahoClient& reader, const Deadline& deadline)
      : attempt_(attempt),
        delivery_(attempt),
        payload_(attempt.client.seed),
        sentinel_(attempt.client.seed.empty() ? "" : derive(attempt.client.seed, "sentinel")),
        client_(client),
        reader_(reader),
        deadline_(deadline),
        in_time_(deadline.within(attempt.timeout)) {}

  // `client.seen` is what became of the client that publishes. Whatever a broker says to the publication or the
  // subscription, what arrives decides.
  Result<Observation> run() {
    auto seen = send_and_receive();
    if (delivery_.retain && client_.paho) {
      const auto time = deadline_.within(time_to_clear);
      static_cast<void>(client_.paho->publish({delivery_.topic, {}, 0, true}, time));
    }
    return seen;
  }

 private:
  Result<Observation> send_and_receive() {
    if (delivery_.retain && !delivery_.will) publish();
    subscribe();
    if (!has_gone_wrong() && !subscribe_to_sentinel()) return inconclusive();
    if (delivery_.will) {
      if (auto failed = leave_wills()) return *std::move(failed);
    } else {
      if (!delivery_.retain) publish();
      if (!publish_sentinel()) return inconclusive();
    }
    return receive();
  }

  // Without a sentinel a refusal ends the attempt: nothing shows that both clients could do anything else.
  bool has_gone_wrong() const { return delivery_.sentinel.empty() && bad_answer_; }

  void remember(const wire::PahoAnswer& answer, Message during) {
    if (answer.outcome == wire::PahoOutcome::done || bad_answer_) return;
    bad_answer_ = answer;
    during_ = std::move(during);
  }

  void publish() {
    if (has_gone_wrong()) return;
    const auto answer =
        client_.paho->publish({delivery_.topic, payload_.bytes, delivery_.qos, delivery_.retain}, in_time_);
    remember(answer, msg("publishing: {answer}", {{"answer", summary(answer)}}));
  }

  void subscribe() {
    if (has_gone_wrong()) return;
    const auto answer = reader_.subscribe(delivery_.filter, in_time_, delivery_.qos);
    remember(answer, msg("the reader's subscription: {answer}", {{"answer", summary(answer)}}));
  }

  bool subscribe_to_sentinel() {
    if (delivery_.sentinel.empty()) return true;
    const auto answer = reader_.subscribe(delivery_.sentinel, in_time_, delivery_.qos);
    if (answer.outcome == wire::PahoOutcome::done) return true;
    client_.seen.evidence.push_back(
        {EvidenceKind::paho,
         {},
         msg("the reader's subscription to the sentinel's topic: {answer}", {{"answer", summary(answer)}})});
    return false;
  }

  // True also where the publisher's connection has ended: then what the reader gets is all that there is.
  bool publish_sentinel() {
    if (delivery_.sentinel.empty() || client_.paho->lost()) return true;
    const auto answer = client_.paho->publish({delivery_.sentinel, sentinel_.bytes, delivery_.qos}, in_time_);
    if (answer.outcome != wire::PahoOutcome::refused) return true;
    client_.seen.evidence.push_back(
        {EvidenceKind::paho, {}, msg("publishing the sentinel: {answer}", {{"answer", summary(answer)}})});
    return false;
  }

  // The payload is one client's will, the sentinel the next one's; the publisher leaves before, for a broker may take
  // clients of one user for one.
  std::optional<Result<Observation>> leave_wills() {
    client_.paho.reset();
    const auto payload = leave({delivery_.topic, payload_.bytes, delivery_.qos, delivery_.retain});
    if (!payload) return tl::make_unexpected(payload.error());
    if (payload->outcome == Outcome::refused && payload->by == By::mqtt && payload->reason == "not_authorized")
      denied_will_ = *payload;
    else if (payload->outcome != Outcome::accepted)
      return Result<Observation>(inconclusive());
    if (delivery_.sentinel.empty())
      return denied_will_ ? std::optional(Result<Observation>(inconclusive())) : std::nullopt;
    const auto sentinel = leave({delivery_.sentinel, sentinel_.bytes, delivery_.qos, false});
    if (!sentinel) return tl::make_unexpected(sentinel.error());
    return sentinel->outcome == Outcome::accepted ? std::nullopt : std::optional(Result<Observation>(inconclusive()));
  }

  Result<wire::ConnectionFacts> leave(const Will& will) {
    auto left = leave_will(attempt_.client, will, client_.seen.required_client_id, in_time_);
    if (left && left->outcome != Outcome::accepted)
      client_.seen.evidence.push_back(note(msg("a client with a will was not let in")));
    return left;
  }

  // The clients were let in, and nothing is known of what they asked for.
  Observation inconclusive() {
    time_out(client_.seen, "not_delivered");
    return std::move(client_.seen);
  }

  Observation receive() {
    if (has_gone_wrong()) return ended(std::move(client_.seen), *bad_answer_, during_);
    const auto retained = delivery_.sentinel.empty() && !delivery_.retain ? wire::Retained::skip : wire::Retained::take;
    auto& seen = client_.seen;
    auto end = in_time_;
    while (const auto message = reader_.next_message(end, retained)) {
      if (!delivery_.sentinel.empty() && *message == sentinel_.bytes && !sentinel_came_) {
        sentinel_came_ = true;
        seen.facts["delivery.sentinel"] = true;
        end = deadline_.within(grace_after_sentinel);
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

  Observation not_received() {
    auto seen = std::move(client_.seen);
    if (bad_answer_) seen.evidence.push_back({EvidenceKind::paho, {}, during_});
    if (reader_.has_dropped()) {
      time_out(seen, "not_delivered");
      seen.evidence.push_back(note(msg("too many messages came: the payload may have been among those dropped")));
    } else if (sentinel_came_ && !deadline_.passed()) {
      deny(seen);
    } else if (reader_.lost()) {
      close(seen);
      seen.evidence.push_back(note(msg("the reader's connection was lost while it waited for the message")));
    } else if (client_.paho && client_.paho->lost()) {
      publisher_was_thrown_out(seen);
    } else {
      time_out(seen, "not_delivered");
      seen.evidence.push_back(note(msg("published, and it did not come back")));
    }
    return seen;
  }

  // By MQTT if SUBACK or PUBACK said so.
  void deny(Observation& seen) const {
    if (denied_will_) {
      seen.by = By::mqtt;
      seen.code = denied_will_->code;
      seen.reason = denied_will_->reason;
    } else if (bad_answer_ && bad_answer_->outcome == wire::PahoOutcome::refused) {
      refuse(seen, bad_answer_->code);
    } else {
      seen.by = By::broker;
    }
    seen.outcome = Outcome::denied;
    seen.facts["delivery.received"] = false;
    seen.evidence.push_back(note(msg("the sentinel arrived on the same path, and the payload did not")));
  }

  void publisher_was_thrown_out(Observation& seen) const {
    const auto end = client_.paho->end();
    seen.evidence.push_back(note(msg("the publisher's connection ended after it had published")));
    if (end && end->outcome == wire::PahoOutcome::refused)
      refuse(seen, end->code);
    else
      close(seen);
  }

  const Attempt& attempt_;
  const Delivery delivery_;
  const Payload payload_;
  const Payload sentinel_;
  Entry& client_;
  wire::PahoClient& reader_;
  const Deadline& deadline_;
  const Deadline in_time_;                            // for all but the grace
  std::optional<wire::PahoAnswer> bad_answer_;        // the first that was not "done", to publication or subscription
  Message during_;                                    // what it was an answer to
  std::optional<wire::ConnectionFacts> denied_will_;  // CONNACK refused the client with the payload as its will
  bool sentinel_came_ = false;
};

// Not a word against the reader itself: another client is there, or was a moment ago.
bool may_be_for_want_of_room(const Observation& seen) {
  constexpr std::string_view reasons[] = {"server_unavailable", "server_busy", "quota_exceeded",
                                          "connection_rate_exceeded"};
  if (seen.outcome == Outcome::refused && seen.by == By::mqtt)
    return std::ranges::find(reasons, seen.reason) != std::end(reasons);
  return seen.outcome == Outcome::closed || seen.by == By::network;
}

// The reader, who comes while the client is there. Where there is no room for both, it says so.
Result<Entry> enter_beside(Entry& client, const Client& reader, Clock::duration timeout, const Deadline& deadline) {
  auto entry = enter(reader, timeout, deadline);
  if (!entry || entry->paho || !may_be_for_want_of_room(entry->seen)) return entry;
  client.paho.reset();
  auto alone = enter(reader, timeout, deadline);
  if (!alone || !alone->paho) return entry;
  entry->seen.outcome = Outcome::closed;
  entry->seen.by = By::broker;
  entry->seen.code.reset();
  entry->seen.reason = "one_client_at_a_time";
  return entry;
}

Result<Observation> probe_delivery(const Attempt& attempt, const Deadline& deadline) {
  const auto start = Clock::now();
  const Delivery delivery(attempt);
  const auto& topic = delivery.topic;
  if (!filter_matches(delivery.filter, topic))
    return failure(ErrorKind::local, msg("the filter {filter} does not match the topic {topic}: no message can arrive",
                                         {{"filter", delivery.filter}, {"topic", topic}}));
  if (topic == delivery.sentinel)
    return failure(ErrorKind::local, msg("the sentinel's topic is the topic itself, {topic}", {{"topic", topic}}));
  auto client = enter(attempt.client, attempt.timeout, deadline);
  if (!client || !client->paho) return std::move(client).map([](Entry&& entry) { return std::move(entry.seen); });
  std::unique_ptr<wire::PahoClient> reader;
  const auto other = attempt.others.find("reader");
  // A client with a will leaves, so that another connection must read.
  if (other != attempt.others.end() || delivery.will) {
    const auto& subscriber = other != attempt.others.end() ? other->second : attempt.client;
    auto entry = enter_beside(*client, subscriber, attempt.timeout, deadline);
    if (!entry || !entry->paho)
      return std::move(entry).map([](Entry&& it) {
        it.seen.facts["delivery.refused"] = std::string("reader");
        it.seen.evidence.push_back(note(msg("this befell the reader; the client that publishes was let in")));
        return std::move(it.seen);
      });
    reader = std::move(entry->paho);
  }

  // Without a CA to trust, the handshake alone is shown, and over WebSocket the upgrade.
  if (!attempt.client.websocket && (!attempt.client.tls || attempt.client.trust)) {
    auto& evidence = client->seen.evidence;
    std::erase_if(evidence, [](const Evidence& each) { return each.kind == EvidenceKind::reproduce; });
    const auto& subscriber = other != attempt.others.end() ? other->second : attempt.client;
    evidence.push_back(deliver_command(attempt.client, subscriber, topic));
  }
  auto seen = Delivering(attempt, *client, reader ? *reader : *client->paho, deadline).run();
  if (deadline.stopped())
    return failure(ErrorKind::interrupted, msg("Stopped while waiting for a message on {topic}", {{"topic", topic}}));
  if (seen) seen->seconds = seconds_since(start);
  return seen;
}

}  // namespace

ProbeKind deliver_kind() {
  using Type = ProbeParameter::Type;
  return {.name = "deliver",
          .roles = {"reader"},
          .parameters = {{"topic", Type::topic, true},
                         {"filter", Type::filter},
                         {"sentinel", Type::topic},
                         {"qos", Type::number, false, 2},
                         {"retain", Type::flag},
                         {"will", Type::flag}},
          .facts = {{"delivery.received", FactType::flag},
                    {"delivery.sentinel", FactType::flag},
                    {"delivery.refused", FactType::text}},
          .run = probe_delivery};
}

}  // namespace mqtts::probes
