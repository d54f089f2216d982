// The checks of access control against brokers whose rules are weak in one point (fixtures/mutants/access.json),
// compared with golden files. MQTTS_UPDATE_GOLDEN=1 writes these instead.
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/program.h"

namespace mqtts {
namespace {

using Json = nlohmann::json;

const std::vector<std::string> plans = {"mqtts-lab-acl", "mqtts-lab-dynsec"};

struct WeakRules {
  std::string name;
  std::string plan;
  Json json = Json::object();
};

// And those that are not weak.
const std::vector<WeakRules>& all_rules() {
  static const auto all = [] {
    std::vector<WeakRules> rules;
    for (const auto& plan : plans) rules.push_back({"hardened", plan});
    const auto file = Json::parse(e2e::read(MUTANTS "/access.json"));
    for (const auto& json : file["mutants"])
      rules.push_back({json["name"], json["plan"], json});
    return rules;
  }();
  return all;
}

Json plan_of(const std::string& name) { return Json::parse(e2e::read(SCENARIOS "/" + name + ".json")); }

Json& stage_in(Json& plan) { return plan["stages"].at(0); }

void erase_line(Json& lines, const Json& line) {
  const auto found = std::find(lines.begin(), lines.end(), line);
  if (found == lines.end()) throw std::logic_error("the plan has no line " + line.dump());
  lines.erase(found);
}

Json with_weakness(const WeakRules& rules) {
  auto plan = plan_of(rules.plan);
  for (auto& path : plan["include"]) path = SCENARIOS "/" + path.get<std::string>();
  plan.erase("$schema");
  auto& stage = stage_in(plan);
  const auto& json = rules.json;
  for (const auto& line : json.value("without", Json::array())) erase_line(stage["configuration"], line);
  if (json.contains("rules")) {
    auto text = stage["files"][0]["text"].get<std::string>();
    const std::string above = "user userclient\n";
    const auto at = text.find(above);
    if (at == std::string::npos) throw std::logic_error("the plan has no rules of userclient");
    stage["files"][0]["text"] = text.insert(at + above.size(), json["rules"].get<std::string>() + "\n");
  }
  if (json.contains("accounts")) {
    plan["materials"]["accounts"] = json["accounts"];
    auto names = Json::array({"userbroker"});
    for (const auto& [name, unused] : json["accounts"].items()) names.push_back(name);
    stage["files"].push_back({{"path", "${host.root}/mosquitto_passwd"},
                              {"accounts", names},
                              {"mode", "0600"},
                              {"owner", "${broker.user}"}});
  }
  if (json.contains("checks")) {
    const auto source = plan_of(json["checks_of"]);
    for (const auto& check : source["stages"][0]["checks"])
      if (std::ranges::find(json["checks"], check["id"]) != json["checks"].end()) stage["checks"].push_back(check);
  }
  if (json.contains("rights")) stage["files"][0]["access_rules"].merge_patch(json["rights"]);
  return plan;
}

enum class Delivery {
  mqtt_3_qos_0,
  mqtt_5_qos_1,
  mqtt_3_qos_2
};

std::vector<std::string> options_of(Delivery delivery) {
  if (delivery == Delivery::mqtt_3_qos_0) return {};
  const bool is_5 = delivery == Delivery::mqtt_5_qos_1;
  return {"--var", is_5 ? "mqtt=5.0" : "mqtt=3.1.1", "--var", is_5 ? "qos=1" : "qos=2"};
}

class AccessMatrix : public ::testing::TestWithParam<std::tuple<std::size_t, Delivery>> {};

TEST_P(AccessMatrix, is_as_written) {
  const auto& rules = all_rules().at(std::get<0>(GetParam()));
  const e2e::Folder folder;
  e2e::write(folder / "plan.json", with_weakness(rules).dump(2));
  std::vector<std::string> command = {e2e::harness(), "run", "plan.json", "--stage", "acl", "--out", "out", "-q"};
  for (const auto& option : options_of(std::get<1>(GetParam()))) command.push_back(option);
  const auto ended = e2e::Program(command, folder.path(), {{"XDG_RUNTIME_DIR", folder.path().string()}}).end();
  const auto results = e2e::read(folder / "out/results.json");
  ASSERT_FALSE(results.empty()) << ended.out << ended.err;
  std::map<std::string, std::string> verdicts;
  const auto report = Json::parse(results);
  for (const auto& stage : report["targets"][0]["stages"]) {
    if (stage["id"] != "acl") continue;
    for (const auto& check : stage["checks"]) verdicts[check["id"]] = check["verdict"];
  }
  ASSERT_GE(verdicts.size(), 15U) << ended.out;
  for (const auto& check : rules.json.value("breaks", Json::array()))
    EXPECT_EQ(verdicts[check.get<std::string>()], "fail") << check << '\n' << ended.out;
  std::string text;
  for (const auto& [check, verdict] : verdicts)
    if (verdict != "pass") text += verdict + " " + check + "\n";
  // All ways of delivery have one table.
  const auto golden = MUTANTS "/golden/access." + rules.plan + "." + rules.name + ".txt";
  if (std::getenv("MQTTS_UPDATE_GOLDEN") != nullptr) std::ofstream(golden) << text;
  EXPECT_EQ(text, e2e::read(golden)) << ended.out;
  if (rules.name == "hardened") {
    EXPECT_EQ(text, "");
  }
}

INSTANTIATE_TEST_SUITE_P(Rules, AccessMatrix,
                         ::testing::Combine(::testing::Range(std::size_t{0}, all_rules().size()),
                                            ::testing::Values(Delivery::mqtt_3_qos_0, Delivery::mqtt_5_qos_1,
                                                              Delivery::mqtt_3_qos_2)),
                         [](const auto& instance) {
                           const auto& rules = all_rules().at(std::get<0>(instance.param));
                           const auto delivery = std::get<1>(instance.param);
                           auto name = rules.name + (rules.plan == plans.back() ? "_dynsec" : "");
                           if (delivery == Delivery::mqtt_5_qos_1) name += "_mqtt5_qos1";
                           if (delivery == Delivery::mqtt_3_qos_2) name += "_qos2";
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace mqtts
