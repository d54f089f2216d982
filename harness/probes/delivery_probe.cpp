#include "harness/probes/delivery_probe.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "harness/probes/connect_probe.h"
#include "harness/probes/delivering.h"
#include "harness/probes/evidence.h"
#include "harness/util/mqtt_topic.h"
#include "harness/wire/paho_client.h"

namespace mqtts::probes {
namespace {

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

// What a broker keeps of a topic comes right after the subscription.
constexpr auto time_for_retained = std::chrono::milliseconds(300);

// Before anything is retained: what was seen, if the broker keeps somebody else's message there, which ours would
// replace. It comes first, and leaves: a broker may let each user have one connection.
Result<std::optional<Observation>> find_other_retained(const Client& reader, const std::string& topic,
                                                       Clock::duration timeout, const Deadline& deadline) {
  auto looking = enter(reader, timeout, deadline);
  if (!looking) return tl::make_unexpected(looking.error());
  if (!looking->paho) return std::optional<Observation>();
  static_cast<void>(looking->paho->subscribe(topic, deadline.within(timeout)));
  if (!looking->paho->next_message(deadline.within(time_for_retained), wire::Retained::only))
    return std::optional<Observation>();
  auto& seen = looking->seen;
  seen.outcome = Outcome::timeout;
  seen.by = By::network;
  seen.reason = "not_delivered";
  seen.evidence.push_back(
      note(msg("the broker keeps somebody else's message on {topic}: nothing was published there, which would replace "
               "it",
               {{"topic", topic}})));
  return std::optional(std::move(seen));
}

// With the client id that the plan wants.
Attempt with_id(Attempt attempt) {
  const auto id = attempt.parameters.find("client_id");
  if (id != attempt.parameters.end() && !id->second.empty()) attempt.client.client_id = id->second;
  return attempt;
}

Result<Observation> probe_delivery(const Attempt& given, const Deadline& deadline) {
  const auto start = Clock::now();
  const auto attempt = with_id(given);
  const Delivery delivery(attempt);
  const auto& topic = delivery.topic;
  if (!filter_matches(delivery.filter, topic))
    return failure(ErrorKind::local, msg("the filter {filter} does not match the topic {topic}: no message can arrive",
                                         {{"filter", delivery.filter}, {"topic", topic}}));
  if (topic == delivery.sentinel)
    return failure(ErrorKind::local, msg("the sentinel's topic is the topic itself, {topic}", {{"topic", topic}}));
  const auto other = attempt.others.find("reader");
  const auto& subscriber = other != attempt.others.end() ? other->second : given.client;
  if (delivery.retain) {
    auto kept = find_other_retained(subscriber, topic, attempt.timeout, deadline);
    if (!kept) return tl::make_unexpected(kept.error());
    if (*kept) return **std::move(kept);
  }
  auto client = enter(attempt.client, attempt.timeout, deadline);
  if (!client || !client->paho) return std::move(client).map([](Entry&& entry) { return std::move(entry.seen); });
  std::unique_ptr<wire::PahoClient> reader;
  // A client with a will leaves, so that another connection must read.
  if (other != attempt.others.end() || delivery.will) {
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
    evidence.push_back(deliver_command(attempt.client, subscriber,
                                       {.topic = topic,
                                        .filter = delivery.filter,
                                        .qos = delivery.qos,
                                        .retain = delivery.retain,
                                        .will = delivery.will,
                                        .client_id = attempt.client.client_id.value_or("")}));
  }
  auto seen = Delivering(attempt, subscriber, *client, std::move(reader), deadline).run();
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
                         {"will", Type::flag},
                         {"client_id", Type::text}},
          .facts = {{"delivery.received", FactType::flag},
                    {"delivery.sentinel", FactType::flag},
                    {"delivery.dropped", FactType::flag},
                    {"delivery.denial", FactType::text},
                    {"delivery.refused", FactType::text}},
          .run = probe_delivery};
}

}  // namespace mqtts::probes
