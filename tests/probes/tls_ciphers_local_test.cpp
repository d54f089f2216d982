#include <sys/socket.h>

#include <atomic>
#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/probes/tls_ciphers_probe.h"
#include "tests/probes/tls_servers.h"
#include "tests/support/private_mosquitto.h"

namespace mqtts::probes {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::UnorderedElementsAre;
namespace hostile = test::hostile;

TEST(TlsCiphers, of_a_sound_server_are_seen_and_none_is_weak) {
  const auto facts = facts_seen("tls_ciphers", {.lowest = TLS1_2_VERSION, .ciphers = "ECDHE+AESGCM"});
  EXPECT_THAT(texts_of(facts, "tls.weak_ciphers"), IsEmpty());
  EXPECT_THAT(texts_of(facts, "tls.ciphers"), UnorderedElementsAre("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                                                                   "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"));
}

TEST(TlsCiphers, that_do_not_encrypt_or_authenticate_are_weak) {
  const test::HostileBroker broker(
      serves({.ciphers = "ECDHE+AESGCM:AECDH-AES128-SHA:ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0"}));
  const auto seen = look("tls_ciphers", broker.port());
  EXPECT_THAT(texts_of(seen.facts, "tls.weak_ciphers"),
              UnorderedElementsAre("TLS_ECDH_anon_WITH_AES_128_CBC_SHA", "TLS_ECDHE_ECDSA_WITH_NULL_SHA"))
      << notes_of(seen);
  EXPECT_THAT(texts_of(seen.facts, "tls.ciphers"), Contains("TLS_ECDHE_ECDSA_WITH_NULL_SHA"));
  EXPECT_THAT(notes_of(seen), HasSubstr("@SECLEVEL=0 </dev/null"));
}

TEST(TlsCiphers, of_a_server_of_tls_1_3_are_none) {
  const auto facts = facts_seen("tls_ciphers", {.lowest = TLS1_3_VERSION});
  EXPECT_THAT(texts_of(facts, "tls.weak_ciphers"), IsEmpty());
  EXPECT_THAT(texts_of(facts, "tls.ciphers"), IsEmpty());
}

TEST(TlsCiphers, of_tls_1_0_alone_are_seen) {
  const auto facts =
      facts_seen("tls_ciphers", {.lowest = TLS1_VERSION, .highest = TLS1_VERSION, .ciphers = "AECDH:@SECLEVEL=0"});
  EXPECT_THAT(texts_of(facts, "tls.weak_ciphers"), Contains("TLS_ECDH_anon_WITH_AES_128_CBC_SHA"));
  EXPECT_FALSE(facts.contains("tls.ciphers"));
}

// All of them, as OpenSSL itself counts them for a key of its kind.
TEST(TlsCiphers, are_as_many_as_the_server_has) {
  const auto facts =
      facts_seen("tls_ciphers", {.identity = rsa_server(),
                                 .lowest = TLS1_2_VERSION,
                                 .ciphers = "kRSA:COMPLEMENTOFALL:!PSK:!SRP:!ECDHE:!DHE:!aNULL:@SECLEVEL=0"});
  EXPECT_THAT(texts_of(facts, "tls.ciphers"),
              IsSupersetOf({"TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_RSA_WITH_NULL_MD5", "TLS_RSA_WITH_ARIA_128_GCM_SHA256",
                            "TLS_RSA_WITH_CAMELLIA_256_CBC_SHA", "TLS_RSA_WITH_AES_256_CCM_8"}));
  EXPECT_THAT(texts_of(facts, "tls.weak_ciphers"),
              UnorderedElementsAre("TLS_RSA_WITH_NULL_MD5", "TLS_RSA_WITH_NULL_SHA", "TLS_RSA_WITH_NULL_SHA256"));
}

TEST(TlsCiphers, of_a_mosquitto_are_seen) {
  auto& material = lab_material();
  std::vector<std::string> lines = {"cafile " + material.ca.file, "certfile " + material.server.certificate.file,
                                    "keyfile " + material.server.key.file, "require_certificate true"};
  const test::PrivateMosquitto sound(lines);
  const auto seen = look("tls_ciphers", sound.port());
  EXPECT_THAT(texts_of(seen.facts, "tls.weak_ciphers"), IsEmpty()) << notes_of(seen);
  EXPECT_THAT(texts_of(seen.facts, "tls.ciphers"), Contains("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"));
  lines.emplace_back("ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0");
  const test::PrivateMosquitto weak(lines);
  EXPECT_THAT(texts_of(look("tls_ciphers", weak.port()).facts, "tls.weak_ciphers"),
              ElementsAre("TLS_ECDHE_ECDSA_WITH_NULL_SHA"));
}

// Sound to who offers AES-GCM; does `otherwise` to others.
test::Script without_sound_suites(test::Script otherwise) {
  return [serve = serves({.lowest = TLS1_2_VERSION, .ciphers = "ECDHE+AESGCM"}),
          otherwise = std::move(otherwise)](test::Peer& peer) {
    const auto record = peek_hello(peer);
    if (record.empty()) return;
    const auto hello = test::read_client_hello(record);
    offers_suite(hello, "\xC0\x2B") || offers_suite(hello, "\x13\x01") ? serve(peer) : otherwise(peer);
  };
}

// No OpenSSL of today has them.
TEST(TlsCiphers, for_export_are_seen) {
  const test::HostileBroker broker(without_sound_suites([](test::Peer& peer) {
    const auto record = peek_hello(peer);
    if (record.empty()) return;
    peer.read_some();
    const std::string rc4_40("\0\x03", 2);
    const bool is_tls_1_0 = record[10] == 1;
    peer.write(is_tls_1_0 && offers_suite(test::read_client_hello(record), rc4_40) ? server_hello("\3\1", rc4_40)
                                                                                   : hostile::tls_alert(40));
  }));
  const auto seen = look("tls_ciphers", broker.port());
  EXPECT_THAT(texts_of(seen.facts, "tls.weak_ciphers"), ElementsAre("TLS_RSA_EXPORT_WITH_RC4_40_MD5"))
      << notes_of(seen);
  EXPECT_THAT(notes_of(seen), testing::Not(HasSubstr("openssl"))) << "which cannot show it";
}

TEST(TlsCiphers, without_a_reason_for_their_refusal_are_not_called_refused) {
  for (const auto& script :
       {hostile::answers_and_closes(""), hostile::resets_after_reading(), hostile::says_nothing(),
        hostile::answers_and_closes(hostile::tls_alert(80)), hostile::answers_and_closes(hostile::tls_alert(112))}) {
    const test::HostileBroker broker(without_sound_suites(script));
    const auto seen = look("tls_ciphers", client_at(broker.port()), std::chrono::milliseconds(300), test::soon());
    EXPECT_THAT(seen.facts, IsEmpty()) << notes_of(seen);
    EXPECT_EQ(seen.outcome, Outcome::accepted);
  }
  const test::HostileBroker refuses(without_sound_suites(hostile::answers_and_closes(hostile::tls_alert(40))));
  EXPECT_THAT(texts_of(look("tls_ciphers", refuses.port()).facts, "tls.weak_ciphers"), IsEmpty());
}

TEST(TlsCiphers, that_are_weak_are_told_though_the_server_then_stops) {
  std::atomic<int> count = 0;
  const test::HostileBroker broker(
      [&, serve = serves({.lowest = TLS1_2_VERSION, .ciphers = "ECDHE-ECDSA-NULL-SHA:AESGCM:@SECLEVEL=0"})](
          test::Peer& peer) {
        if (++count < 8) serve(peer);
      });
  const auto facts = look("tls_ciphers", broker.port()).facts;
  EXPECT_THAT(texts_of(facts, "tls.weak_ciphers"), ElementsAre("TLS_ECDHE_ECDSA_WITH_NULL_SHA"));
  EXPECT_FALSE(facts.contains("tls.ciphers"));
}

}  // namespace
}  // namespace mqtts::probes
