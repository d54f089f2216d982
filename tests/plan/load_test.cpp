#include "harness/plan/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/plan/schemas.h"
#include "tests/plan/good_plan.h"
#include "tests/support/schema_check.h"

namespace mqtts::plan {
namespace {

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

std::string faults_of_plan(const Loaded& loaded) {
  std::string all;
  for (const auto& problem : loaded.problems)
    all += problem.file + ":" + std::to_string(problem.line) + ":" + std::to_string(problem.column) + ": " +
           to_english(problem.message) + "\n";
  return all;
}

TEST(load, reads_a_good_plan_whole) {
  const auto loaded = parse_plan(good_plan, "dir/p.json");
  ASSERT_TRUE(loaded.plan) << faults_of_plan(loaded);
  EXPECT_TRUE(test::schema_allows(plan_schema(), good_plan));
  const auto& plan = *loaded.plan;
  EXPECT_EQ(plan.name, "small");
  EXPECT_EQ(plan.title, (LocalText{"Small", "Petit"}));
  EXPECT_EQ(plan.path, "dir/p.json");
  EXPECT_EQ(plan.materials.authorities.at("ca").days, 10);
  EXPECT_EQ(plan.materials.authorities.at("other").key, KeyType::ec_p256);
  EXPECT_EQ(plan.materials.certificates.at("stranger").key, KeyType::rsa_2048);
  EXPECT_EQ(plan.materials.certificates.at("stranger").key_of, "client");
  EXPECT_EQ(plan.materials.accounts.at("ann"), "${random}");
  EXPECT_EQ(plan.listeners.at("plain").port, "1883");
  EXPECT_FALSE(plan.listeners.at("plain").tls);
  EXPECT_EQ(plan.variables.at("topic"), "a/b");

  const auto& stage = plan.stages.at(1);
  EXPECT_EQ(stage.after, "first");
  EXPECT_EQ(stage.title, (LocalText{"second", ""}));
  EXPECT_EQ(stage.without, std::vector<std::string>{"allow_anonymous true"});
  EXPECT_EQ(stage.configuration, std::vector<std::string>{"cafile ${host.home}/ca.crt"});
  EXPECT_EQ(stage.files.at(0).content, FileContent::authority_certificate);
  EXPECT_EQ(stage.files.at(0).mode, 0640);
  EXPECT_EQ(stage.files.at(1).content, FileContent::private_key);
  EXPECT_EQ(stage.files.at(1).mode, 0600);
  EXPECT_EQ(stage.files.at(2).accounts, (std::vector<std::string>{"ann", "bob"}));
  EXPECT_EQ(stage.files.at(2).mode, 0600);
  EXPECT_EQ(stage.files.at(3).text, "one\ntwo");
  EXPECT_EQ(stage.files.at(3).mode, 0644);
}

TEST(load, reads_what_concerns_marks) {
  const auto plan = *parse_plan(good_plan, "p.json").plan;
  EXPECT_EQ(plan.grading.due, "2026-12-01T17:00:00Z");
  EXPECT_EQ(plan.grading.late.percent_per_day, 12.5);
  EXPECT_EQ(plan.grading.late.most_percent, 50);
  EXPECT_EQ(plan.grading.late.grace_minutes, 30);
  EXPECT_EQ(plan.grading.visibility, Visibility::after_due);
  EXPECT_EQ(plan.grading.detail, FailureDetail::actual);
  EXPECT_EQ(plan.stages.at(0).credit, Credit::partial);
  EXPECT_EQ(plan.stages.at(1).credit, Credit::all_or_nothing);
  const auto& open = plan.stages.at(0).checks.at(0);
  EXPECT_TRUE(!open.bonus && open.needs.empty() && !open.visibility && !open.detail);
  const auto& in = plan.stages.at(1).checks.at(0);
  EXPECT_TRUE(in.bonus);
  const auto& out = plan.stages.at(1).checks.at(1);
  EXPECT_EQ(out.needs, std::vector<std::string>{"in"});
  EXPECT_EQ(out.visibility, Visibility::hidden);
  EXPECT_EQ(out.detail, FailureDetail::none);
}

TEST(load, grades_as_usual_where_a_plan_says_nothing_of_it) {
  const auto loaded = parse_plan(R"({ "schema": "mqtts-harness/plan/v1", "name": "x", "grading": {},
    "listeners": { "l": { "port": 1 } },
    "stages": [{ "id": "s", "checks": [{ "id": "c", "client": { "listener": "l" }, "expect": "accepted" }] }] })",
                                 "p.json");
  ASSERT_TRUE(loaded.plan) << faults_of_plan(loaded);
  const auto& grading = loaded.plan->grading;
  EXPECT_EQ(grading.due, "");
  EXPECT_EQ(grading.late.percent_per_day, 0);
  EXPECT_EQ(grading.visibility, Visibility::visible);
  EXPECT_EQ(grading.detail, FailureDetail::full);
  EXPECT_EQ(loaded.plan->given.ca, "");
}

TEST(load, reads_listeners_of_websocket) {
  const auto loaded = parse_plan(R"({ "schema": "mqtts-harness/plan/v1", "name": "x",
    "listeners": { "ws": { "port": "${broker.websocket_port}", "websocket": true },
                   "wss": { "port": "${broker.secure_websocket_port}", "tls": true, "websocket": true, "path": "/ws" } },
    "stages": [{ "id": "s", "checks": [{ "id": "c", "client": { "listener": "ws" }, "expect": "accepted" }] }] })",
                                 "p.json");
  ASSERT_TRUE(loaded.plan) << faults_of_plan(loaded);
  const auto& plain = loaded.plan->listeners.at("ws");
  EXPECT_TRUE(plain.websocket && !plain.tls);
  EXPECT_EQ(plain.path, "${broker.websocket_path}");
  const auto& secure = loaded.plan->listeners.at("wss");
  EXPECT_TRUE(secure.websocket && secure.tls);
  EXPECT_EQ(secure.path, "/ws");
}

TEST(load, reads_where_an_identity_may_be_as_well) {
  std::string text(good_plan);
  const std::string one = R"({ "certificate": "host:${host.home}/client.crt", "key": "host:/c.key" })";
  text.replace(text.find(one), one.size(), "[" + one + R"(, { "certificate": "host:/2.crt", "key": "host:/2.key" }])");
  const auto loaded = parse_plan(text, "p.json");
  ASSERT_TRUE(loaded.plan);
  EXPECT_EQ(loaded.plan->given.identities.at("client").key_file, "host:/c.key");
  ASSERT_EQ(loaded.plan->given.alternatives.at("client").size(), 1U);
  EXPECT_EQ(loaded.plan->given.alternatives.at("client")[0].key_file, "host:/2.key");
  EXPECT_TRUE(parse_plan(good_plan, "p.json").plan->given.alternatives.empty());
}

TEST(load, reads_where_the_lab_puts_its_material) {
  const auto given = parse_plan(good_plan, "p.json").plan->given;
  EXPECT_EQ(given.ca, "host:${host.home}/ca.crt");
  EXPECT_EQ(given.ca_key, "host:/root/ca.key");
  EXPECT_EQ(given.identities.at("client").certificate_file, "host:${host.home}/client.crt");
  EXPECT_EQ(given.identities.at("client").key_file, "host:/c.key");
  EXPECT_EQ(given.accounts.at("ann").password_file, "host:${host.root}/ann");
  EXPECT_EQ(given.accounts.at("bob").password_env, "BOB");
}

TEST(load, takes_needs_of_other_stages) {
  const auto text =
      replaced(std::string(good_plan), R"("proven_by": ["out"])", R"("proven_by": ["out"], "needs": ["open"])");
  const auto loaded = parse_plan(text, "p.json");
  ASSERT_TRUE(loaded.plan) << faults_of_plan(loaded);
  EXPECT_EQ(loaded.plan->stages.at(1).checks.at(0).needs, std::vector<std::string>{"open"});
}

TEST(load, tells_every_circle_of_needs_once) {
  auto text = replaced(std::string(good_plan), R"("needs": ["in"])", R"("needs": ["in", "cleartext"])");
  text = replaced(text, R"("proven_by": ["out"])", R"("proven_by": ["out"], "needs": ["open", "out"])");
  text = replaced(text, R"("id": "cleartext",)", R"("id": "cleartext", "needs": ["in", "out"],)");
  std::string all;
  for (const auto& problem : parse_plan(text, "p.json").problems) all += to_english(problem.message) + "\n";
  EXPECT_EQ(all,
            "checks need one another in a circle: in → out → in\n"
            "checks need one another in a circle: cleartext → in → out → cleartext\n");
}

TEST(load, resolves_a_negative_check_to_a_full_client) {
  const auto plan = *parse_plan(good_plan, "p.json").plan;
  const auto& in = plan.stages.at(1).checks.at(0);
  const auto& out = plan.stages.at(1).checks.at(1);
  EXPECT_FALSE(in.is_negative());
  EXPECT_EQ(
      in.client,
      (ClientSpec{
          .listener = "tls", .trust = "ca", .certificate = "client", .account = "ann", .mqtt = MqttVersion::v5_0}));
  EXPECT_EQ(in.points, 2.5);
  EXPECT_EQ(in.proven_by, std::vector<std::string>{"out"});
  EXPECT_TRUE(out.is_negative());
  EXPECT_EQ(out.changed, "certificate");
  EXPECT_EQ(out.points, 1);
  EXPECT_EQ(out.probe, in.probe);
  auto without_certificate = in.client;
  without_certificate.certificate.reset();
  EXPECT_EQ(out.client, without_certificate);
  EXPECT_EQ(out.expected, (std::vector<Expected>{{Outcome::refused, By::tls_peer, {"unknown_ca"}},
                                                 {Outcome::timeout, By::network, {}}}));
}

TEST(load, drops_what_means_nothing_without_tls) {
  const auto plan = *parse_plan(good_plan, "p.json").plan;
  const auto& cleartext = plan.stages.at(1).checks.at(2);
  EXPECT_EQ(cleartext.client, (ClientSpec{.listener = "plain", .account = "ann", .mqtt = MqttVersion::v5_0}));
  EXPECT_EQ(cleartext.probe.roles.at("reader").certificate, std::nullopt);
  EXPECT_EQ(cleartext.probe.roles.at("reader").account, "bob");
}

TEST(load, puts_overrides_in_place_of_the_plans_own_variables) {
  const auto loaded = parse_plan(good_plan, "p.json", {{"topic", "other"}});
  ASSERT_TRUE(loaded.plan) << faults_of_plan(loaded);
  EXPECT_EQ(loaded.plan->stages.at(1).checks.at(0).probe.parameter("topic"), "other");
}

TEST(load, refuses_to_set_a_variable_that_the_plan_has_not) {
  EXPECT_EQ(faults_of_plan(parse_plan(good_plan, "p.json", {{"topci", "x"}})),
            "p.json:0:0: the plan has no variable \"topci\" to set; did you mean \"topic\"?\n");
}

TEST(load, checks_an_override_as_it_checks_the_file) {
  EXPECT_EQ(faults_of_plan(parse_plan(good_plan, "p.json", {{"topic", "a\nb"}})),
            "p.json:0:0: the value given to variable \"topic\" must be one line without control characters\n");
  EXPECT_EQ(faults_of_plan(parse_plan(good_plan, "p.json", {{"topic", "${ca_file}"}})),
            "p.json:0:0: the value given to variable \"topic\" must not hold another one, \"ca_file\"\n");
}

TEST(load, tells_every_problem_at_once_in_order) {
  auto text = replaced(std::string(good_plan), R"("id": "open")", R"("id": "o p")");
  text = replaced(text, R"("days": 10)", R"("day": 10)");
  text = replaced(text, R"("trust": "ca")", R"("trust": "cb")");
  EXPECT_EQ(
      faults_of_plan(parse_plan(text, "p.json")),
      "p.json:7:51: unknown key \"day\"; did you mean \"days\"?\n"
      "p.json:32:17: \"o p\" is no name: a name is made of letters, digits, \".\", \"_\" and \"-\", begins with a "
      "letter or digit, and has 64 characters at most\n"
      "p.json:48:51: there is no authority \"cb\"; known: ca, other\n");
}

TEST(load, takes_a_comment_in_every_object) {
  const auto text = test::with_comments(good_plan);
  EXPECT_EQ(faults_of_plan(parse_plan(text, "p.json")), "");
  EXPECT_EQ(test::schema_says(plan_schema(), text), "");
}

TEST(load, wants_at_least_one_stage) {
  const std::string_view text = R"({"schema": "mqtts-harness/plan/v1", "name": "x", "stages": []})";
  EXPECT_EQ(faults_of_plan(parse_plan(text, "p.json")), "p.json:1:60: a plan needs at least one stage\n");
  EXPECT_FALSE(test::schema_allows(plan_schema(), text));
}

TEST(load, wants_an_object) {
  EXPECT_EQ(faults_of_plan(parse_plan("[]", "p.json")), "p.json:1:1: \"plan\" must be an object\n");
}

TEST(load, reads_nothing_more_of_another_version) {
  EXPECT_EQ(faults_of_plan(parse_plan(R"({"schema": "mqtts-harness/plan/v9", "new": 1})", "p.json")),
            "p.json:1:12: this file is of schema \"mqtts-harness/plan/v9\"; \"mqtts-harness/plan/v1\" is what is read "
            "here\n");
}

TEST(load, tells_why_a_file_cannot_be_read) {
  EXPECT_EQ(faults_of_plan(load_plan("/no/such/plan.json")),
            "/no/such/plan.json:0:0: cannot read /no/such/plan.json: No such file or directory\n");
  EXPECT_EQ(faults_of_plan(load_plan("/")), "/:0:0: cannot read /: Is a directory\n");
  EXPECT_THAT(faults_of_plan(load_plan("/dev/zero")), testing::HasSubstr("larger than 1048576 bytes"));
}

}  // namespace
}  // namespace mqtts::plan
