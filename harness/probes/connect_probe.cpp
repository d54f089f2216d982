#include "harness/probes/connect_probe.h"

#include "harness/probes/agreement.h"
#include "harness/probes/evidence.h"
#include "harness/util/seeded_random.h"
#include "harness/wire/probe_connection.h"

namespace mqtts::probes {
namespace {

constexpr int tries = 2;
// A machine with too much to do drops connections in bursts.
constexpr auto pause_between_tries = std::chrono::milliseconds(250);

// What one attempt's clients came to.
struct Try {
  Entry entry;
  Result<void> agreed;
  bool one_was_let_in = false;
};

Error stopped_while_probing(const Client& client) {
  return {ErrorKind::interrupted, msg("Stopped while probing {address} port {port}",
                                      {{"address", client.address}, {"port", std::to_string(client.port)}})};
}

Result<Try> try_by_probe(const Client& client, const Deadline& deadline) {
  const auto facts = wire::probe_connection(client, deadline);
  if (!facts) return tl::make_unexpected(facts.error());
  return Try{.entry = {to_observation(*facts, client), nullptr},
             .agreed = {},
             .one_was_let_in = facts->outcome == Outcome::accepted};
}

Result<Try> try_by_both(const Client& client, Clock::duration timeout, const Deadline& deadline) {
  const auto facts = wire::probe_connection(client, deadline.within(timeout));
  if (!facts) return tl::make_unexpected(facts.error());
  Try made{.entry = {to_observation(*facts, client), nullptr},
           .agreed = {},
           .one_was_let_in = facts->outcome == Outcome::accepted};
  auto& entry = made.entry;
  if (!should_confirm_with_paho(*facts, client.mqtt)) {
    entry.seen.evidence.push_back(note(msg("Paho was not asked: it cannot add to this")));
    return made;
  }
  auto paho = wire::PahoClient::make(client, facts->offer);
  if (!paho) return tl::make_unexpected(paho.error());
  const auto answer = (*paho)->connect(deadline.within(timeout));
  if (!answer) return tl::make_unexpected(answer.error());
  if (deadline.stopped()) return tl::make_unexpected(stopped_while_probing(client));
  entry.seen.evidence.push_back({EvidenceKind::paho, summary(*answer)});
  made.agreed = agree(*facts, *answer);
  made.one_was_let_in |= !made.agreed && answer->outcome == wire::PahoOutcome::done;
  if (made.agreed && entry.seen.outcome == Outcome::accepted) entry.paho = std::move(*paho);
  return made;
}

// MQTT 3.1.1 section 3.2.2.3, MQTT 5.0 section 3.2.2.2: a broker may want ids, and those of letters and digits.
bool is_refused_for_its_id(const Observation& seen) {
  return seen.by == By::mqtt && seen.reason == "client_identifier_not_valid";
}

class Entering {
 public:
  Entering(Client client, Programs programs, Clock::duration timeout, const Deadline& deadline)
      : client_(std::move(client)), programs_(programs), timeout_(timeout), deadline_(deadline) {}

  // The latest try, and whether any of them saw a client let in.
  Result<Try> run() {
    auto latest = attempt();
    bool one_was_let_in = latest && latest->one_was_let_in;
    for (int count = 1; latest && !latest->agreed && count < tries && !deadline_.passed(); ++count) {
      pause_for(pause_between_tries, deadline_);
      if (!client_.seed.empty()) client_.seed = derive(client_.seed, "once more");
      const auto before = latest->agreed;
      latest = attempt();
      if (!latest) break;
      // A refusal does not undo that somebody was let in.
      if (one_was_let_in && latest->entry.seen.outcome != Outcome::accepted) latest->agreed = before;
      one_was_let_in |= latest->one_was_let_in;
    }
    if (latest) latest->one_was_let_in = one_was_let_in;
    return latest;
  }

 private:
  Result<Try> attempt() {
    auto made = attempt_once();
    if (made && is_refused_for_its_id(made->entry.seen) && !client_.requires_client_id && !deadline_.passed()) {
      client_.requires_client_id = true;
      made = attempt_once();
    }
    if (made) made->entry.seen.required_client_id = client_.requires_client_id;
    return made;
  }

  Result<Try> attempt_once() {
    return programs_ == Programs::both ? try_by_both(client_, timeout_, deadline_)
                                       : try_by_probe(client_, deadline_.within(timeout_));
  }

  Client client_;
  const Programs programs_;
  const Clock::duration timeout_;
  const Deadline& deadline_;
};

// MQTT's names of what was seen, where Paho knows it.
Observation observation_of(const wire::PahoAnswer& answer, MqttVersion version) {
  switch (answer.outcome) {
    case wire::PahoOutcome::done: return {.outcome = Outcome::accepted, .by = By::broker};
    case wire::PahoOutcome::refused:
      return {.outcome = Outcome::refused,
              .by = By::mqtt,
              .code = answer.code,
              .reason = mqtt_reason_name(answer.code < 0x80 ? MqttVersion::v3_1_1 : version, answer.code)};
    case wire::PahoOutcome::timed_out: return {.outcome = Outcome::timeout, .by = By::network, .reason = "no_answer"};
    case wire::PahoOutcome::failed: break;
  }
  return {.outcome = Outcome::closed, .by = By::broker};
}

Result<Observation> probe_by_paho(const Attempt& attempt, const Deadline& deadline) {
  const auto start = Clock::now();
  auto paho = wire::PahoClient::make(attempt.client);
  if (!paho) return tl::make_unexpected(paho.error());
  const auto answer = (*paho)->connect(deadline.within(attempt.timeout));
  if (!answer) return tl::make_unexpected(answer.error());
  if (deadline.stopped()) return tl::make_unexpected(stopped_while_probing(attempt.client));
  auto seen = observation_of(*answer, attempt.client.mqtt);
  seen.evidence = {{EvidenceKind::paho, summary(*answer)}};
  seen.evidence.push_back(connect_command(attempt.client));
  seen.seconds = seconds_since(start);
  return seen;
}

}  // namespace

Result<Entry> enter(const Client& client, Clock::duration timeout, const Deadline& deadline) {
  const auto start = Clock::now();
  auto made = Entering(client, Programs::both, timeout, deadline).run();
  if (!made) return tl::make_unexpected(made.error());
  if (!made->agreed) return tl::make_unexpected(made->agreed.error());
  made->entry.seen.seconds = seconds_since(start);
  return std::move(made->entry);
}

Result<Observation> probe_connect(const Attempt& attempt, const Deadline& deadline) {
  if (attempt.programs == Programs::paho_only) return probe_by_paho(attempt, deadline);
  const auto start = Clock::now();
  auto made = Entering(attempt.client, attempt.programs, attempt.timeout, deadline).run();
  if (!made) return tl::make_unexpected(made.error());
  auto& seen = made->entry.seen;
  seen.seconds = seconds_since(start);
  if (made->agreed) return std::move(seen);
  if (!attempt.expects_rejection || !made->one_was_let_in) return tl::make_unexpected(made->agreed.error());
  seen.evidence.push_back(note(msg("one of two clients that say the same was let in, which is one too many")));
  seen.outcome = Outcome::accepted;
  seen.by = By::broker;
  seen.code.reset();
  seen.reason.clear();
  return std::move(seen);
}

ProbeKind connect_kind() { return {.name = "connect", .run = probe_connect}; }

}  // namespace mqtts::probes
