// The words that the schemas offer are those of the program's own tables.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/brokers/drivers.h"
#include "harness/brokers/profile.h"
#include "harness/model/reasons.h"
#include "harness/model/target.h"
#include "harness/model/topics.h"
#include "harness/model/words.h"
#include "harness/plan/read_plan.h"
#include "harness/plan/schemas.h"
#include "harness/plan/words.h"
#include "harness/probes/probes.h"
#include "harness/targets/ssh_destination.h"
#include "reports/results_json.h"

namespace mqtts::plan {
namespace {

using nlohmann::json;
using Words = std::vector<std::string>;

struct Row {
  std::string place;  // of the enum, as a JSON pointer
  Words words;
};

// The places of all enums of more than one word.
void find_enums(const json& node, const std::string& place, std::set<std::string>& found) {
  if (!node.is_structured()) return;
  for (const auto& [key, value] : node.items()) {
    const auto there = place + "/" + key;
    if (key == "enum" && value.size() > 1)
      found.insert(there);
    else
      find_enums(value, there, found);
  }
}

void expect_words(std::string_view schema, const std::vector<Row>& rows) {
  const auto root = json::parse(schema);
  std::set<std::string> places;
  find_enums(root, "", places);
  for (const auto& [place, words] : rows) {
    ASSERT_TRUE(root.contains(json::json_pointer(place))) << place;
    EXPECT_EQ(root[json::json_pointer(place)].get<Words>(), words) << place;
    places.erase(place);
  }
  EXPECT_TRUE(places.empty()) << "not compared with a table: " << *places.begin();
}

// The keys of an object that the schema knows.
Words properties(const json& object) {
  Words keys;
  for (const auto& [key, value] : object.at("properties").items())
    if (key != "$comment") keys.push_back(key);
  return keys;
}

Words sorted(Words words) {
  std::ranges::sort(words);
  return words;
}

Words reasons() {
  Words names;
  for (const auto& reason : known_reasons())
    if (std::ranges::find(names, reason.name) == names.end()) names.emplace_back(reason.name);
  return names;
}

Words probe_kinds() {
  Words names;
  for (const auto& kind : probes::kinds()) names.emplace_back(kind.name);
  return names;
}

// The place of the schema of an outcome, by its key.
std::string outcome_place(const json& root, const std::string& key) {
  const auto& all = root["definitions"]["outcome"]["anyOf"];
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].contains("required") && all[i]["required"][0] == key)
      return "/definitions/outcome/anyOf/" + std::to_string(i) + "/properties/" + key;
  return "no such outcome: " + key;
}

TEST(SchemaWords, of_plans_are_the_programs) {
  const std::string certificate_place =
      "/properties/materials/properties/certificates/additionalProperties/properties/";
  const auto root = json::parse(plan_schema());
  expect_words(plan_schema(),
               {{"/properties/listeners/additionalProperties/properties/port/anyOf/1/enum", listener_ports()},
                {"/definitions/mqttVersion/anyOf/0/enum", mqtt_versions()},
                {"/definitions/key/anyOf/0/enum", key_types()},
                {"/definitions/rights/additionalProperties/additionalProperties/enum", rights()},
                {"/definitions/passwordForm/anyOf/0/enum", password_forms()},
                {"/definitions/digest/anyOf/0/enum", digests()},
                {certificate_place + "usage/items/anyOf/0/enum", extended_usages()},
                {certificate_place + "key_usage/items/anyOf/0/enum", usages()},
                {"/definitions/reason/anyOf/0/enum", reasons()},
                {"/definitions/visibility/anyOf/0/enum", all_words<Visibility>()},
                {"/definitions/detail/anyOf/0/enum", all_words<FailureDetail>()},
                {"/definitions/stage/properties/credit/anyOf/0/enum", all_words<Credit>()},
                {"/definitions/check/properties/control_reaches/anyOf/0/enum", control_layers()},
                {"/definitions/probe/properties/kind/enum", probe_kinds()},
                {"/definitions/qos/anyOf/0/enum", {"0", "1", "2"}},
                {"/definitions/flagText/anyOf/0/enum", {"true", "false"}},
                {outcome_place(root, "refused") + "/anyOf/0/enum", outcome_words().at(1).by},
                {outcome_place(root, "denied") + "/anyOf/0/enum", outcome_words().at(3).by},
                {outcome_place(root, "reached") + "/anyOf/0/enum", reachable_layers()}});
}

TEST(SchemaWords, for_outcomes_are_the_programs) {
  const auto root = json::parse(plan_schema());
  Words outcomes;
  for (const auto& [word, outcome, by] : outcome_words()) {
    outcomes.push_back(word);
    EXPECT_EQ(outcome_from(word), outcome);
    const json::json_pointer place(outcome_place(root, word));
    ASSERT_TRUE(root.contains(place)) << word;
    if (by.size() == 1) {
      EXPECT_EQ(root[place]["const"], by.front()) << word;
    }
  }
  EXPECT_EQ(outcomes, all_words<Outcome>());
}

TEST(SchemaWords, for_changes_and_probes_are_the_programs) {
  const auto root = json::parse(plan_schema())["definitions"];
  EXPECT_EQ(properties(root["client"]), sorted(client_fields()));
  auto changes = client_fields();
  const auto parts = changeable_parts(nullptr, probes::kinds());
  changes.insert(changes.end(), parts.begin(), parts.end());
  EXPECT_EQ(properties(root["change"]), sorted(changes));
  auto keys = parts;
  keys.emplace_back("kind");
  EXPECT_EQ(properties(root["probe"]), sorted(keys));
}

TEST(SchemaWords, for_facts_are_the_programs_with_their_types) {
  const auto root = json::parse(plan_schema())["definitions"];
  auto facts = connection_facts();
  for (const auto& kind : probes::kinds()) facts.insert(facts.end(), kind.facts.begin(), kind.facts.end());
  const std::map<FactType, std::string> types = {{FactType::flag, "#/definitions/flagFact"},
                                                 {FactType::number, "#/definitions/numberFact"},
                                                 {FactType::text, "#/definitions/textFact"},
                                                 {FactType::texts, "#/definitions/textsFact"}};
  Words names;
  for (const auto& [name, type] : facts) {
    names.emplace_back(name);
    EXPECT_EQ(root["facts"]["properties"][names.back()]["$ref"], types.at(type)) << name;
  }
  EXPECT_EQ(properties(root["facts"]), sorted(names));
}

TEST(SchemaWords, of_targets_and_profiles_are_the_programs) {
  Words profiles;
  for (const auto& profile : brokers::shipped_profiles()) profiles.emplace_back(profile.name);
  const Words policies = {"strict", "accept-new"};
  SshAddress address;
  for (const auto& policy : policies) EXPECT_TRUE(targets::set_host_key(address, policy)) << policy;
  expect_words(target_schema(), {{"/properties/broker/properties/profile/anyOf/0/enum", sorted(profiles)},
                                 {"/properties/ssh/properties/host_key/anyOf/0/enum", policies}});
  expect_words(profile_schema(), {{"/properties/extends/anyOf/0/enum", sorted(profiles)}});
  EXPECT_EQ(json::parse(profile_schema())["properties"]["driver"]["enum"].get<Words>(), brokers::driver_names());
  expect_words(roster_schema(), {});
}

TEST(SchemaWords, of_results_are_the_programs) {
  auto configurations = all_words<Configuration>();
  std::erase(configurations, "unknown");
  expect_words(reports::results_schema(),
               {{"/definitions/verdict/enum", all_words<Verdict>()},
                {"/definitions/outcome/enum", all_words<Outcome>()},
                {"/definitions/by/enum", all_words<By>()},
                {"/definitions/run/properties/configuration/enum", configurations},
                {"/definitions/trait_kind/enum", all_words<FingerprintKind>()},
                {"/definitions/check/properties/severity/enum", all_words<Severity>()},
                {"/definitions/topic/properties/suspected/items/enum", data_kinds()},
                {"/definitions/target/properties/grade/enum", {"A", "B", "C", "D", "E", "F"}},
                {"/definitions/check/properties/visibility/enum", all_words<Visibility>()},
                {"/definitions/check/properties/detail/enum", all_words<FailureDetail>()},
                {"/definitions/expected/properties/reached/enum", all_words<Layer>()},
                {"/definitions/expected/properties/facts/items/properties/comparison/enum", all_words<Comparison>()},
                {"/definitions/evidence/properties/kind/enum", all_words<EvidenceKind>()},
                {"/definitions/capture/properties/first/items/properties/from/enum", {"client", "broker"}}});
}

}  // namespace
}  // namespace mqtts::plan
