#include "harness/probes/eavesdrop_probe.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/probes/bystander.h"
#include "harness/probes/connect_probe.h"
#include "harness/probes/evidence.h"
#include "harness/util/digest.h"
#include "harness/wire/paho_client.h"
#include "harness/wire/random_bytes.h"

namespace mqtts::probes {
namespace {

constexpr auto time_to_hear = std::chrono::seconds(2);

std::string topic_of(const Attempt& attempt) {
  const auto found = attempt.parameters.find("topic");
  if (found != attempt.parameters.end() && !found->second.empty()) return found->second;
  return "mqtts-harness/" + to_hex(wire::random_bytes(6, attempt.client.seed, "eavesdrop topic"));
}

bool gets(wire::PahoClient& client, const std::string& mark, const Deadline& deadline) {
  while (const auto message = client.next_message(deadline, wire::Retained::take))
    if (message->find(mark) != std::string::npos) return true;
  return false;
}

// A subscription of no consequence is answered.
bool is_served(wire::PahoClient& client, const std::string& topic, const Deadline& deadline) {
  const auto outcome = client.subscribe(topic, deadline).outcome;
  return outcome == wire::PahoOutcome::done || outcome == wire::PahoOutcome::refused;
}

// One subscription of the other account, on a connection of its own: some brokers end that of a denied one.
struct Ear {
  std::unique_ptr<wire::PahoClient> paho;  // none: refused by ending the connection, twice
  bool is_known = true;                    // whether it listens or was refused; else nothing is known
};

Result<Ear> open_ear(const Attempt& attempt, const Client& intruder, const std::string& filter, Observation& seen,
                     const Deadline& deadline) {
  for (int tries = 0; tries < 2; ++tries) {
    auto entry = enter(intruder, attempt.timeout, deadline);
    if (!entry) return tl::make_unexpected(entry.error());
    if (!entry->paho) {
      seen.evidence.push_back(note(msg("the other account was not let in")));
      return Ear{nullptr, false};
    }
    const auto answer = entry->paho->subscribe(filter, deadline.within(attempt.timeout));
    seen.evidence.push_back(note(msg("the other account's subscription to {filter}: {answer}",
                                     {{"filter", filter}, {"answer", summary(answer)}})));
    if (!entry->paho->lost()) return Ear{std::move(entry->paho), true};
  }
  return Ear{nullptr, true};
}

Result<Observation> listen(const Attempt& attempt, Entry client, const Client& intruder, const Deadline& deadline) {
  auto& seen = client.seen;
  const auto tell = [&](Message what) { seen.evidence.push_back(note(std::move(what))); };
  const auto time = [&] { return deadline.within(attempt.timeout); };
  const auto topic = topic_of(attempt);
  const auto mark = to_hex(wire::random_bytes(10, attempt.client.seed, "eavesdrop mark"));
  replace_command(seen, attempt.client, deliver_command(attempt.client, intruder, {.topic = topic, .filter = "#"}));
  static_cast<void>(client.paho->subscribe(topic, time(), 1));
  std::vector<Ear> ears;
  for (const auto* filter : {"#", "+/#"}) {
    auto ear = open_ear(attempt, intruder, filter, seen, deadline);
    if (!ear) return tl::make_unexpected(ear.error());
    ears.push_back(*std::move(ear));
  }
  static_cast<void>(client.paho->publish({topic, mark, 1}, time()));
  const bool is_delivered = gets(*client.paho, mark, time());
  const auto hearing = deadline.within(time_to_hear);
  bool is_known = std::ranges::all_of(ears, &Ear::is_known);
  for (const auto& ear : ears) {
    if (!ear.paho) continue;
    if (gets(*ear.paho, mark, hearing)) {
      tell(msg("the other account got the message"));
      seen.facts["eavesdrop.heard"] = true;
      return std::move(seen);
    }
    is_known = is_known && !ear.paho->has_dropped() && is_served(*ear.paho, topic + "/served", time());
  }
  if (!is_delivered) {
    tell(msg("the client could not send itself a message on {topic}: give a \"topic\" that it may use",
             {{"topic", topic}}));
  } else if (!is_known) {
    tell(msg("the other account's connection was lost while it waited"));
  } else if (!deadline.passed()) {
    tell(msg("the client got its message, and the other account did not"));
    seen.facts["eavesdrop.heard"] = false;
  }
  return std::move(seen);
}

Result<Observation> probe_eavesdrop(const Attempt& attempt, const Deadline& deadline) {
  const auto start = Clock::now();
  const auto intruder = attempt.others.find("intruder");
  if (intruder == attempt.others.end())
    return failure(ErrorKind::missing_material, msg("this needs a second account, as the probe's \"intruder\""));
  auto client = enter(attempt.client, attempt.timeout, deadline);
  if (!client || !client->paho) return std::move(client).map([](Entry&& entry) { return std::move(entry.seen); });
  auto seen = listen(attempt, *std::move(client), intruder->second, deadline);
  if (!seen) return seen;
  return unless_stopped(*std::move(seen), attempt.client, start, deadline);
}

}  // namespace

ProbeKind eavesdrop_kind() {
  return {.name = "eavesdrop",
          .roles = {"intruder"},
          .parameters = {{"topic", ProbeParameter::Type::topic}},
          .facts = {{"eavesdrop.heard", FactType::flag}},
          .run = probe_eavesdrop};
}

}  // namespace mqtts::probes
