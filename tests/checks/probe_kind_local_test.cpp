// A kind of probe of this file's own: a function and a row, and plans can state checks of it. Its facts, its needs and
// its parameters are read, run and judged by what knows nothing of it.
#include <gtest/gtest.h>

#include "tests/checks/observed_lab.h"

namespace mqtts::checks {
namespace {

// Sees what its parameters say: a stand-in for a probe that measures something.
Result<Observation> probe_scale(const Attempt& attempt, const Deadline&) {
  Observation seen{.outcome = Outcome::accepted, .by = By::broker};
  const auto weight = attempt.parameters.find("weight");
  if (weight != attempt.parameters.end()) seen.facts["scale.weight"] = std::stod(weight->second);
  seen.facts["scale.name"] = attempt.client.user_name.value_or("nobody");
  return seen;
}

std::vector<ProbeKind> kinds_with(Needs needs) {
  std::vector<ProbeKind> all(probes::kinds().begin(), probes::kinds().end());
  all.push_back({.name = "scale",
                 .parameters = {{"weight", ProbeParameter::Type::number}},
                 .facts = {{"scale.weight", FactType::number}, {"scale.name", FactType::text}},
                 .needs = needs,
                 .run = probe_scale});
  return all;
}

plan::Loaded load(const std::string& checks, const std::vector<ProbeKind>& kinds) {
  const auto text = R"({ "schema": "mqtts-harness/plan/v1", "name": "scales",
                         "materials": { "accounts": { "ann": "x" } },
                         "listeners": { "plain": { "port": "1883" } },
                         "stages": [{ "id": "s", "checks": [)" +
                    checks + "] }] }";
  return plan::parse_plan(text, "p.json", {}, kinds);
}

TargetResult run(const std::string& checks, Needs needs = {},
                 engine::Permission permission = engine::Permission::gentle) {
  const auto kinds = kinds_with(needs);
  const auto loaded = load(checks, kinds);
  for (const auto& problem : loaded.problems) ADD_FAILURE() << to_english(problem.message);
  probes::WireProber prober(kinds);
  test::LabMaterial material;
  NamedMaterial materials(material);
  Silence silence;
  engine::Environment environment{
      .endpoint = {"127.0.0.1", "127.0.0.1"}, .materials = materials, .prober = prober, .progress = silence};
  return engine::run_target(loaded.plan.value(), "t", environment,
                            {.mode = engine::Mode::observe, .permission = permission},
                            Deadline::in(std::chrono::seconds(10)))
      .value();
}

std::string check(const std::string& probe, const std::string& facts, const std::string& id = "c") {
  return R"({ "id": ")" + id + R"(", "client": { "listener": "plain", "account": "ann" }, "probe": { "kind": "scale")" +
         probe + R"( }, "expect": { "accepted": "broker", "facts": )" + facts + " } }";
}

struct FactRow {
  const char* what;
  const char* probe;
  const char* facts;
  Verdict verdict;
};

const FactRow fact_rows[] = {
    {"a fact that is as demanded", R"(, "weight": "5")", R"({ "scale.weight": 5 })", Verdict::pass},
    {"a fact within its limit", R"(, "weight": "5")", R"({ "scale.weight": { "at_least": 5 } })", Verdict::pass},
    {"a fact beyond its limit", R"(, "weight": "5")", R"({ "scale.weight": { "at_most": 4 } })", Verdict::fail},
    {"one of a list", "", R"({ "scale.name": { "one_of": ["ann", "userclient", "t"] } })", Verdict::pass},
    {"none of a list", "", R"({ "scale.name": { "one_of": ["bob"] } })", Verdict::fail},
    {"a part of a text", "", R"({ "scale.name": { "contains": "n" } })", Verdict::pass},
    {"a fact that was not seen", "", R"({ "scale.weight": { "at_least": 5 } })", Verdict::error},
    {"a known fact that contradicts beside one that was not seen", "",
     R"({ "scale.weight": { "at_least": 5 }, "scale.name": "bob" })", Verdict::fail},
    {"a fact of every connection", "", R"({ "outcome": "accepted" })", Verdict::pass},
};

TEST(ProbeKind, of_a_test_is_judged_by_its_facts) {
  for (const auto& row : fact_rows) {
    const auto target = run(check(row.probe, row.facts));
    EXPECT_EQ(verdicts_of(target).at("c"), row.verdict) << row.what << "\n" << story_of(target);
  }
}

TEST(ProbeKind, compares_its_fact_with_another_checks) {
  const auto one = check(R"(, "weight": "5")", R"({ "scale.weight": 5 })", "one");
  const auto same = R"({ "scale.weight": { "equals": { "check": "one", "fact": "scale.weight" } } })";
  EXPECT_EQ(verdicts_of(run(one + "," + check(R"(, "weight": "5")", same))).at("c"), Verdict::pass);
  EXPECT_EQ(verdicts_of(run(one + "," + check(R"(, "weight": "6")", same))).at("c"), Verdict::fail);
  EXPECT_EQ(verdicts_of(run(one + "," + check("", same))).at("c"), Verdict::error);
}

TEST(ProbeKind, is_skipped_where_what_it_needs_is_missing) {
  const auto any = check("", R"({ "outcome": "accepted" })");
  for (const Needs needs : {Needs{.ssh = true}, Needs{.recorder = true}, Needs{.intrusion = true}}) {
    const auto target = run(any, needs);
    EXPECT_EQ(verdicts_of(target).at("c"), Verdict::skip) << story_of(target);
    EXPECT_FALSE(target.stages.at(0).checks.at(0).message.empty());
  }
  EXPECT_EQ(verdicts_of(run(any, {.intrusion = true}, engine::Permission::intrusive)).at("c"), Verdict::pass);
}

TEST(ProbeKind, of_another_program_is_told_where_it_stands) {
  const auto loaded = load(check("", R"({ "outcome": "accepted" })"), {probes::kinds().begin(), probes::kinds().end()});
  ASSERT_EQ(loaded.problems.size(), 1U);
  EXPECT_TRUE(to_english(loaded.problems[0].message)
                  .starts_with("there is no kind of probe \"scale\"; known: connect, deliver, "));
}

}  // namespace
}  // namespace mqtts::checks
