#include "harness/probes/client_id_patterns_probe.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "harness/probes/bystander.h"
#include "harness/probes/delivery_probe.h"
#include "harness/probes/evidence.h"
#include "harness/util/digest.h"

namespace mqtts::probes {
namespace {

// Wildcards of MQTT, and regular expressions that match what they should not.
constexpr const char* patterns[] = {"+", "#", ".*", "x|", "[^!]*"};
constexpr int times_as_long_as_path = 10;
constexpr Clock::duration shortest_time = std::chrono::milliseconds(1500);

enum class Way {
  write,
  read
};

enum class Told {
  delivered,
  denied,
  nothing,  // neither the message nor its sentinel, or the id was refused
  unclear
};

bool has_flag(const Observation& seen, const std::string& fact) {
  const auto found = seen.facts.find(fact);
  return found != seen.facts.end() && found->second == FactValue(true);
}

// By CONNACK: the client that has the id, not the owner.
bool is_id_refused(const Observation& seen, Way way) {
  const bool is_of_reader = seen.facts.contains("delivery.refused");
  if (seen.outcome != Outcome::refused || seen.by != By::mqtt || is_of_reader != (way == Way::read)) return false;
  return seen.reason == "identifier_rejected" || seen.reason == "client_identifier_not_valid" ||
         seen.reason == "not_authorized";
}

Told told_by(const Observation& seen, Way way) {
  if (seen.outcome == Outcome::accepted && has_flag(seen, "delivery.received")) return Told::delivered;
  if (seen.outcome == Outcome::denied) return Told::denied;
  const bool is_silent = seen.outcome == Outcome::timeout && seen.reason == "not_delivered";
  if (is_id_refused(seen, way) || (is_silent && !has_flag(seen, "delivery.dropped"))) return Told::nothing;
  return Told::unclear;
}

class Patterns {
 public:
  Patterns(const Attempt& attempt, const Client& owner, const Deadline& deadline)
      : attempt_(attempt), owner_(owner), deadline_(deadline), time_(attempt.timeout) {}

  Result<Observation> run() {
    const auto start = Clock::now();
    const auto has_paths = paths_are_open();
    if (!has_paths) return tl::make_unexpected(has_paths.error());
    if (!*has_paths) {
      tell(msg("the owner or the client could not exchange a message that they may: nothing was tried"));
      return std::move(seen_);
    }
    time_ = std::clamp<Clock::duration>(times_as_long_as_path * (Clock::now() - start), shortest_time,
                                        std::max<Clock::duration>(attempt_.timeout, shortest_time));
    const auto ids = all_ids();
    for (const auto& id : ids)
      for (const auto way : {Way::write, Way::read})
        if (const auto tried = try_twice(id, way); !tried) return tl::make_unexpected(tried.error());
    for (auto& [id, way, seen] : waiting_) {
      settle(seen);
      note_down(id, way, told_by(seen, way));
    }
    time_ = attempt_.timeout;
    const auto still_open = paths_are_open();
    if (!still_open) return tl::make_unexpected(still_open.error());
    seen_.facts["client_id_patterns.tried"] = static_cast<double>(ids.size());
    if (!delivered_.empty() || (all_are_clear_ && *still_open && !deadline_.passed()))
      seen_.facts["client_id_patterns.delivered"] = delivered_;
    if (!*still_open) tell(msg("afterwards the owner or the client could not exchange a message that they may"));
    return std::move(seen_);
  }

 private:
  struct Waiting {
    std::string id;
    Way way;
    Observation seen;
  };

  std::string parameter(const std::string& name) const {
    const auto found = attempt_.parameters.find(name);
    return found == attempt_.parameters.end() ? "" : found->second;
  }

  void tell(Message what) { seen_.evidence.push_back(note(std::move(what))); }

  // With the topic's level after the victim's, or its name alone.
  std::vector<std::string> all_ids() const {
    const auto topic = parameter("topic") + "/";
    const auto victim = parameter("victim") + "/";
    const auto at = topic.find(victim);
    const auto rest = at == std::string::npos ? "x/" : topic.substr(at + victim.size());
    std::vector<std::string> ids{victim + rest.substr(0, rest.find('/'))};
    ids.insert(ids.end(), std::begin(patterns), std::end(patterns));
    return ids;
  }

  // Each has a payload of its own, so that none is taken for another's.
  Result<Observation> deliver(Client from, const Client& to, const std::string& topic, const std::string& sentinel) {
    const auto seed = attempt_.client.seed;
    from.seed = seed.empty() ? "" : derive(seed, "client id patterns " + std::to_string(count_++));
    std::map<std::string, std::string> parameters{{"topic", topic}, {"qos", parameter("qos")}};
    if (!sentinel.empty()) parameters["sentinel"] = sentinel;
    return deliver_kind().run({.client = std::move(from),
                               .kind = "deliver",
                               .others = {{"reader", to}},
                               .parameters = std::move(parameters),
                               .timeout = time_},
                              deadline_);
  }

  // The owner has its topic, and client and owner have the sentinel's.
  Result<bool> paths_are_open() {
    const auto topic = parameter("topic");
    const auto sentinel = parameter("sentinel");
    const std::tuple<const Client&, const Client&, const std::string&> paths[] = {
        {owner_, owner_, topic}, {attempt_.client, owner_, sentinel}, {owner_, attempt_.client, sentinel}};
    for (const auto& [from, to, on] : paths) {
      auto seen = deliver(from, to, on, "");
      if (!seen) return tl::make_unexpected(seen.error());
      const bool is_open = told_by(*seen, Way::write) == Told::delivered;
      if (!is_open || seen_.evidence.empty()) seen_ = *std::move(seen);
      if (!is_open) return false;
    }
    seen_.facts.clear();
    return true;
  }

  Result<void> try_twice(const std::string& id, Way way) {
    auto client = attempt_.client;
    client.client_id = id;
    for (int i = 0; i < 2; ++i) {
      auto seen = way == Way::write ? deliver(client, owner_, parameter("topic"), parameter("sentinel"))
                                    : deliver(owner_, client, parameter("topic"), parameter("sentinel"));
      if (!seen) return tl::make_unexpected(seen.error());
      const auto told = told_by(*seen, way);
      if (told == Told::nothing && i == 0) continue;
      if (seen->late != nullptr)
        waiting_.push_back({id, way, *std::move(seen)});
      else
        note_down(id, way, told == Told::nothing ? Told::denied : told);
      break;
    }
    return {};
  }

  void note_down(const std::string& id, Way way, Told told) {
    const std::string name = (way == Way::write ? "write " : "read ") + id;
    if (told == Told::delivered) {
      delivered_.push_back(name);
      tell(msg("with the client id \"{id}\" a message came on {topic}", {{"id", id}, {"topic", parameter("topic")}}));
    } else if (told != Told::denied) {
      all_are_clear_ = false;
      tell(msg("with the client id \"{id}\" nothing is proven", {{"id", id}}));
    }
  }

  const Attempt& attempt_;
  const Client& owner_;
  const Deadline& deadline_;
  Clock::duration time_;  // for each message
  Observation seen_;
  std::vector<Waiting> waiting_;  // for what may come late
  std::vector<std::string> delivered_;
  int count_ = 0;
  bool all_are_clear_ = true;
};

Result<Observation> probe_client_id_patterns(const Attempt& attempt, const Deadline& deadline) {
  const auto start = Clock::now();
  const auto owner = attempt.others.find("owner");
  if (owner == attempt.others.end())
    return failure(ErrorKind::missing_material, msg("this needs another account: an \"owner\" of the topic"));
  auto seen = Patterns(attempt, owner->second, deadline).run();
  if (!seen) return seen;
  return unless_stopped(*std::move(seen), attempt.client, start, deadline);
}

}  // namespace

ProbeKind client_id_patterns_kind() {
  using Type = ProbeParameter::Type;
  return {.name = "client_id_patterns",
          .roles = {"owner"},
          .parameters = {{"topic", Type::topic, true},
                         {"sentinel", Type::topic, true},
                         {"victim", Type::text, true},
                         {"qos", Type::number, false, 2}},
          .facts = {{"client_id_patterns.delivered", FactType::texts}, {"client_id_patterns.tried", FactType::number}},
          .run = probe_client_id_patterns};
}

}  // namespace mqtts::probes
