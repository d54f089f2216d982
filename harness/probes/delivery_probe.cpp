#include "harness/probes/delivery_probe.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "harness/probes/connect_probe.h"
#include "harness/probes/evidence.h"
#include "harness/util/digest.h"
#include "harness/util/seeded_random.h"
#include "harness/wire/paho_client.h"
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

Observation await(Observation seen, wire::PahoClient& reader, const Payload& payload, const Deadline& deadline) {
  while (const auto message = reader.next_message(deadline)) {
    if (*message == payload.bytes) return seen;
    if (message->find(payload.mark) == std::string::npos) continue;
    seen.outcome = Outcome::garbled;
    seen.evidence.push_back(note(msg("the payload came back altered")));
    return seen;
  }
  if (reader.lost()) {
    close(seen);
    seen.evidence.push_back(note(msg("the reader's connection was lost while it waited for the message")));
  } else {
    time_out(seen, "not_delivered");
    seen.evidence.push_back(note(msg("published, and it did not come back")));
  }
  return seen;
}

// `seen` is what became of the client that publishes.
Result<Observation> pass_a_message(const Attempt& attempt, Entry& client, wire::PahoClient& reader,
                                   const Deadline& deadline) {
  auto& seen = client.seen;
  if (auto answer = reader.subscribe(attempt.topic, deadline); answer.outcome != wire::PahoOutcome::done)
    return ended(std::move(seen), answer, msg("the reader's subscription: {answer}", {{"answer", summary(answer)}}));
  const Payload payload(attempt.client.seed);
  if (auto answer = client.paho->publish(attempt.topic, payload.bytes, deadline);
      answer.outcome != wire::PahoOutcome::done)
    return ended(std::move(seen), answer, msg("publishing: {answer}", {{"answer", summary(answer)}}));
  return await(std::move(seen), reader, payload, deadline);
}

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

}  // namespace

Result<Observation> probe_round_trip(const Attempt& attempt, const Deadline& deadline) {
  const auto start = Clock::now();
  auto client = enter(attempt.client, attempt.timeout, deadline);
  if (!client || !client->paho) return std::move(client).map([](Entry&& entry) { return std::move(entry.seen); });
  std::unique_ptr<wire::PahoClient> reader;
  if (attempt.reader) {
    auto entry = enter_beside(*client, *attempt.reader, attempt.timeout, deadline);
    if (!entry || !entry->paho)
      return std::move(entry).map([](Entry&& it) {
        it.seen.evidence.push_back(note(msg("this befell the reader; the client that publishes was let in")));
        return std::move(it.seen);
      });
    reader = std::move(entry->paho);
  }

  std::erase_if(client->seen.evidence, [](const Evidence& each) { return each.kind == EvidenceKind::reproduce; });
  client->seen.evidence.push_back(
      {EvidenceKind::reproduce, mosquitto_sub_line(attempt.reader.value_or(attempt.client), attempt.topic) +
                                    " & sleep 1; " + mosquitto_pub_line(attempt.client, attempt.topic)});
  auto seen = pass_a_message(attempt, *client, reader ? *reader : *client->paho, deadline.within(attempt.timeout));
  if (deadline.stopped())
    return failure(ErrorKind::interrupted,
                   msg("Stopped while waiting for a message on {topic}", {{"topic", attempt.topic}}));
  if (seen) seen->seconds = seconds_since(start);
  return seen;
}

}  // namespace mqtts::probes
