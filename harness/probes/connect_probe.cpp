#include "harness/probes/connect_probe.h"

#include "harness/model/seed.h"
#include "harness/probes/agreement.h"
#include "harness/probes/evidence.h"
#include "harness/wire/probe_connection.h"

namespace mqtts::probes {
namespace {

constexpr int tries = 2;

Result<Entry> try_to_enter(const Client& client, const Deadline& deadline) {
  const auto facts = wire::probe_connection(client, deadline);
  if (!facts) return tl::make_unexpected(facts.error());
  Entry entry{to_observation(*facts, client), nullptr};
  if (!paho_is_to_be_asked(*facts, client.mqtt)) {
    entry.seen.evidence.push_back(note("Paho was not asked: it cannot add to this"));
    return entry;
  }
  auto paho = wire::PahoClient::make(client);
  if (!paho) return tl::make_unexpected(paho.error());
  const auto answer = (*paho)->connect(deadline);
  if (!answer) return tl::make_unexpected(answer.error());
  if (deadline.stopped())
    return failure(ErrorKind::interrupted, msg("Stopped while probing {address} port {port}",
                                               {{"address", client.address}, {"port", std::to_string(client.port)}}));
  entry.seen.evidence.push_back({"paho", summary(*answer)});
  if (const auto agreed = agree(*facts, *answer); !agreed) return tl::make_unexpected(agreed.error());
  if (entry.seen.outcome == Outcome::accepted) entry.paho = std::move(*paho);
  return entry;
}

}  // namespace

Result<Entry> enter(const Client& given, const Deadline& deadline) {
  const auto start = Clock::now();
  auto client = given;
  for (int attempt = 1;; ++attempt) {
    if (attempt > 1 && !client.seed.empty()) client.seed = derive(client.seed, "once more");
    auto entry = try_to_enter(client, deadline);
    const bool again = !entry && entry.error().kind == ErrorKind::disagreement && attempt < tries && !deadline.passed();
    if (again) continue;
    if (entry) entry->seen.seconds = seconds_since(start);
    return entry;
  }
}

Result<Observation> probe_connect(const Attempt& attempt, const Deadline& deadline) {
  return enter(attempt.client, deadline).map([](Entry&& entry) { return std::move(entry.seen); });
}

}  // namespace mqtts::probes
