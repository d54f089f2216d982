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

// The other account, on one connection with all subscriptions that the broker grants: it may let each user have only
// one. Some brokers end the connection at a denied one; what ends it twice is denied.
class Ears {
 public:
  Ears(const Attempt& attempt, const Client& intruder, Observation& seen, const Deadline& deadline)
      : attempt_(attempt), intruder_(intruder), seen_(seen), deadline_(deadline) {}

  // False if nothing can be said of what it hears.
  Result<bool> open(const std::vector<std::string>& filters) {
    for (const auto& filter : filters) {
      bool is_denied = true;
      for (int tries = 0; tries < 2 && is_denied; ++tries) {
        const auto is_let_in = enter_again();
        if (!is_let_in || !*is_let_in) return is_let_in;
        is_denied = !subscribe(filter);
      }
      if (!is_denied) granted_.push_back(filter);
    }
    return enter_again();
  }

  wire::PahoClient& paho() { return *entry_.paho; }

 private:
  // Where it is connected still, nothing.
  Result<bool> enter_again() {
    if (entry_.paho && !entry_.paho->lost()) return true;
    auto entry = enter(intruder_, attempt_.timeout, deadline_);
    if (!entry) return tl::make_unexpected(entry.error());
    if (!entry->paho) {
      seen_.evidence.push_back(note(msg("the other account was not let in")));
      return false;
    }
    entry_ = *std::move(entry);
    return std::ranges::all_of(granted_, [this](const std::string& filter) { return subscribe(filter); });
  }

  // False if the connection ended.
  bool subscribe(const std::string& filter) {
    const auto answer = entry_.paho->subscribe(filter, deadline_.within(attempt_.timeout));
    seen_.evidence.push_back(note(msg("the other account's subscription to {filter}: {answer}",
                                      {{"filter", filter}, {"answer", summary(answer)}})));
    return !entry_.paho->lost();
  }

  const Attempt& attempt_;
  const Client& intruder_;
  Observation& seen_;
  const Deadline& deadline_;
  Entry entry_;
  std::vector<std::string> granted_;
};

Result<Observation> listen(const Attempt& attempt, Entry client, const Client& intruder, const Deadline& deadline) {
  auto& seen = client.seen;
  const auto tell = [&](Message what) { seen.evidence.push_back(note(std::move(what))); };
  const auto time = [&] { return deadline.within(attempt.timeout); };
  const auto topic = topic_of(attempt);
  const auto mark = to_hex(wire::random_bytes(10, attempt.client.seed, "eavesdrop mark"));
  replace_command(seen, attempt.client, deliver_command(attempt.client, intruder, {.topic = topic, .filter = "#"}));
  static_cast<void>(client.paho->subscribe(topic, time(), 1));
  Ears ears(attempt, intruder, seen, deadline);
  const auto listens = ears.open({"#", "+/#"});
  if (!listens) return tl::make_unexpected(listens.error());
  if (!*listens) return std::move(seen);
  static_cast<void>(client.paho->publish({topic, mark, 1}, time()));
  const bool is_delivered = gets(*client.paho, mark, time());
  if (gets(ears.paho(), mark, deadline.within(time_to_hear))) {
    tell(msg("the other account got the message"));
    seen.facts["eavesdrop.heard"] = true;
    return std::move(seen);
  }
  const bool is_known = !ears.paho().has_dropped() && is_served(ears.paho(), topic + "/served", time());
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
