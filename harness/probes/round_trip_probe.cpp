#include "harness/probes/round_trip_probe.h"

#include "harness/model/seed.h"
#include "harness/probes/connect_probe.h"
#include "harness/probes/evidence.h"
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

void time_out(Observation& seen) {
  seen.outcome = Outcome::timeout;
  seen.by = By::network;
  seen.reason = "no_answer";
}

void close(Observation& seen) {
  seen.outcome = Outcome::closed;
  seen.by = By::broker;
}

// What an operation that did not succeed makes of the whole attempt.
Observation ended(Observation seen, const wire::PahoAnswer& answer, const std::string& during) {
  seen.evidence.push_back({"paho", during + ": " + summary(answer)});
  switch (answer.outcome) {
    case wire::PahoOutcome::refused: refuse(seen, answer.code); break;
    case wire::PahoOutcome::timed_out: time_out(seen); break;
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
    seen.evidence.push_back(note("the payload came back altered"));
    return seen;
  }
  if (reader.lost()) {
    close(seen);
    seen.evidence.push_back(note("the reader's connection was lost while it waited for the message"));
  } else {
    time_out(seen);
    seen.evidence.push_back(note("published, and it did not come back"));
  }
  return seen;
}

// `seen` is what became of the client that publishes.
Result<Observation> pass_a_message(const Attempt& attempt, Entry& client, Entry& reader, const Deadline& deadline) {
  auto& seen = client.seen;
  if (auto answer = reader.paho->subscribe(attempt.topic, deadline); answer.outcome != wire::PahoOutcome::done)
    return ended(std::move(seen), answer, "the reader's subscription");
  const Payload payload(attempt.client.seed);
  if (auto answer = client.paho->publish(attempt.topic, payload.bytes, deadline);
      answer.outcome != wire::PahoOutcome::done)
    return ended(std::move(seen), answer, "publishing");
  return await(std::move(seen), *reader.paho, payload, deadline);
}

}  // namespace

Result<Observation> probe_round_trip(const Attempt& attempt, const Deadline& deadline) {
  const auto start = Clock::now();
  auto reader_client = attempt.reader.value_or(attempt.client);
  if (!attempt.reader && !reader_client.seed.empty()) reader_client.seed = derive(reader_client.seed, "reader");
  auto client = enter(attempt.client, deadline);
  if (!client || !client->paho) return std::move(client).map([](Entry&& entry) { return std::move(entry.seen); });
  auto reader = enter(reader_client, deadline);
  if (!reader || !reader->paho)
    return std::move(reader).map([](Entry&& entry) {
      entry.seen.evidence.push_back(note("this befell the reader; the client that publishes was let in"));
      return std::move(entry.seen);
    });

  std::erase_if(client->seen.evidence, [](const Evidence& each) { return each.kind == "reproduce"; });
  client->seen.evidence.push_back({"reproduce", mosquitto_sub_line(reader_client, attempt.topic) + " & sleep 1; " +
                                                    mosquitto_pub_line(attempt.client, attempt.topic)});
  auto seen = pass_a_message(attempt, *client, *reader, deadline);
  if (deadline.stopped())
    return failure(ErrorKind::interrupted,
                   msg("Stopped while waiting for a message on {topic}", {{"topic", attempt.topic}}));
  if (seen) seen->seconds = seconds_since(start);
  return seen;
}

}  // namespace mqtts::probes
