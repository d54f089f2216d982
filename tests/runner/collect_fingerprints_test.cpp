#include "harness/runner/collect_fingerprints.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mqtts::runner {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

PeerCertificate certificate(const std::string& subject, const std::string& issuer, const std::string& serial) {
  return {.subject = subject,
          .issuer = issuer,
          .serial = serial,
          .key_sha256 = "key of " + subject,
          .issuer_key_sha256 = "key of " + issuer};
}

TargetResult showing(const std::vector<std::vector<PeerCertificate>>& chains) {
  TargetResult target{.stages = {{.id = "tls"}}};
  for (const auto& chain : chains) {
    Observation seen;
    seen.tls = TlsFacts{.chain = chain};
    target.stages[0].checks.push_back({.id = "check", .observed = seen});
  }
  return target;
}

const std::string long_serial = "7f3a9b0c1d2e3f40";
const auto ca = certificate("CA", "CA", "5b1c0d9e8f7a6b5c4d");
const auto leaf = certificate("broker", "CA", long_serial);

TEST(Traits, are_the_keys_and_the_long_serials_of_the_chain_each_once) {
  EXPECT_THAT(fingerprints_of(showing({{leaf, ca}, {leaf, ca}, {leaf}})),
              ElementsAre(Fingerprint{FingerprintKind::server_key, "key of broker"},
                          Fingerprint{FingerprintKind::ca_key, "key of CA"},
                          Fingerprint{FingerprintKind::certificate_serial, long_serial},
                          Fingerprint{FingerprintKind::certificate_serial, ca.serial}));
}

TEST(Traits, come_after_those_that_are_known_already) {
  auto target = showing({{leaf, ca}});
  target.fingerprints = {{FingerprintKind::ssh_host_key, "SHA256:x"}, {FingerprintKind::ca_key, "key of CA"}};
  EXPECT_EQ(fingerprints_of(target).front(), (Fingerprint{FingerprintKind::ssh_host_key, "SHA256:x"}));
  EXPECT_EQ(fingerprints_of(target).size(), 5u);
}

TEST(Traits, leave_out_serials_that_are_the_same_by_chance) {
  const auto fingerprints =
      fingerprints_of(showing({{certificate("broker", "CA", "1"), certificate("CA", "CA", "7f3a9b0c1d2e3f4")}}));
  for (const auto& fingerprint : fingerprints)
    EXPECT_NE(fingerprint.kind, FingerprintKind::certificate_serial) << fingerprint.value;
}

TEST(Traits, a_certificate_of_its_own_issue_is_the_servers_and_an_intermediate_an_authority) {
  EXPECT_THAT(fingerprints_of(showing({{certificate("broker", "broker", "1")}})),
              ElementsAre(Fingerprint{FingerprintKind::server_key, "key of broker"}));
  EXPECT_THAT(fingerprints_of(showing({{certificate("broker", "middle", "1"), certificate("middle", "root", "2"),
                                        certificate("stray", "elsewhere", "3")}})),
              ElementsAre(Fingerprint{FingerprintKind::server_key, "key of broker"},
                          Fingerprint{FingerprintKind::ca_key, "key of middle"}));
}

TEST(Traits, do_not_come_from_a_certificate_that_is_only_appended) {
  auto framed = leaf;
  framed.issuer_key_sha256.clear();  // no signer in the chain
  const auto somebody_elses = certificate("CA", "CA", "1111222233334444");
  EXPECT_THAT(fingerprints_of(showing({{framed, somebody_elses}})),
              ElementsAre(Fingerprint{FingerprintKind::server_key, "key of broker"},
                          Fingerprint{FingerprintKind::certificate_serial, long_serial}));
}

TEST(Traits, of_a_broker_without_tls_are_none) {
  EXPECT_THAT(fingerprints_of(showing({{}})), IsEmpty());
  EXPECT_THAT(fingerprints_of({}), IsEmpty());
}

}  // namespace
}  // namespace mqtts::runner
