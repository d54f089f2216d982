// Each of the lab's checks on a real Mosquitto: all pass on the finished lab, and a broker weakened in one point fails
// just the checks that look at that point.
#include <fstream>
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/checks/configuration.h"
#include "tests/checks/observed_lab.h"
#include "tests/support/finished_lab.h"
#include "tests/support/hostile_broker.h"
#include "tests/support/private_mosquitto.h"

namespace mqtts::checks {
namespace {

using test::LabMaterial;

void use(const Identity& server, Configuration& configuration) {
  configuration.certfile = server.certificate.file;
  configuration.keyfile = server.key.file;
}

std::string file_with(const LabMaterial& material, const std::string& name, const std::string& text) {
  const auto path = material.folder() / name;
  std::ofstream(path) << text;
  return path;
}

const std::vector<std::string> all_that_trust_the_lab = {"server-certificate-trusted", "valid-password-accepted",
                                                         "valid-mtls-accepted"};
const std::vector<std::string> all_that_lean_on_trust = {"untrusted-server-ca-detected",
                                                         "anonymous-rejected",
                                                         "wrong-password-rejected",
                                                         "unknown-user-rejected",
                                                         "missing-client-certificate-rejected",
                                                         "untrusted-ca-rejected",
                                                         "mtls-wrong-password-rejected"};

struct Weakness {
  std::string name;
  std::function<void(LabMaterial&, Configuration&)> weaken;
  std::vector<std::string> failing;
  std::vector<std::string> unjudged = {};
};

const std::vector<Weakness> weaknesses = {
    {"none", [](LabMaterial&, Configuration&) {}, {}},
    {"certificate_not_required",
     [](LabMaterial&, Configuration& it) { it.certificate_rule = ""; },
     {"valid-mtls-accepted", "missing-client-certificate-rejected", "untrusted-ca-rejected"},
     {"mtls-wrong-password-rejected"}},
    {"identity_mapping_skips_passwords",
     [](LabMaterial&, Configuration& it) { it.more = {"use_identity_as_username true"}; },
     {"valid-password-accepted", "anonymous-rejected", "wrong-password-rejected", "unknown-user-rejected",
      "mtls-wrong-password-rejected"}},
    {"anonymous_allowed",
     [](LabMaterial&, Configuration& it) { it.anonymous_rule = "allow_anonymous true"; },
     {"anonymous-rejected"}},
    {"second_listener_opens",
     [](LabMaterial&, Configuration& it) { it.opens_plain_port = true; },
     {"cleartext-listener-closed"}},
    {"strangers_trusted",
     [](LabMaterial& material, Configuration& it) {
       it.cafile = file_with(material, "both.crt", material.ca.text + material.stranger_ca.text);
     },
     {"untrusted-ca-rejected"}},
    {"only_strangers_trusted",
     [](LabMaterial& material, Configuration& it) { it.cafile = material.stranger_ca.file; },
     {"tls-accepted", "valid-password-accepted", "valid-mtls-accepted"},
     {"open-listener-accepts", "cleartext-listener-closed", "anonymous-rejected", "wrong-password-rejected",
      "unknown-user-rejected", "missing-client-certificate-rejected", "untrusted-ca-rejected",
      "mtls-wrong-password-rejected"}},
    {"server_certificate_expired",
     [](LabMaterial& material, Configuration& it) {
       using namespace std::chrono_literals;
       use(material.signed_by_lab({.subject = "/CN=127.0.0.1", .validity = {-48h, -24h}}), it);
     },
     all_that_trust_the_lab, all_that_lean_on_trust},
    {"server_certificate_foreign",
     [](LabMaterial& material, Configuration& it) {
       use(material.signed_by_stranger({.subject = "/CN=127.0.0.1"}), it);
     },
     all_that_trust_the_lab, all_that_lean_on_trust},
    {"server_certificate_for_another_host",
     [](LabMaterial& material, Configuration& it) { use(material.signed_by_lab({.subject = "/CN=192.0.2.1"}), it); },
     {"server-certificate-trusted"}},
};

class WeakBroker : public ::testing::TestWithParam<std::tuple<Weakness, test::Protocols>> {};

TEST_P(WeakBroker, fails_just_the_checks_that_look_there) {
  const auto& [weakness, protocols] = GetParam();
  LabMaterial material;
  auto configuration = finished(material);
  weakness.weaken(material, configuration);
  const auto plain_port = test::closed_port();
  const test::PrivateMosquitto broker(configuration.lines(plain_port), test::cap_tls(material.folder(), protocols.tls));

  Verdicts wanted;
  for (const auto& id : weakness.failing) wanted[id] = Verdict::fail;
  for (const auto& id : weakness.unjudged) wanted[id] = Verdict::error;
  const auto target = observe({broker.port(), plain_port}, material, protocols.mqtt);
  EXPECT_EQ(not_passed(target), wanted) << story_of(target) << broker.log();
  EXPECT_EQ(verdicts_of(target).size(), 13u);
}

INSTANTIATE_TEST_SUITE_P(Lab, WeakBroker,
                         ::testing::Combine(::testing::ValuesIn(weaknesses), ::testing::ValuesIn(test::all_protocols)),
                         [](const auto& instance) {
                           return std::get<0>(instance.param).name + "_" + name_of(std::get<1>(instance.param));
                         });

}  // namespace
}  // namespace mqtts::checks
