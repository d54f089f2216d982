// Every check against every broker that is weak in one point (fixtures/mutants), compared with a golden table.
// MQTTS_UPDATE_GOLDEN=1 writes the table instead, and docs/mutants.md.
#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/catalogue/catalogue.h"
#include "tests/e2e/program.h"

namespace mqtts {
namespace {

using Json = nlohmann::json;
using ::testing::IsEmpty;
using Verdicts = std::map<std::string, std::string>;  // by check

// What depends on the machine, or takes long: tested by itself.
const std::set<std::string> elsewhere = {
    "broker-not-root",             // root's private broker runs as root
    "configuration-lint",          // the same; tests/brokers has each rule
    "broker-version-known-flaws",  // of this machine's package
    "user-enumeration-by-time",    // cannot be judged while the machine is busy; not even asked
    "keep-alive-enforced",         // waits
    "slow-connect-dropped",        // waits
};

// Checks that no setting of Mosquitto weakens in that point, or that the strict plan leaves out, and the tests that
// show them to fail on a server that is weak there.
const std::map<std::string, std::string> shown_to_fail_by = {
    {"websocket-listener-protected", "checks/websocket_check_local_test.cpp"},
    {"websocket-origin-checked", "probes/websocket_local_test.cpp"},
    {"tls-renegotiation-refused", "probes/tls_renegotiation_local_test.cpp"},
    {"tls-server-preference", "probes/tls_preference_local_test.cpp"},
    {"password-after-nul-ignored", "audit/posture_local_test.cpp"},
    {"user-enumeration-by-time", "probes/timing_local_test.cpp"},
    {"password-guessing-slowed", "probes/guessing_local_test.cpp"},
    {"keep-alive-enforced", "probes/keep_alive_probe_local_test.cpp"},
    {"malformed-packets-survived", "probes/malformed_packets_probe_local_test.cpp"},
    {"disallowed-code-points-refused", "probes/code_points_probe_local_test.cpp"},
    {"slow-connect-dropped", "probes/slow_connect_probe_local_test.cpp"},
    {"publish-flood-throttled", "probes/publish_flood_probe_local_test.cpp"},
    {"password-hash-strong", "remote/security_facts_test.cpp"},
    {"dynsec-file-protected", "remote/security_facts_test.cpp"},
    {"broker-not-root", "remote/security_facts_test.cpp"},
    {"configuration-lint", "brokers/mosquitto_lint_test.cpp"},
    {"broker-version-known-flaws", "brokers/known_flaws_test.cpp"},
    {"firewall-closed", "remote/security_facts_test.cpp"},
    {"log-holds-no-secrets", "remote/security_facts_test.cpp"},
    {"unneeded-ports-closed", "remote/security_facts_test.cpp"},
    {"open-listener-accepts", "checks/mistakes.h"},
    {"tls-accepted", "checks/mistakes.h"},
    {"untrusted-server-ca-detected", "checks/mistakes.h"},
    {"private-key-protected", "remote/security_test.cpp"},
    {"payload-hidden-on-wire", "probes/traffic_probe_local_test.cpp"},
    {"password-hidden-on-wire", "probes/traffic_probe_local_test.cpp"},
    {"password-file-protected", "remote/security_test.cpp"},
};

std::string read_whole(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool updates() { return std::getenv("MQTTS_UPDATE_GOLDEN") != nullptr; }

struct Mutant {
  std::string name;
  std::vector<std::string> breaks;
  Json json;
};

std::vector<Mutant> read_mutants() {
  std::vector<Mutant> all{{"hardened", {}, Json::object()}};
  const auto file = Json::parse(read_whole(MUTANTS "/mutants.json"));
  for (const auto& json : file["mutants"]) all.push_back({json["name"], json["breaks"], json});
  return all;
}

const std::vector<Mutant>& mutants() {
  static const auto all = read_mutants();
  return all;
}

std::vector<std::string> names_of_mutants() {
  std::vector<std::string> names;
  for (const auto& mutant : mutants()) names.push_back(mutant.name);
  return names;
}

Json& stage_of(Json& plan, const std::string& id) {
  for (auto& stage : plan["stages"])
    if (stage["id"] == id) return stage;
  throw std::logic_error("no stage " + id);
}

// The strict plan, weakened.
Json weakened(const Json& mutant) {
  auto plan = Json::parse(read_whole(SCENARIOS "/mqtts-strict.json"));
  plan["include"] = Json::array({SCENARIOS "/audit.json"});
  plan.erase("$schema");
  stage_of(plan, "password")["leave_out"].push_back("user-enumeration-by-time");
  auto& lines = stage_of(plan, "transport")["configuration"];
  for (const auto& line : mutant.value("without", Json::array())) {
    const auto found = std::find(lines.begin(), lines.end(), line);
    if (found == lines.end()) throw std::logic_error("the hardened broker has no line " + line.dump());
    lines.erase(found);
  }
  for (const auto& line : mutant.value("with", Json::array())) lines.push_back(line);
  const auto first = mutant.value("first", Json::array());
  lines.insert(lines.begin(), first.begin(), first.end());
  const auto patch = mutant.value("plan", Json::object());
  if (patch.contains("materials")) plan["materials"].merge_patch(patch["materials"]);
  for (const auto& stage : patch.value("stages", Json::array())) stage_of(plan, stage["id"]).update(stage);
  return plan;
}

Verdicts verdicts_of(const Json& results) {
  Verdicts verdicts;
  for (const auto& stage : results["targets"][0]["stages"])
    for (const auto& check : stage["checks"])
      if (!elsewhere.contains(check["id"])) verdicts[check["id"]] = check["verdict"];
  return verdicts;
}

std::string golden_path(const std::string& name) { return MUTANTS "/golden/" + name + ".txt"; }

// A line for each check that does not pass.
std::string golden_text(const Verdicts& verdicts) {
  std::string text;
  for (const auto& [check, verdict] : verdicts)
    if (verdict != "pass") text += verdict + " " + check + "\n";
  return text;
}

// By what protocol all of it is asked.
enum class Variant {
  as_planned,  // MQTT 3.1.1, TLS 1.2 or 1.3
  mqtt_5,
  tls_1_3,  // alone
};
// Six runs at once, on a machine that is busy besides; CTest ends a test after 120 s.
constexpr auto time_to_run = std::chrono::seconds(110);
constexpr std::array variants = {Variant::as_planned, Variant::mqtt_5, Variant::tls_1_3};

std::string suffix_of(Variant variant) {
  return variant == Variant::mqtt_5 ? ".mqtt5" : variant == Variant::tls_1_3 ? ".tls13" : "";
}

Json varied(Json plan, Variant variant) {
  if (variant == Variant::mqtt_5) plan["variables"]["mqtt"] = "5.0";
  if (variant == Variant::tls_1_3)
    for (auto& line : stage_of(plan, "transport")["configuration"])
      if (line == "tls_version tlsv1.2") line = "tls_version tlsv1.3";
  return plan;
}

// One run of the program, against one broker.
class OneRun {
 public:
  OneRun(const Mutant& mutant, Variant variant) : mutant_(mutant), variant_(variant) {
    e2e::write(folder_ / "plan.json", varied(weakened(mutant.json), variant).dump(2));
    // A broker that is starved for 5 s is not silent. The generated checks of rights have a matrix of their own.
    program_.emplace(std::vector<std::string>{e2e::harness(), "run", "plan.json", "--skip-tag", "slow", "--skip-tag",
                                              "acl", "--timeout", "15", "--out", "out", "-q"},
                     folder_.path(), e2e::Environment{{"XDG_RUNTIME_DIR", folder_.path().string()}});
  }

  void compare() {
    const auto ended = program_->end(time_to_run);
    const auto results = e2e::read(folder_ / "out/results.json");
    ASSERT_FALSE(results.empty()) << ended.out << ended.err;
    const auto verdicts = verdicts_of(Json::parse(results));
    ASSERT_GT(verdicts.size(), 40U) << ended.out;
    const auto& breaks = variant_ == Variant::tls_1_3 ? std::vector<std::string>() : mutant_.breaks;
    for (const auto& check : breaks) {
      ASSERT_TRUE(verdicts.contains(check)) << check;
      EXPECT_EQ(verdicts.at(check), "fail") << check << '\n' << ended.out;
    }
    const auto text = golden_text(verdicts);
    const auto golden = golden_path(mutant_.name + suffix_of(variant_));
    if (updates()) std::ofstream(golden) << text;
    EXPECT_EQ(text, read_whole(golden)) << ended.out;
  }

 private:
  const Mutant& mutant_;
  const Variant variant_;
  const e2e::Folder folder_;
  std::optional<e2e::Program> program_;
};

class MutationMatrix : public ::testing::TestWithParam<std::string> {};

// All variants at once: a run waits most of its time.
TEST_P(MutationMatrix, is_as_written) {
  const auto& mutant = *std::ranges::find(mutants(), GetParam(), &Mutant::name);
  std::list<OneRun> runs;
  for (const auto variant : variants) runs.emplace_back(mutant, variant);
  auto variant = variants.begin();
  for (auto& run : runs) {
    SCOPED_TRACE(mutant.name + suffix_of(*variant++));
    run.compare();
  }
}

INSTANTIATE_TEST_SUITE_P(Brokers, MutationMatrix, ::testing::ValuesIn(names_of_mutants()), [](const auto& instance) {
  auto name = instance.param;
  std::ranges::replace_if(
      name, [](unsigned char c) { return !std::isalnum(c); }, '_');
  return name;
});

// The table, a row for each check that any of them does not pass.
std::string matrix_page() {
  std::map<std::string, std::map<std::string, std::string>> rows;
  for (const auto& mutant : mutants()) {
    std::istringstream lines(read_whole(golden_path(mutant.name)));
    for (std::string verdict, check; lines >> verdict >> check;) rows[check][mutant.name] = verdict;
  }
  std::string page =
      "# Mutants\n\nEach check is shown to fail on a broker that is weak in just its point. These brokers are the one "
      "of "
      "[mqtts-strict](../scenarios/mqtts-strict.json), which passes all of these, with one change each; "
      "[fixtures/mutants](../fixtures/mutants/mutants.json) has them as data. `F`: the check fails, `E`: it cannot be "
      "judged (mostly since no client gets as far), `-`: skipped, a dot: it passes. This page is written by "
      "`MQTTS_UPDATE_GOLDEN=1 mutants_test`.\n\n";
  int number = 0;
  for (const auto& mutant : mutants())
    if (mutant.name != "hardened")
      page += std::to_string(++number) + ". `" + mutant.name + "`: " + mutant.json["why"].get<std::string>() + "\n";
  page += "\n| check |";
  for (int i = 1; i <= number; ++i) page += " " + std::to_string(i) + " |";
  page += "\n| --- |";
  for (int i = 1; i <= number; ++i) page += " --- |";
  page += "\n";
  const std::map<std::string, std::string> signs = {{"fail", "F"}, {"error", "E"}, {"skip", "-"}};
  for (const auto& [check, verdicts] : rows) {
    page += "| `" + check + "` |";
    for (const auto& mutant : mutants())
      if (mutant.name != "hardened")
        page += " " + (verdicts.contains(mutant.name) ? signs.at(verdicts.at(mutant.name)) : "·") + " |";
    page += "\n";
  }
  page +=
      "\nNo setting of Mosquitto weakens the others in one point; these tests show them to fail on servers of their "
      "own:\n\n";
  for (const auto& [check, test] : shown_to_fail_by)
    page += "- `" + check + "`: [tests/" + test + "](../tests/" + test + ")\n";
  return page;
}

TEST(MutantsPage, is_in_the_documents) {
  const std::string path = MQTTS_DOCS "/mutants.md";
  if (updates()) std::ofstream(path) << matrix_page();
  EXPECT_EQ(read_whole(path), matrix_page()) << "MQTTS_UPDATE_GOLDEN=1 rewrites it";
}

TEST(Hardened, passes_every_check) { EXPECT_THAT(read_whole(golden_path("hardened")), IsEmpty()); }

TEST(EveryCheck, is_shown_to_fail_somewhere) {
  std::set<std::string> broken;
  for (const auto& mutant : mutants()) broken.insert(mutant.breaks.begin(), mutant.breaks.end());
  const auto access = Json::parse(read_whole(MUTANTS "/access.json"));
  for (const auto& mutant : access["mutants"])
    for (const auto& check : mutant["breaks"]) broken.insert(check.get<std::string>());
  for (const auto& entry : catalogue::entries())
    EXPECT_TRUE(broken.contains(entry.id) || shown_to_fail_by.contains(entry.id)) << entry.id;
  for (const auto& [check, test] : shown_to_fail_by) {
    EXPECT_NE(catalogue::find(check), nullptr) << check;
    EXPECT_FALSE(read_whole(TESTS "/" + test).empty()) << test;
  }
}

}  // namespace
}  // namespace mqtts
