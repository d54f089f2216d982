#include "harness/remote/firewall_rules.h"

#include <algorithm>

#include "harness/util/ascii.h"
#include "harness/util/parse_number.h"

namespace mqtts::remote {

namespace {

constexpr int deepest = 16;  // jumps

enum class Fate {
  let_in,  // perhaps
  passes,  // to the end of the chain, or dropped on the way
  dropped
};

Fate walk(const Chains& chains, const std::string& name, int depth) {
  const auto found = chains.find(name);
  if (found == chains.end() || depth > deepest) return Fate::let_in;
  bool may_have_left = false;
  const auto dropped = [&] { return may_have_left ? Fate::passes : Fate::dropped; };
  for (const auto& rule : found->second.rules) {
    if (rule.match == Match::never) continue;
    const bool is_sure = rule.match == Match::always;
    switch (rule.action) {
      case Action::go_on: break;
      case Action::let_in: return Fate::let_in;
      case Action::drop:
        if (is_sure) return dropped();
        break;
      case Action::back:
        if (is_sure) return Fate::passes;
        may_have_left = true;
        break;
      case Action::jump: {
        const auto fate = walk(chains, rule.chain, depth + 1);
        if (fate == Fate::let_in) return fate;
        if (fate == Fate::dropped && is_sure) return dropped();
        break;
      }
    }
  }
  return Fate::passes;
}

template <class Visit>
void for_each_part(std::string_view list, const Visit& visit) {
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    auto part = list.substr(0, comma);
    constexpr std::string_view blank = " \t\n";
    part.remove_prefix(std::min(part.find_first_not_of(blank), part.size()));
    part = part.substr(0, part.find_last_not_of(blank) + 1);
    visit(part);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}

}  // namespace

bool one_drops(const Chains& chains) {
  return std::ranges::any_of(chains, [&](const auto& it) {
    if (!it.second.is_entry) return false;
    const auto fate = walk(chains, it.first, 0);
    return fate == Fate::dropped || (fate == Fate::passes && it.second.drops_rest);
  });
}

bool all_accept(const Chains& chains) {
  return std::ranges::all_of(chains, [](const auto& it) {
    if (!it.second.is_entry) return true;
    for (const auto& rule : it.second.rules) {
      if (rule.match == Match::never || rule.action == Action::go_on) continue;
      if (!rule.accepts) return false;  // it may drop
      if (rule.match == Match::always) return true;
    }
    return !it.second.drops_rest;
  });
}

bool one_sends_away(const Chains& chains) {
  return std::ranges::any_of(chains, [](const auto& it) {
    return std::ranges::any_of(it.second.rules,
                               [](const Rule& rule) { return rule.sends_away && rule.match != Match::never; });
  });
}

Match both(Match a, Match b) { return std::min(a, b); }

Match match_ports(std::string_view list, std::uint16_t port, char to) {
  auto match = Match::never;
  for_each_part(list, [&](std::string_view part) {
    const auto middle = part.find(to);
    const bool is_range = middle != std::string_view::npos;
    const auto first = number_in<std::uint16_t>(part.substr(0, middle));
    const auto last = is_range ? number_in<std::uint16_t>(part.substr(middle + 1)) : first;
    if (!first || !last)
      match = std::max(match, Match::maybe);
    else if (*first <= port && port <= *last)
      match = Match::always;
  });
  return match;
}

Match match_states(std::string_view list) {
  auto match = Match::never;
  for_each_part(list, [&](std::string_view part) {
    const auto state = lower_case(std::string(part));
    if (state == "new") match = Match::always;
    if (state != "established" && state != "related" && state != "invalid") match = std::max(match, Match::maybe);
  });
  return match;
}

}  // namespace mqtts::remote
