#include "harness/probes/name_variants_probe.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "harness/probes/bystander.h"
#include "harness/probes/connect_probe.h"
#include "harness/probes/evidence.h"
#include "harness/probes/logins.h"
#include "harness/util/digest.h"
#include "harness/wire/paho_client.h"
#include "harness/wire/random_bytes.h"

namespace mqtts::probes {
namespace {

constexpr int most_variants = 3;

// In the other case: lower-case letters become capitals, and capitals lower-case ones. Only ASCII's.
std::string other_case(std::string name) {
  for (auto& each : name) {
    const auto letter = static_cast<unsigned char>(each);
    if (letter < 0x80)
      each = static_cast<char>(std::islower(letter) != 0 ? std::toupper(letter) : std::tolower(letter));
  }
  return name;
}

std::vector<std::string> variants_of(const std::string& name, std::size_t most) {
  std::vector<std::string> variants;
  for (auto variant : {other_case(name), name + " ", " " + name})
    if (variant != name && variants.size() < most) variants.push_back(std::move(variant));
  return variants;
}

enum class Who {
  another_user,
  unknown  // or the same one
};

constexpr auto time_for_own_message = std::chrono::seconds(2);

// Whether the client gets what it publishes to the topic itself.
Result<bool> uses(const Client& client, const std::string& topic, Clock::duration timeout, const Deadline& deadline) {
  auto entry = enter(client, timeout, deadline);
  if (!entry) return tl::make_unexpected(entry.error());
  if (!entry->paho) return false;
  const auto mark = to_hex(wire::random_bytes(10, {}, "name variant"));
  static_cast<void>(entry->paho->subscribe(topic, deadline.within(timeout)));
  static_cast<void>(entry->paho->publish({topic, mark, 0}, deadline.within(timeout)));
  const auto until = deadline.within(time_for_own_message);
  while (const auto message = entry->paho->next_message(until, wire::Retained::take))
    if (*message == mark) return true;
  return false;
}

class Variants {
 public:
  Variants(const Attempt& attempt, const Deadline& deadline)
      : attempt_(attempt), deadline_(deadline), logins_(attempt, deadline) {}

  Result<Observation> run() {
    const auto before = logins_.right();
    if (!before) return tl::make_unexpected(before.error());
    seen_ = to_observation(*before, attempt_.client);
    if (!is_let_in(*before)) {
      tell(msg("the account that should be let in was not: {seen}", {{"seen", summary(*before)}}));
      return std::move(seen_);
    }
    const auto variants = variants_of(*attempt_.client.user_name, number_of(attempt_, "most", most_variants));
    for (const auto& variant : variants)
      if (auto tried = try_variant(variant); !tried) return tl::make_unexpected(tried.error());
    const auto after = logins_.right();
    if (!after) return tl::make_unexpected(after.error());
    seen_.facts["name_variants.tried"] = static_cast<double>(variants.size());
    if (!accepted_.empty() || (all_are_clear_ && is_let_in(*after))) seen_.facts["name_variants.accepted"] = accepted_;
    if (accepted_.empty() && is_one_unknown_)
      return failure(ErrorKind::missing_material,
                     msg("a variant of the account's name is let in, and whether as another user only a topic that this "
                         "account alone may use can show: give the probe's \"topic\""));
    return std::move(seen_);
  }

 private:
  void tell(Message what) { seen_.evidence.push_back(note(std::move(what))); }

  Result<void> try_variant(const std::string& variant) {
    const auto facts = logins_.with(variant, *attempt_.client.password);
    if (!facts) return tl::make_unexpected(facts.error());
    tell(msg("\"{user}\" with the account's password: {seen}", {{"user", variant}, {"seen", summary(*facts)}}));
    if (!is_let_in(*facts)) {
      all_are_clear_ = all_are_clear_ && is_wrong_login(*facts);
      return {};
    }
    all_are_clear_ = false;
    auto client = attempt_.client;
    client.user_name = variant;
    const auto who = who_is(client);
    if (!who) return tl::make_unexpected(who.error());
    if (*who == Who::unknown) {
      is_one_unknown_ = true;
      return {};
    }
    tell(msg("\"{user}\" has not the account's rights: to the broker it is another user", {{"user", variant}}));
    accepted_.push_back(variant);
    if (accepted_.size() == 1) replace_command(seen_, client, connect_command(client));
    return {};
  }

  // Another one if the account itself, before and after, may use a topic that this one may not.
  Result<Who> who_is(const Client& variant) {
    const auto topic = attempt_.parameters.find("topic");
    if (topic == attempt_.parameters.end() || topic->second.empty()) return Who::unknown;
    const Client* const clients[] = {&attempt_.client, &variant, &attempt_.client};
    bool is_used[3] = {};
    for (int i = 0; i < 3; ++i) {
      const auto used = uses(*clients[i], topic->second, attempt_.timeout, deadline_);
      if (!used) return tl::make_unexpected(used.error());
      is_used[i] = *used;
    }
    return is_used[0] && !is_used[1] && is_used[2] && !deadline_.passed() ? Who::another_user : Who::unknown;
  }

  const Attempt& attempt_;
  const Deadline& deadline_;
  Logins logins_;
  Observation seen_;
  std::vector<std::string> accepted_;
  bool all_are_clear_ = true;
  bool is_one_unknown_ = false;
};

Result<Observation> probe_name_variants(const Attempt& attempt, const Deadline& deadline) {
  const auto start = Clock::now();
  if (!has_account(attempt)) return needs_account();
  auto seen = Variants(attempt, deadline).run();
  if (!seen) return seen;
  return unless_stopped(*std::move(seen), attempt.client, start, deadline);
}

}  // namespace

ProbeKind name_variants_kind() {
  return {.name = "name_variants",
          .parameters = {{"most", ProbeParameter::Type::number, false, most_variants},
                         {"topic", ProbeParameter::Type::topic}},
          .facts = {{"name_variants.accepted", FactType::texts}, {"name_variants.tried", FactType::number}},
          .run = probe_name_variants};
}

}  // namespace mqtts::probes
