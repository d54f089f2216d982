// The lab's plan as the loader makes it, without its files and texts.
#pragma once

#include "harness/model/plan.h"

namespace mqtts::engine {

inline Expected let_in() { return {Outcome::accepted, By::broker, {}}; }
inline Expected refused_by(By by, std::vector<std::string> reasons = {}) {
  return {Outcome::refused, by, std::move(reasons)};
}

inline CheckSpec positive(std::string id, ClientSpec client, ProbeSpec probe, std::vector<std::string> proven_by = {}) {
  return {.id = std::move(id),
          .points = 1,
          .client = std::move(client),
          .probe = std::move(probe),
          .proven_by = std::move(proven_by),
          .expected = {let_in()}};
}

inline CheckSpec reaching(Layer layer, CheckSpec check) {
  check.expected[0].reached = layer;
  return check;
}

inline CheckSpec negative(std::string id, const CheckSpec& control, std::string changed, ClientSpec client,
                          std::vector<Expected> expected) {
  CheckSpec check{.id = std::move(id),
                  .points = 1,
                  .client = std::move(client),
                  .probe = control.probe,
                  .control = control.id,
                  .changed = std::move(changed),
                  .expected = std::move(expected)};
  check.control_reaches = needed_of_control(check);
  return check;
}

inline ClientSpec with(ClientSpec client, void (*change)(ClientSpec&)) {
  change(client);
  return client;
}

inline Plan lab_plan() {
  Plan plan{.name = "lab"};
  plan.materials.accounts = {{"userclient", ""}, {"userbroker", ""}};
  plan.listeners = {{"plain", {"1883", false}}, {"tls", {"8883", true}}};

  const ClientSpec anybody{.listener = "plain"};
  const ClientSpec tls{.listener = "tls"};
  const ClientSpec trusting{.listener = "tls", .trust = "lab-ca"};
  const ClientSpec user{.listener = "tls", .trust = "lab-ca", .account = "userclient"};
  const ClientSpec mutual{.listener = "tls", .trust = "lab-ca", .certificate = "userclient", .account = "userclient"};
  const ProbeSpec round_trip{.kind = "deliver", .parameters = {{"topic", "your/topic"}}};
  const ProbeSpec read_by_userbroker{
      .kind = "deliver", .roles = {{"reader", {.account = "userbroker"}}}, .parameters = {{"topic", "your/topic"}}};
  const ProbeSpec read_by_server{.kind = "deliver",
                                 .roles = {{"reader", {.account = "userbroker", .certificate = "server"}}},
                                 .parameters = {{"topic", "your/topic"}}};
  const std::vector bad_login{refused_by(By::mqtt, {"not_authorized", "bad_user_name_or_password"})};

  plan.stages.push_back({.id = "open",
                         .configuration = {"listener 1883", "allow_anonymous true"},
                         .checks = {positive("open-listener-accepts", anybody, round_trip)}});

  const auto tls_accepted = reaching(Layer::tls, positive("tls-accepted", tls, round_trip));
  const auto trusted = reaching(Layer::server, positive("server-certificate-trusted", trusting, ProbeSpec{}));
  plan.stages.push_back(
      {.id = "tls",
       .after = "open",
       .files = {{.path = "/ca.crt", .content = FileContent::authority_certificate, .material = "lab-ca"}},
       .without = {"listener 1883"},
       .configuration = {"listener 8883"},
       .checks = {tls_accepted, trusted,
                  negative("untrusted-server-ca-detected", trusted, "trust",
                           with(trusting, [](ClientSpec& it) { it.trust = "stranger-ca"; }),
                           {refused_by(By::tls_self, {"unable_to_get_local_issuer_certificate"})}),
                  negative("cleartext-listener-closed", tls_accepted, "listener", anybody,
                           {refused_by(By::network), {Outcome::timeout, By::network, {"timed_out"}}})}});

  const auto password = positive("valid-password-accepted", user, read_by_userbroker, {"wrong-password-rejected"});
  plan.stages.push_back(
      {.id = "password",
       .after = "tls",
       .files = {{.path = "/passwd", .content = FileContent::password_file, .accounts = {"userclient", "userbroker"}}},
       .without = {"allow_anonymous true"},
       .configuration = {"allow_anonymous false"},
       .checks = {password,
                  negative("anonymous-rejected", password, "account",
                           with(user, [](ClientSpec& it) { it.account.reset(); }), bad_login),
                  negative("wrong-password-rejected", password, "password",
                           with(user, [](ClientSpec& it) { it.password = "wrong"; }), bad_login),
                  negative("unknown-user-rejected", password, "user_name",
                           with(user, [](ClientSpec& it) { it.user_name = "nobody"; }), bad_login)}});

  const auto mtls = positive("valid-mtls-accepted", mutual, read_by_server, {"missing-client-certificate-rejected"});
  plan.stages.push_back({.id = "client-certificate",
                         .after = "password",
                         .configuration = {"require_certificate true"},
                         .checks = {mtls,
                                    negative("missing-client-certificate-rejected", mtls, "certificate",
                                             with(mutual, [](ClientSpec& it) { it.certificate.reset(); }),
                                             {refused_by(By::tls_peer, {"certificate_required", "handshake_failure"})}),
                                    negative("untrusted-ca-rejected", mtls, "certificate",
                                             with(mutual, [](ClientSpec& it) { it.certificate = "stranger"; }),
                                             {refused_by(By::tls_peer, {"unknown_ca"})}),
                                    negative("mtls-wrong-password-rejected", mtls, "password",
                                             with(mutual, [](ClientSpec& it) { it.password = "wrong"; }), bad_login)}});
  return plan;
}

}  // namespace mqtts::engine
