#include "harness/probes/delivery_probe.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "harness/probes/connect_probe.h"
#include "harness/probes/evidence.h"
#include "harness/util/digest.h"
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

// SUBACK or PUBACK has refused what the client may not do. Without a sentinel nothing shows that both clients could do
// anything else.
Observation refused_or_denied(Observation seen, const wire::PahoAnswer& answer, Message during,
                              const Delivery& delivery) {
  auto made = ended(std::move(seen), answer, std::move(during));
  if (delivery.sentinel.empty() || answer.outcome != wire::PahoOutcome::refused) return made;
  made.outcome = Outcome::denied;
  made.facts["delivery.received"] = false;
  return made;
}

// After a sentinel has overtaken the payload: brokers keep the order of one topic only (MQTT 3.1.1, 4.6).
constexpr auto grace_after_sentinel = std::chrono::seconds(2);

Observation not_delivered(Observation seen, const wire::PahoClient& reader, bool sentinel_came) {
  if (sentinel_came) {
    seen.outcome = Outcome::denied;
    seen.by = By::broker;
    seen.facts["delivery.received"] = false;
    seen.evidence.push_back(note(msg("the sentinel arrived on the same path, and the payload did not")));
  } else if (reader.lost()) {
    close(seen);
    seen.evidence.push_back(note(msg("the reader's connection was lost while it waited for the message")));
  } else {
    time_out(seen, "not_delivered");
    seen.evidence.push_back(note(msg("published, and it did not come back")));
  }
  return seen;
}

Observation await(Observation seen, wire::PahoClient& reader, const Delivery& delivery, const Payload& payload,
                  const Payload& sentinel, const Deadline& deadline) {
  const auto retained = delivery.retain ? wire::Retained::take : wire::Retained::skip;
  bool sentinel_came = false;
  auto end = deadline;
  while (const auto message = reader.next_message(end, retained)) {
    if (!delivery.sentinel.empty() && *message == sentinel.bytes && !sentinel_came) {
      sentinel_came = true;
      seen.facts["delivery.sentinel"] = true;
      end = deadline.within(grace_after_sentinel);
    }
    if (*message == payload.bytes) {
      seen.facts["delivery.received"] = true;
      return seen;
    }
    if (message->find(payload.mark) == std::string::npos) continue;
    seen.outcome = Outcome::garbled;
    seen.evidence.push_back(note(msg("the payload came back altered")));
    return seen;
  }
  return not_delivered(std::move(seen), reader, sentinel_came);
}

// Leaves the payload to the broker as the will of a client whose connection then ends.
Result<wire::ConnectionFacts> leave_will(Client client, const Delivery& delivery, const Payload& payload,
                                         const Deadline& deadline) {
  client.will = Will{delivery.topic, payload.bytes, delivery.qos, delivery.retain};
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
        deadline_(deadline) {}

  // `client.seen` is what became of the client that publishes.
  Result<Observation> run() {
    if (delivery_.retain && !delivery_.will)
      if (auto end = publish()) return *end;
    if (auto end = subscribe()) return *end;
    if (auto end = subscribe_to_sentinel()) return *end;
    if (delivery_.will) {
      if (auto failed = leave()) return *std::move(failed);
    } else if (!delivery_.retain) {
      if (auto end = publish()) return *end;
    }
    if (!delivery_.sentinel.empty()) {
      const auto answer = client_.paho->publish({delivery_.sentinel, sentinel_.bytes, delivery_.qos}, deadline_);
      if (answer.outcome != wire::PahoOutcome::done)
        return ended(std::move(client_.seen), answer,
                     msg("publishing the sentinel: {answer}", {{"answer", summary(answer)}}));
    }
    auto seen = await(std::move(client_.seen), reader_, delivery_, payload_, sentinel_, deadline_);
    if (delivery_.retain) static_cast<void>(client_.paho->publish({delivery_.topic, {}, 0, true}, deadline_));
    return seen;
  }

 private:
  // None if it went well.
  std::optional<Observation> publish() {
    const auto answer =
        client_.paho->publish({delivery_.topic, payload_.bytes, delivery_.qos, delivery_.retain}, deadline_);
    if (answer.outcome == wire::PahoOutcome::done) return std::nullopt;
    return refused_or_denied(std::move(client_.seen), answer,
                             msg("publishing: {answer}", {{"answer", summary(answer)}}), delivery_);
  }

  std::optional<Observation> subscribe() {
    const auto answer = reader_.subscribe(delivery_.filter, deadline_, delivery_.qos);
    if (answer.outcome == wire::PahoOutcome::done) return std::nullopt;
    return refused_or_denied(std::move(client_.seen), answer,
                             msg("the reader's subscription: {answer}", {{"answer", summary(answer)}}), delivery_);
  }

  std::optional<Observation> subscribe_to_sentinel() {
    if (delivery_.sentinel.empty()) return std::nullopt;
    const auto answer = reader_.subscribe(delivery_.sentinel, deadline_, delivery_.qos);
    if (answer.outcome == wire::PahoOutcome::done) return std::nullopt;
    return ended(std::move(client_.seen), answer,
                 msg("the reader's subscription to the sentinel's topic: {answer}", {{"answer", summary(answer)}}));
  }

  std::optional<Result<Observation>> leave() {
    const auto left = leave_will(attempt_.client, delivery_, payload_, deadline_);
    if (!left) return tl::make_unexpected(left.error());
    if (left->outcome == Outcome::accepted) return std::nullopt;
    auto seen = to_observation(*left, attempt_.client);
    seen.evidence.push_back(note(msg("a client with a will was not let in")));
    return seen;
  }

  const Attempt& attempt_;
  const Delivery delivery_;
  const Payload payload_;
  const Payload sentinel_;
  Entry& client_;
  wire::PahoClient& reader_;
  const Deadline& deadline_;
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
  const auto topic = Delivery(attempt).topic;
  auto client = enter(attempt.client, attempt.timeout, deadline);
  if (!client || !client->paho) return std::move(client).map([](Entry&& entry) { return std::move(entry.seen); });
  std::unique_ptr<wire::PahoClient> reader;
  const auto other = attempt.others.find("reader");
  if (other != attempt.others.end()) {
    auto entry = enter_beside(*client, other->second, attempt.timeout, deadline);
    if (!entry || !entry->paho)
      return std::move(entry).map([](Entry&& it) {
        it.seen.evidence.push_back(note(msg("this befell the reader; the client that publishes was let in")));
        return std::move(it.seen);
      });
    reader = std::move(entry->paho);
  }

  std::erase_if(client->seen.evidence, [](const Evidence& each) { return each.kind == EvidenceKind::reproduce; });
  client->seen.evidence.push_back(
      {EvidenceKind::reproduce, mosquitto_sub_line(reader ? other->second : attempt.client, topic) + " & sleep 1; " +
                                    mosquitto_pub_line(attempt.client, topic)});
  const auto end = deadline.within(attempt.timeout);
  auto seen = Delivering(attempt, *client, reader ? *reader : *client->paho, end).run();
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
                         {"qos", Type::number},
                         {"retain", Type::flag},
                         {"will", Type::flag}},
          .facts = {"delivery.received", "delivery.sentinel"},
          .run = probe_delivery};
}

}  // namespace mqtts::probes
