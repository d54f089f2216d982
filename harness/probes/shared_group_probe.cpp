#include "harness/probes/shared_group_probe.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "harness/probes/bystander.h"
#include "harness/probes/connect_probe.h"
#include "harness/probes/evidence.h"
#include "harness/util/digest.h"
#include "harness/wire/paho_client.h"
#include "harness/wire/random_bytes.h"

namespace mqtts::probes {
namespace {

constexpr int messages_a_round = 20;  // a broker that chooses by chance spares all of them once in a million rounds
constexpr auto time_for_the_rest = std::chrono::seconds(2);

class Sharing {
 public:
  Sharing(const Attempt& attempt, Entry& publisher, wire::PahoClient& member, std::string topic,
          const Deadline& deadline)
      : attempt_(attempt),
        publisher_(publisher),
        member_(member),
        topic_(std::move(topic)),
        filter_("$share/mqtts-harness-" + to_hex(wire::random_bytes(6, attempt.client.seed, "group")) + "/" + topic_),
        deadline_(deadline) {}

  Result<Observation> run(const Client& intruder) {
    auto& seen = publisher_.seen;
    const auto joined = member_.subscribe(filter_, time(), 1);
    if (joined.outcome != wire::PahoOutcome::done) {
      tell(msg("the member's shared subscription: {answer}", {{"answer", summary(joined)}}));
      return std::move(seen);
    }
    if (const int came = round(); came != messages_a_round) {
      tell(msg("alone in the group, the member got {count} of {sent} messages: nothing was tried", counts(came)));
      return std::move(seen);
    }
    auto entry = enter(intruder, attempt_.timeout, deadline_);
    if (!entry) return tl::make_unexpected(entry.error());
    if (!entry->paho) {
      tell(msg("the client that should not read was not let in: nothing was tried"));
      return std::move(seen);
    }
    const auto answer = entry->paho->subscribe(filter_, time(), 1);
    tell(msg("the shared subscription of the client that should not read: {answer}", {{"answer", summary(answer)}}));
    const int beside = round();
    entry->paho.reset();
    if (const int after = round(); after != messages_a_round) {
      tell(msg("alone in the group again, the member got {count} of {sent} messages, so nothing is proven",
               counts(after)));
      return std::move(seen);
    }
    tell(msg("beside the client that should not read, the member got {count} of {sent} messages", counts(beside)));
    seen.facts["shared_group.lost"] = static_cast<double>(messages_a_round - beside);
    return std::move(seen);
  }

 private:
  Deadline time() const { return deadline_.within(attempt_.timeout); }

  void tell(Message what) { publisher_.seen.evidence.push_back(note(std::move(what))); }

  static std::map<std::string, std::string> counts(int came) {
    return {{"count", std::to_string(came)}, {"sent", std::to_string(messages_a_round)}};
  }

  // Returns how many of a round's messages came to the member.
  int round() {
    const auto mark = to_hex(wire::random_bytes(10, attempt_.client.seed, "round " + std::to_string(rounds_++)));
    for (int i = 0; i < messages_a_round; ++i) static_cast<void>(publisher_.paho->publish({topic_, mark, 1}, time()));
    int came = 0;
    auto until = deadline_.within(time_for_the_rest);
    while (came < messages_a_round) {
      const auto message = member_.next_message(until, wire::Retained::take);
      if (!message) break;
      if (*message == mark) ++came;
    }
    return came;
  }

  const Attempt& attempt_;
  Entry& publisher_;
  wire::PahoClient& member_;
  const std::string topic_;
  const std::string filter_;
  const Deadline& deadline_;
  int rounds_ = 0;
};

Result<Observation> probe_shared_group(const Attempt& attempt, const Deadline& deadline) {
  const auto start = Clock::now();
  const auto member_role = attempt.others.find("member");
  const auto intruder = attempt.others.find("intruder");
  if (member_role == attempt.others.end() || intruder == attempt.others.end())
    return failure(ErrorKind::missing_material,
                   msg("this needs two more accounts: a \"member\" that may read the topic, and an \"intruder\" that "
                       "may not"));
  auto publisher = enter(attempt.client, attempt.timeout, deadline);
  if (!publisher || !publisher->paho)
    return std::move(publisher).map([](Entry&& entry) { return std::move(entry.seen); });
  auto member = enter(member_role->second, attempt.timeout, deadline);
  if (!member) return tl::make_unexpected(member.error());
  if (!member->paho) {
    publisher->seen.evidence.push_back(note(msg("the member of the group was not let in")));
    return std::move(publisher->seen);
  }
  auto seen =
      Sharing(attempt, *publisher, *member->paho, attempt.parameters.at("topic"), deadline).run(intruder->second);
  if (!seen) return seen;
  return unless_stopped(*std::move(seen), attempt.client, start, deadline);
}

}  // namespace

ProbeKind shared_group_kind() {
  return {.name = "shared_group",
          .roles = {"member", "intruder"},
          .parameters = {{"topic", ProbeParameter::Type::topic, true}},
          .facts = {{"shared_group.lost", FactType::number}},
          .run = probe_shared_group};
}

}  // namespace mqtts::probes
