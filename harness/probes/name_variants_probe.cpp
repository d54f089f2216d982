#include "harness/probes/name_variants_probe.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <utility>
#include <vector>

#include "harness/probes/bystander.h"
#include "harness/probes/evidence.h"
#include "harness/probes/logins.h"

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

Result<Observation> probe_name_variants(const Attempt& attempt, const Deadline& deadline) {
  const auto start = Clock::now();
  if (!has_account(attempt)) return needs_account();
  Logins logins(attempt, deadline);
  const auto before = logins.right();
  if (!before) return tl::make_unexpected(before.error());
  auto seen = to_observation(*before, attempt.client);
  const auto tell = [&](Message what) { seen.evidence.push_back(note(std::move(what))); };
  if (!is_let_in(*before)) {
    tell(msg("the account that should be let in was not: {seen}", {{"seen", summary(*before)}}));
    return unless_stopped(std::move(seen), attempt.client, start, deadline);
  }
  std::vector<std::string> accepted;
  bool all_are_clear = true;
  const auto variants = variants_of(*attempt.client.user_name, number_of(attempt, "most", most_variants));
  for (const auto& variant : variants) {
    const auto facts = logins.with(variant, *attempt.client.password);
    if (!facts) return tl::make_unexpected(facts.error());
    tell(msg("\"{user}\" with the account's password: {seen}", {{"user", variant}, {"seen", summary(*facts)}}));
    if (is_let_in(*facts)) {
      accepted.push_back(variant);
      auto client = attempt.client;
      client.user_name = variant;
      if (accepted.size() == 1) replace_command(seen, client, connect_command(client));
    } else if (!is_wrong_login(*facts)) {
      all_are_clear = false;
    }
  }
  const auto after = logins.right();
  if (!after) return tl::make_unexpected(after.error());
  seen.facts["name_variants.tried"] = static_cast<double>(variants.size());
  if (!accepted.empty() || (all_are_clear && is_let_in(*after))) seen.facts["name_variants.accepted"] = accepted;
  return unless_stopped(std::move(seen), attempt.client, start, deadline);
}

}  // namespace

ProbeKind name_variants_kind() {
  return {.name = "name_variants",
          .parameters = {{"most", ProbeParameter::Type::number, false, most_variants}},
          .facts = {{"name_variants.accepted", FactType::texts}, {"name_variants.tried", FactType::number}},
          .run = probe_name_variants};
}

}  // namespace mqtts::probes
