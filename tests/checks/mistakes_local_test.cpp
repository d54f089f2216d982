// A finished lab with one mistake in it, or two: what it costs on a real broker, and no more.
#include <gmock/gmock.h>

#include "tests/checks/configuration.h"
#include "tests/checks/observed_lab.h"
#include "tests/support/finished_lab.h"
#include "tests/support/hostile_broker.h"

namespace mqtts::checks {
namespace {

using test::LabMaterial;

struct Made {
  LabMaterial& material;
  Configuration& configuration;
  Look& look;
};

struct Mistake {
  std::string name;
  std::function<void(Made)> make;
  Verdicts cost;  // what does not pass
};

constexpr auto fail = Verdict::fail;
constexpr auto error = Verdict::error;

void give_accounts(Made it, const std::vector<Credentials>& accounts) {
  it.configuration.password_file = "password_file " + test::write_password_file(it.material.folder(), accounts);
}

void serve_with(const Identity& server, Made it) {
  it.configuration.certfile = server.certificate.file;
  it.configuration.keyfile = server.key.file;
}

const Credentials client{"userclient", Users::client_password};
const Credentials reader{"userbroker", Users::broker_password};

const Verdicts no_login_works = {{"valid-password-accepted", fail},  {"anonymous-rejected", error},
                                 {"wrong-password-rejected", error}, {"unknown-user-rejected", error},
                                 {"valid-mtls-accepted", fail},      {"mtls-wrong-password-rejected", error}};

const std::vector<Mistake> mistakes = {
    {"none", [](Made) {}, {}},
    {"first_account_overwritten", [](Made it) { give_accounts(it, {reader}); }, {{"valid-password-accepted", fail}}},
    {"second_account_never_made", [](Made it) { give_accounts(it, {client}); }, {{"valid-password-accepted", fail}}},
    {"other_password_for_userclient",
     [](Made it) {
       give_accounts(it, {{"userclient", "another"}, reader});
     },
     {{"valid-password-accepted", fail}}},
    {"other_password_for_userbroker",
     [](Made it) {
       give_accounts(it, {client, {"userbroker", "another"}});
     },
     {{"valid-password-accepted", fail}}},
    {"other_passwords_for_both",
     [](Made it) {
       give_accounts(it, {{"userclient", "another"}, {"userbroker", "another"}});
     },
     no_login_works},
    {"password_file_empty", [](Made it) { give_accounts(it, {}); }, no_login_works},
    {"server_named_for_another_host",
     [](Made it) { serve_with(it.material.signed_by_lab({.subject = "/CN=192.0.2.1"}), it); },
     {{"server-certificate-trusted", fail}}},
    {"server_named_localhost",
     [](Made it) { serve_with(it.material.signed_by_lab({.subject = "/CN=localhost"}), it); },
     {{"server-certificate-trusted", fail}}},
    {"client_certificate_of_another_ca_and_the_cas_key_given",
     [](Made it) {
       it.look.client = it.material.signed_by_stranger({.subject = "/CN=userclient"});
       it.look.gives_ca_key = true;
     },
     {{"valid-mtls-accepted", fail}}},
    {"client_certificate_expired_and_the_cas_key_given",
     [](Made it) {
       using namespace std::chrono_literals;
       it.look.client = it.material.signed_by_lab({.subject = "/CN=userclient", .validity = {-48h, -24h}});
       it.look.gives_ca_key = true;
     },
     {{"valid-mtls-accepted", fail}}},
    // Nobody is let in by a certificate: what a server certificate proves is all that can be known.
    {"client_certificate_of_another_ca",
     [](Made it) { it.look.client = it.material.signed_by_stranger({.subject = "/CN=userclient"}); },
     {{"open-listener-accepts", error},
      {"tls-accepted", fail},
      {"cleartext-listener-closed", error},
      {"valid-password-accepted", fail},
      {"anonymous-rejected", error},
      {"wrong-password-rejected", error},
      {"unknown-user-rejected", error},
      {"valid-mtls-accepted", fail},
      {"missing-client-certificate-rejected", error},
      {"untrusted-ca-rejected", error},
      {"mtls-wrong-password-rejected", error}}},
    {"client_certificate_not_required",
     [](Made it) { it.configuration.certificate_rule = ""; },
     {{"valid-mtls-accepted", fail},
      {"missing-client-certificate-rejected", fail},
      {"untrusted-ca-rejected", fail},
      {"mtls-wrong-password-rejected", error}}},
    {"client_certificate_not_required_and_first_account_overwritten",
     [](Made it) {
       it.configuration.certificate_rule = "";
       give_accounts(it, {reader});
     },
     {{"valid-password-accepted", fail},
      {"valid-mtls-accepted", fail},
      {"missing-client-certificate-rejected", fail},
      {"untrusted-ca-rejected", fail},
      {"mtls-wrong-password-rejected", error}}},
    {"anonymous_allowed",
     [](Made it) { it.configuration.anonymous_rule = "allow_anonymous true"; },
     {{"anonymous-rejected", fail}}},
    {"anonymous_allowed_and_server_misnamed",
     [](Made it) {
       it.configuration.anonymous_rule = "allow_anonymous true";
       serve_with(it.material.signed_by_lab({.subject = "/CN=192.0.2.1"}), it);
     },
     {{"server-certificate-trusted", fail}, {"anonymous-rejected", fail}}},
    {"anonymous_allowed_and_first_account_overwritten",
     [](Made it) {
       it.configuration.anonymous_rule = "allow_anonymous true";
       give_accounts(it, {reader});
     },
     {{"valid-password-accepted", fail}, {"anonymous-rejected", fail}}},
    {"plain_port_open",
     [](Made it) { it.configuration.opens_plain_port = true; },
     {{"cleartext-listener-closed", fail}}},
    {"plain_port_open_and_server_misnamed",
     [](Made it) {
       it.configuration.opens_plain_port = true;
       serve_with(it.material.signed_by_lab({.subject = "/CN=192.0.2.1"}), it);
     },
     {{"server-certificate-trusted", fail}, {"cleartext-listener-closed", fail}}},
    {"plain_port_open_and_second_account_never_made",
     [](Made it) {
       it.configuration.opens_plain_port = true;
       give_accounts(it, {client});
     },
     {{"cleartext-listener-closed", fail}, {"valid-password-accepted", fail}}},
    {"server_misnamed_and_second_account_never_made",
     [](Made it) {
       serve_with(it.material.signed_by_lab({.subject = "/CN=192.0.2.1"}), it);
       give_accounts(it, {client});
     },
     {{"server-certificate-trusted", fail}, {"valid-password-accepted", fail}}},
    // As the lab's text has it, on Mosquitto 2, which lets nobody in without being told to.
    {"tls_stage_without_allow_anonymous",
     [](Made it) {
       it.configuration.certificate_rule = it.configuration.anonymous_rule = it.configuration.password_file = "";
     },
     {{"valid-password-accepted", fail},
      {"anonymous-rejected", error},
      {"wrong-password-rejected", error},
      {"unknown-user-rejected", error},
      {"valid-mtls-accepted", fail},
      {"missing-client-certificate-rejected", fail},
      {"untrusted-ca-rejected", fail},
      {"mtls-wrong-password-rejected", error}}},
};

class OneMistake : public ::testing::TestWithParam<std::tuple<Mistake, test::Protocols>> {};

TEST_P(OneMistake, costs_the_checks_that_answer_for_it) {
  const auto& [mistake, protocols] = GetParam();
  LabMaterial material;
  auto configuration = finished(material);
  Look look{.mqtt = protocols.mqtt};
  mistake.make({material, configuration, look});
  const auto plain_port = test::closed_port();
  const test::PrivateMosquitto broker(configuration.lines(plain_port), test::cap_tls(material.folder(), protocols.tls));
  const auto target = observe({broker.port(), plain_port}, material, look);
  EXPECT_EQ(not_passed(target), mistake.cost) << story_of(target) << broker.log();
  EXPECT_EQ(verdicts_of(target).size(), 13u);
}

INSTANTIATE_TEST_SUITE_P(Lab, OneMistake,
                         ::testing::Combine(::testing::ValuesIn(mistakes), ::testing::ValuesIn(test::all_protocols)),
                         [](const auto& each) {
                           return std::get<0>(each.param).name + "_" + test::name_of(std::get<1>(each.param));
                         });

std::string reason_of(const TargetResult& target, const std::string& id) {
  for (const auto& stage : target.stages)
    for (const auto& check : stage.checks)
      if (check.id == id) return to_english(check.message);
  return {};
}

TEST(MixedUpPorts, are_named) {
  LabMaterial material;
  const test::PrivateMosquitto in_clear({"allow_anonymous true"});
  const test::PrivateMosquitto over_tls(finished(material).lines(0));
  const auto closed = test::closed_port();
  const auto name = [](std::uint16_t port) { return "port " + std::to_string(port); };
  EXPECT_EQ(reason_of(observe({in_clear.port(), closed}, material), "tls-accepted"),
            name(in_clear.port()) + " answers in MQTT, but in clear: TLS is not set up on it");
  const auto swapped = observe({closed, over_tls.port()}, material);
  EXPECT_EQ(reason_of(swapped, "open-listener-accepts"), name(over_tls.port()) + " answers, but over TLS only");
  EXPECT_EQ(reason_of(swapped, "tls-accepted"), "nothing listens on " + name(closed) + ", and TLS answers on " +
                                                    name(over_tls.port()) + ": are the two mixed up?");
}

}  // namespace
}  // namespace mqtts::checks
