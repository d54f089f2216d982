// What a plan states of a listener of MQTT over WebSocket, and of passwords, against Mosquitto: protected, and weak in
// one point.
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/checks/observed_lab.h"
#include "tests/support/hostile_broker.h"
#include "tests/support/private_mosquitto.h"
#include "tests/support/websocket_server.h"

namespace mqtts::checks {
namespace {

constexpr std::string_view plan_text = R"({
  "schema": "mqtts-harness/plan/v1", "name": "websocket",
  "materials": { "authorities": { "lab-ca": { "subject": "/CN=CA" } }, "accounts": { "userclient": "x" } },
  "listeners": { "wss": { "port": "${broker.secure_websocket_port}", "tls": true, "websocket": true },
                 "ws": { "port": "${broker.websocket_port}", "websocket": true } },
  "stages": [{ "id": "password", "checks": [
    { "id": "valid-password-accepted", "client": { "listener": "wss", "trust": "lab-ca", "account": "userclient" },
      "probe": { "kind": "deliver", "topic": "a/b" }, "expect": "accepted" },
    { "id": "websocket-listener-protected", "control": "valid-password-accepted", "change": { "account": null },
      "expect": { "refused": "mqtt", "reason": ["not_authorized", "bad_user_name_or_password"] } },
    { "id": "websocket-in-clear", "client": { "listener": "ws", "account": "userclient" }, "expect": "accepted" },
    { "id": "websocket-origin-checked", "client": { "listener": "wss", "trust": "lab-ca", "account": "userclient" },
      "probe": { "kind": "websocket_origin" },
      "expect": { "accepted": "broker", "facts": { "websocket.foreign_origin_accepted": false } } },
    { "id": "default-credentials-rejected", "client": { "listener": "wss", "trust": "lab-ca", "account": "userclient" },
      "probe": { "kind": "logins" }, "expect": { "accepted": "broker", "facts": { "logins.tried": 3 } } },
    { "id": "password-guessing-slowed", "client": { "listener": "wss", "trust": "lab-ca", "account": "userclient" },
      "probe": { "kind": "login_guessing", "guesses": "8" },
      "expect": { "accepted": "broker", "facts": { "guessing.slowed": true } } }
  ] }]
})";

Verdicts verdicts_with(const std::vector<std::string>& global_lines) {
  test::LabMaterial material;
  const auto passwords = test::write_password_file(material.folder(), {{"userclient", Users::client_password}});
  const auto port = test::closed_port();
  auto lines =
      test::websocket_listener(port, {"cafile " + material.ca.file, "certfile " + material.server.certificate.file,
                                      "keyfile " + material.server.key.file, "password_file " + passwords});
  lines.insert(lines.end(), global_lines.begin(), global_lines.end());
  const test::PrivateMosquitto broker(lines);
  const auto loaded = plan::parse_plan(plan_text, "websocket.json", {}, probes::kinds());
  for (const auto& problem : loaded.problems) ADD_FAILURE() << to_english(problem.message);
  Target target{.name = "t", .mqtt = {.host = "127.0.0.1"}};
  target.mqtt.secure_websocket_port = port;
  const auto plan = plan::expand(loaded.plan.value(), plan::target_variables(target), [] { return "random"; });
  NamedMaterial materials(material);
  probes::WireProber prober;
  Silence silence;
  engine::Environment environment{
      .endpoint = {"127.0.0.1", "127.0.0.1"}, .materials = materials, .prober = prober, .progress = silence};
  const auto result = engine::run_target(plan, "t", environment,
                                         {.mode = engine::Mode::observe,
                                          .permission = engine::Permission::intrusive,
                                          .probe_timeout = std::chrono::seconds(5)},
                                         Deadline::in(std::chrono::seconds(100)));
  EXPECT_TRUE(result);
  return verdicts_of(result.value());
}

// Mosquitto 2.0 looks at no origin, and slows nobody down.
TEST(WebSocketChecks, tell_a_protected_listener) {
  EXPECT_EQ(verdicts_with({"allow_anonymous false"}), (Verdicts{{"valid-password-accepted", Verdict::pass},
                                                                {"websocket-listener-protected", Verdict::pass},
                                                                {"websocket-in-clear", Verdict::skip},
                                                                {"websocket-origin-checked", Verdict::fail},
                                                                {"default-credentials-rejected", Verdict::pass},
                                                                {"password-guessing-slowed", Verdict::fail}}));
}

TEST(WebSocketChecks, tell_a_listener_that_lets_anybody_in) {
  EXPECT_EQ(verdicts_with({"allow_anonymous true"}).at("websocket-listener-protected"), Verdict::fail);
}

}  // namespace
}  // namespace mqtts::checks
