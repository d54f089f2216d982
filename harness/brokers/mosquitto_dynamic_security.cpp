#include "harness/brokers/mosquitto_dynamic_security.h"

#include <algorithm>
#include <sstream>

#include <nlohmann/json.hpp>

#include "harness/brokers/mosquitto_password_file.h"

namespace mqtts::brokers {
namespace {

constexpr int denied_first = 1;  // the highest priority is looked at first

nlohmann::json rule_of(const char* type, const AccessRule& rule) {
  return {{"acltype", type},
          {"topic", rule.filter},
          {"priority", rule.is_denial() ? denied_first : 0},
          {"allow", !rule.is_denial()}};
}

nlohmann::json rules_of(const std::vector<AccessRule>& rules) {
  auto all = nlohmann::json::array();
  for (const auto& rule : rules) {
    if (rule.write || rule.is_denial()) all.push_back(rule_of("publishClientSend", rule));
    if (!rule.read && !rule.is_denial()) continue;
    all.push_back(rule_of("publishClientReceive", rule));
    all.push_back(rule_of("subscribePattern", rule));
  }
  return all;
}

// Of "$7$<iterations>$<salt>$<hash>", salt and hash in base64.
std::vector<std::string> parts_of(const std::string& hash) {
  std::vector<std::string> parts;
  std::istringstream text(hash.substr(1));
  for (std::string part; std::getline(text, part, '$');) parts.push_back(part);
  return parts;
}

}  // namespace

std::string dynamic_security_file(const std::vector<Credentials>& accounts, const std::vector<AccountRules>& rules) {
  nlohmann::json file = {{"defaultACLAccess",
                {{"publishClientSend", false},
                 {"publishClientReceive", false},
                 {"subscribe", false},
                 {"unsubscribe", true}}},
               {"clients", nlohmann::json::array()},
               {"roles", nlohmann::json::array()}};
  for (const auto& [user_name, password] : accounts) {
    const auto hash = parts_of(fresh_pbkdf2_hash(password));
    file["clients"].push_back({{"username", user_name},
                               {"roles", {{{"rolename", user_name}, {"priority", 0}}}},
                               {"password", hash.at(3)},
                               {"salt", hash.at(2)},
                               {"iterations", std::stoi(hash.at(1))}});
    const auto found = std::ranges::find(rules, user_name, &AccountRules::account);
    file["roles"].push_back(
        {{"rolename", user_name}, {"acls", rules_of(found == rules.end() ? std::vector<AccessRule>() : found->rules)}});
  }
  return file.dump(2) + "\n";
}

}  // namespace mqtts::brokers
