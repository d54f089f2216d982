// Reads who may read and write what.
#include <algorithm>
#include <optional>

#include "harness/plan/read_plan.h"
#include "harness/plan/words.h"
#include "harness/util/mqtt_topic.h"

namespace mqtts::plan {
namespace {

std::string with_name(std::string filter, const std::string& account) {
  constexpr std::string_view name = "%u";
  for (auto at = filter.find(name); at != std::string::npos; at = filter.find(name, at + account.size()))
    filter.replace(at, name.size(), account);
  return filter;
}

std::optional<AccessRule> read_rule(json::ReadContext& context, const json::Member& member,
                                    const std::string& account) {
  const auto& [key, at, node] = member;
  const auto word = json::read_text(context, node, key);
  AccessRule rule{.filter = with_name(key, account)};
  if (!is_topic_filter(rule.filter)) {
    context.problems.add(
        at, msg("\"{key}\" is no topic filter: \"+\" stands alone in its level, \"#\" alone in the last one",
                {{"key", json::shown(key)}}));
    return std::nullopt;
  }
  if (rule.filter.find("%c") != std::string::npos) {
    context.problems.add(at, msg("a rule cannot depend on a client id: \"%c\" is not allowed here"));
    return std::nullopt;
  }
  if (!word) return std::nullopt;
  if (std::ranges::find(rights(), *word) == rights().end()) {
    context.fault(node, msg("there is no right \"{name}\"; known: {known}", json::unknown(*word, rights())));
    return std::nullopt;
  }
  rule.read = *word == "read" || *word == "readwrite";
  rule.write = *word == "write" || *word == "readwrite";
  return rule;
}

}  // namespace

std::vector<AccountRules> read_access_rules(const json::ObjectReader& source, std::string_view key,
                                            const MaterialsSpec& materials) {
  auto& context = source.context();
  std::vector<AccountRules> all;
  for (const auto& [name, at, node] : source.members(key)) {
    AccountRules account{.account = name, .rules = {}};
    if (!materials.accounts.contains(name))
      context.problems.add(at, msg("there is no account \"{name}\"; known: {known}",
                                   json::unknown(name, json::keys_of(materials.accounts))));
    const auto* rules = node.as<json::Node::Object>();
    if (rules == nullptr) {
      context.fault(node, msg("\"{key}\" must be an object", {{"key", json::shown(name)}}));
      continue;
    }
    for (const auto& member : *rules)
      if (auto rule = read_rule(context, member, name)) account.rules.push_back(*std::move(rule));
    all.push_back(std::move(account));
  }
  return all;
}

}  // namespace mqtts::plan
