// Negative checks that act: what a plan states of a denied publication, subscription, will or retained message, against
// a real Mosquitto with an access control list, and against one that lacks just the rule in question.
#include <atomic>
#include <fstream>

#include <gmock/gmock.h>

#include "tests/checks/observed_lab.h"
#include "tests/support/hostile_broker.h"
#include "tests/support/private_mosquitto.h"
#include "tests/support/two_faced_broker.h"
#include "tests/support/words.h"

namespace mqtts::checks {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view plan_with = R"({
  "schema": "mqtts-harness/plan/v1", "name": "acl",
  "materials": { "accounts": { "userclient": "x", "userbroker": "x" } },
  "listeners": { "plain": { "port": "${broker.plain_port}" } },
  "stages": [{ "id": "acl", "checks": [
    { "id": "allowed", "client": { "listener": "plain", "account": "userclient" },
      "probe": { "kind": "deliver", "topic": "open/a", "filter": "#", "sentinel": "open/s", PARAMETERS
                 "reader": { "account": "userbroker" } },
      "expect": { "accepted": "broker", "facts": { "delivery.received": true } } },
    { "id": "denied", "control": "allowed", "change": CHANGE,
      "expect": { "denied": "broker", "facts": { "delivery.sentinel": true } } }
  ] }]
})";

struct ListRow {
  const char* what;
  const char* parameters;  // of the control's probe
  const char* change;
  const char* denying;   // lines of the list
  const char* allowing;  // the same without the rule in question
};

constexpr const char* both = "user userclient\ntopic readwrite open/#\nuser userbroker\ntopic read #\n";
constexpr const char* all = "user userclient\ntopic readwrite #\nuser userbroker\ntopic read #\n";
constexpr const char* blind = "user userclient\ntopic readwrite #\nuser userbroker\ntopic read open/#\n";

const ListRow list_rows[] = {
    {"publish", "", R"({ "topic": "secret/a" })", both, all},
    {"read", "", R"({ "topic": "secret/a" })", blind, all},
    {"will", R"("will": "true",)", R"({ "topic": "secret/a" })", both, all},
    {"retained", R"("retain": "true",)", R"({ "topic": "secret/a" })", both, all},
    {"qos_1", R"("qos": "1",)", R"({ "topic": "secret/a" })", both, all},
};

class ActingCheck : public ::testing::TestWithParam<ListRow> {
 protected:
  std::vector<std::string> with_list(const std::string& name, const std::string& list) {
    const auto passwords = test::write_password_file(
        folder_, {{"userclient", Users::client_password}, {"userbroker", Users::broker_password}});
    std::ofstream(folder_ / name) << list;
    return {"allow_anonymous false", "password_file " + passwords, "acl_file " + folder_ / name};
  }

  TargetResult look(const std::string& list) {
    const test::PrivateMosquitto broker(with_list("acl", list));
    return look_at(broker.port());
  }

  TargetResult look_at(std::uint16_t port) {
    std::string text(plan_with);
    text.replace(text.find("PARAMETERS"), 10, GetParam().parameters);
    text.replace(text.find("CHANGE"), 6, GetParam().change);
    const auto loaded = plan::parse_plan(text, "acl.json", {}, probes::kinds());
    for (const auto& problem : loaded.problems) ADD_FAILURE() << to_english(problem.message);
    const Target target{.name = "t", .mqtt = {"127.0.0.1", port, port}};
    const auto plan = plan::expand(loaded.plan.value(), plan::target_variables(target), [] { return "random"; });
    test::LabMaterial material;
    NamedMaterial materials(material);
    probes::WireProber prober;
    Silence silence;
    engine::Environment environment{
        .endpoint = {"127.0.0.1", "127.0.0.1"}, .materials = materials, .prober = prober, .progress = silence};
    return engine::run_target(plan, "t", environment,
                              {.mode = engine::Mode::observe, .probe_timeout = std::chrono::seconds(2)},
                              Deadline::in(std::chrono::seconds(50)))
        .value();
  }

  test::TemporaryFolder folder_;
};

TEST_P(ActingCheck, passes_where_the_list_denies_it) {
  const auto target = look(GetParam().denying);
  EXPECT_EQ(verdicts_of(target), (Verdicts{{"allowed", Verdict::pass}, {"denied", Verdict::pass}})) << story_of(target);
}

TEST_P(ActingCheck, fails_where_the_list_lacks_just_that_rule) {
  const auto target = look(GetParam().allowing);
  EXPECT_EQ(verdicts_of(target), (Verdicts{{"allowed", Verdict::pass}, {"denied", Verdict::fail}})) << story_of(target);
}

// The brokers take turns, and a try makes an even number of connections.
TEST_P(ActingCheck, fails_where_one_of_two_brokers_behind_a_balancer_lacks_that_rule) {
  const test::PrivateMosquitto strict(with_list("acl", GetParam().denying));
  const test::PrivateMosquitto weak(with_list("weak-acl", GetParam().allowing));
  for (const int first : {0, 1}) {
    std::atomic<int> turn = first;
    const test::HostileBroker balancer([&](test::Peer& peer) {
      test::connect_through(peer, turn++ % 2 == 0 ? strict.port() : weak.port());
    });
    const auto target = look_at(balancer.port());
    EXPECT_NE(verdicts_of(target).at("denied"), Verdict::pass) << story_of(target);
  }
}

// The sentinel's topic is closed, too: then nothing shows that the path was open.
TEST_P(ActingCheck, is_an_error_where_the_control_is_denied_too) {
  const auto target = look("user userclient\ntopic readwrite other\nuser userbroker\ntopic read #\n");
  EXPECT_EQ(verdicts_of(target).at("denied"), Verdict::error) << story_of(target);
  EXPECT_NE(verdicts_of(target).at("allowed"), Verdict::pass) << story_of(target);
}

INSTANTIATE_TEST_SUITE_P(Lists, ActingCheck, ::testing::ValuesIn(list_rows),
                         [](const auto& row) { return row.param.what; });

}  // namespace
}  // namespace mqtts::checks
