#include "harness/probes/system_topics_probe.h"

#include <algorithm>
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

constexpr std::string_view all_system_topics = "$SYS/#";
// Mosquitto's and ejabberd's brokers send what they keep at once; others publish every ten seconds and more.
constexpr Clock::duration longest_wait = std::chrono::seconds(12);
constexpr Clock::duration shortest_wait_for_topics = std::chrono::seconds(1);
constexpr int times_as_long_as_witness = 3;
constexpr auto time_to_count = std::chrono::milliseconds(300);

int count_messages(wire::PahoClient& client, const Deadline& first, const Deadline& all) {
  int count = 0;
  for (auto until = first; client.next_message(until, wire::Retained::take); until = all.within(time_to_count)) ++count;
  return count;
}

class Reading {
 public:
  Reading(const Attempt& attempt, Entry entry, const Deadline& deadline)
      : attempt_(attempt), client_(std::move(entry)), deadline_(deadline) {}

  Result<Observation> run() {
    replace_command(client_.seen, attempt_.client, subscribe_command(attempt_.client, std::string(all_system_topics)));
    const auto answer = client_.paho->subscribe(std::string(all_system_topics), time());
    if (answer.outcome == wire::PahoOutcome::refused) {
      tell(msg("the subscription to {filter} was refused: {answer}", {{"filter", std::string(all_system_topics)},
                                                                      {"answer", summary(answer)}}));
      return found(0);
    }
    if (answer.outcome != wire::PahoOutcome::done) {
      tell(msg("the subscription to {filter} got no answer: {answer}", {{"filter", std::string(all_system_topics)},
                                                                        {"answer", summary(answer)}}));
      return std::move(client_.seen);
    }
    const auto witness = attempt_.others.find("witness");
    if (witness == attempt_.others.end()) return without_witness();
    return beside(witness->second);
  }

 private:
  Deadline time() const { return deadline_.within(attempt_.timeout); }

  void tell(Message what) { client_.seen.evidence.push_back(note(std::move(what))); }

  Observation found(int count) {
    client_.seen.facts["system_topics.messages"] = static_cast<double>(count);
    return std::move(client_.seen);
  }

  // Looks once more, now that the witness is done.
  int count(Clock::duration wait) {
    return count_messages(*client_.paho, deadline_.within(wait), deadline_.within(wait + shortest_wait_for_topics));
  }

  Result<Observation> without_witness() {
    const int came = count(shortest_wait_for_topics);
    if (came > 0) return found(came);
    return nobody_reads();
  }

  // Nothing can be said: that is no fault of the broker's.
  static tl::unexpected<Error> nobody_reads() {
    return failure(ErrorKind::missing_material,
                   msg("nothing came from {filter}, and no other account was seen to read it: the broker may have "
                       "nothing there",
                       {{"filter", std::string(all_system_topics)}}));
  }

  Result<Observation> beside(const Client& client) {
    auto witness = enter(client, attempt_.timeout, deadline_);
    if (!witness) return tl::make_unexpected(witness.error());
    if (!witness->paho) {
      tell(msg("the other account, which should read it, was not let in"));
      return without_witness();
    }
    const auto start = Clock::now();
    static_cast<void>(witness->paho->subscribe(std::string(all_system_topics), time()));
    const bool has_any = witness->paho->next_message(deadline_.within(longest_wait), wire::Retained::take).has_value();
    const auto took = Clock::now() - start;
    const int came = count(has_any ? std::max<Clock::duration>(shortest_wait_for_topics, times_as_long_as_witness * took)
                                   : shortest_wait_for_topics);
    if (came > 0) return found(came);
    if (!has_any) return nobody_reads();
    if (!is_served()) {
      tell(msg("the client's connection was lost while it waited"));
      return std::move(client_.seen);
    }
    tell(msg("the other account got messages from {filter}, and this client none",
             {{"filter", std::string(all_system_topics)}}));
    return found(0);
  }

  // A subscription of no consequence is answered.
  bool is_served() {
    const auto topic = "mqtts-harness/" + to_hex(wire::random_bytes(6, attempt_.client.seed, "served"));
    const auto answer = client_.paho->subscribe(topic, time());
    return answer.outcome == wire::PahoOutcome::done || answer.outcome == wire::PahoOutcome::refused;
  }

  const Attempt& attempt_;
  Entry client_;
  const Deadline& deadline_;
};

Result<Observation> probe_system_topics(const Attempt& attempt, const Deadline& deadline) {
  const auto start = Clock::now();
  auto client = enter(attempt.client, attempt.timeout, deadline);
  if (!client || !client->paho) return std::move(client).map([](Entry&& entry) { return std::move(entry.seen); });
  auto seen = Reading(attempt, *std::move(client), deadline).run();
  if (!seen) return seen;
  return unless_stopped(*std::move(seen), attempt.client, start, deadline);
}

}  // namespace

ProbeKind system_topics_kind() {
  return {.name = "system_topics",
          .roles = {"witness"},
          .facts = {{"system_topics.messages", FactType::number}},
          .run = probe_system_topics};
}

}  // namespace mqtts::probes
