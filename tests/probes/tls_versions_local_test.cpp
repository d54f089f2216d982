#include <sys/socket.h>

#include <array>
#include <atomic>
#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/probes/tls_versions_probe.h"
#include "tests/probes/tls_servers.h"
#include "tests/support/private_mosquitto.h"

namespace mqtts::probes {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
namespace hostile = test::hostile;

struct VersionRow {
  int lowest;
  int highest;
  Texts versions;
  Texts old;
};

TEST(TlsVersions, are_seen_of_each_server) {
  const std::vector<VersionRow> rows = {
      {TLS1_2_VERSION, TLS1_3_VERSION, {"TLSv1.2", "TLSv1.3"}, {}},
      {TLS1_2_VERSION, TLS1_2_VERSION, {"TLSv1.2"}, {}},
      {TLS1_3_VERSION, TLS1_3_VERSION, {"TLSv1.3"}, {}},
      {TLS1_VERSION, TLS1_3_VERSION, {"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"}, {"TLSv1", "TLSv1.1"}},
      {TLS1_1_VERSION, TLS1_2_VERSION, {"TLSv1.1", "TLSv1.2"}, {"TLSv1.1"}},
  };
  for (const auto& row : rows) {
    const test::HostileBroker broker(serves({.lowest = row.lowest, .highest = row.highest}));
    const auto seen = look("tls_versions", broker.port());
    EXPECT_EQ(texts_of(seen.facts, "tls.versions"), row.versions) << notes_of(seen);
    EXPECT_EQ(texts_of(seen.facts, "tls.old_versions"), row.old);
    EXPECT_EQ(seen.outcome, Outcome::accepted);
  }
}

TEST(TlsVersions, that_are_all_old_are_told) {
  const auto facts = facts_seen("tls_versions", {.lowest = TLS1_VERSION, .highest = TLS1_VERSION});
  EXPECT_THAT(texts_of(facts, "tls.old_versions"), ElementsAre("TLSv1"));
  EXPECT_THAT(texts_of(facts, "tls.versions"), ElementsAre("TLSv1"));
}

TEST(TlsVersions, that_need_a_client_certificate_are_seen_without_one) {
  const auto facts =
      facts_seen("tls_versions", {.lowest = TLS1_2_VERSION, .admits = [](const X509&) { return false; }});
  EXPECT_THAT(texts_of(facts, "tls.old_versions"), IsEmpty());
}

TEST(TlsVersions, of_a_mosquitto_are_seen) {
  auto& material = lab_material();
  std::vector<std::string> lines = {"cafile " + material.ca.file, "certfile " + material.server.certificate.file,
                                    "keyfile " + material.server.key.file, "require_certificate true"};
  const test::PrivateMosquitto sound(lines);
  const auto hardened = look("tls_versions", sound.port());
  EXPECT_THAT(texts_of(hardened.facts, "tls.old_versions"), IsEmpty()) << notes_of(hardened) << sound.log();
  lines.insert(lines.end(), {"tls_version tlsv1.1", "ciphers ALL:@SECLEVEL=0"});
  const test::PrivateMosquitto weak(lines);
  const auto seen = look("tls_versions", weak.port());
  EXPECT_THAT(texts_of(seen.facts, "tls.old_versions"), Contains("TLSv1.1")) << weak.log();
  EXPECT_THAT(notes_of(seen), HasSubstr("openssl s_client -brief -connect 127.0.0.1:" + std::to_string(weak.port()) +
                                        " -tls1_1 -cipher ALL:@SECLEVEL=0 </dev/null"));
}

// Speaks TLS to what offers TLS 1.2 or 1.3 by its bytes, and does `otherwise` to what does not.
test::Script only_modern(test::Script otherwise) {
  return [serve = serves({.lowest = TLS1_2_VERSION}), otherwise = std::move(otherwise)](test::Peer& peer) {
    const auto hello = peek_hello(peer);
    if (hello.empty()) return;
    hello[10] >= 3 ? serve(peer) : otherwise(peer);
  };
}

// No OpenSSL of today speaks it; some of its servers want no extensions, and some a server's name.
TEST(TlsVersions, of_ssl_3_are_seen) {
  for (const bool wants_extensions : {false, true}) {
    const test::HostileBroker broker(only_modern([wants_extensions](test::Peer& peer) {
      const auto record = peek_hello(peer);
      if (record.empty()) return;
      peer.read_some();
      const auto hello = test::read_client_hello(record);
      const std::string suite("\0\x35", 2);
      const bool is_liked =
          record[10] == 0 && hello.extensions.empty() != wants_extensions && offers_suite(hello, suite);
      peer.write(is_liked ? server_hello(std::string("\3\0", 2), suite) : hostile::tls_alert(40));
    }));
    const auto seen = look("tls_versions", broker.port());
    EXPECT_THAT(texts_of(seen.facts, "tls.old_versions"), ElementsAre("SSLv3")) << notes_of(seen);
    EXPECT_THAT(texts_of(seen.facts, "tls.versions"), ElementsAre("SSLv3", "TLSv1.2", "TLSv1.3"));
  }
}

// With pre-shared keys and no certificate, Mosquitto refuses a hello of TLS 1.3 that brings no key.
TEST(TlsVersions, of_a_mosquitto_with_pre_shared_keys_are_seen) {
  const auto keys = lab_material().folder().write("keys", "alice:0123456789abcdef\n");
  std::vector<std::string> lines = {"psk_hint hint", "psk_file " + keys};
  const test::PrivateMosquitto weak(lines);
  const auto seen = look("tls_versions", weak.port());
  EXPECT_EQ(seen.outcome, Outcome::accepted) << notes_of(seen);
  EXPECT_THAT(texts_of(seen.facts, "tls.old_versions"), ElementsAre("TLSv1.1"));
  lines.emplace_back("tls_version tlsv1.2");
  const test::PrivateMosquitto sound(lines);
  EXPECT_THAT(texts_of(look("tls_versions", sound.port()).facts, "tls.old_versions"), IsEmpty());
}

// A server that cannot do what it chooses from a hello of TLS 1.1 answers internal_error; what it can do is found all
// the same.
TEST(TlsVersions, are_found_behind_suites_that_fail) {
  std::atomic<int> fails = 0;
  const test::HostileBroker broker(
      [&, serve = serves({.identity = rsa_server(), .ciphers = "kRSA:@SECLEVEL=0"})](test::Peer& peer) {
        const auto record = peek_hello(peer);
        if (record.empty()) return;
        const auto hello = test::read_client_hello(record);
        // TLS_RSA_WITH_AES_128_CBC_SHA, if TLS_RSA_WITH_AES_256_CBC_SHA is not there to be chosen.
        if (record[10] >= 3 || !offers_suite(hello, std::string("\0\x35", 2))) return serve(peer);
        ++fails;
        peer.read_some();
        peer.write(hostile::tls_alert(80));
      });
  const auto seen = look("tls_versions", broker.port());
  EXPECT_THAT(texts_of(seen.facts, "tls.old_versions"), ElementsAre("TLSv1", "TLSv1.1")) << notes_of(seen);
  EXPECT_GT(fails, 0);
}

struct SilenceRow {
  std::string name;
  test::Script script;
};

// Each ends an old hello in a way that does not say why: nothing is proven.
TEST(TlsVersions, without_a_reason_for_their_refusal_are_not_called_refused) {
  const std::vector<SilenceRow> rows = {
      {"closes", hostile::answers_and_closes("")},
      {"resets", hostile::resets_after_reading()},
      {"says nothing", hostile::says_nothing()},
      {"internal_error", hostile::answers_and_closes(hostile::tls_alert(80))},
      {"unrecognized_name", hostile::answers_and_closes(hostile::tls_alert(112))},
      {"http", hostile::answers_and_closes(hostile::http_error())},
  };
  for (const auto& row : rows) {
    const test::HostileBroker broker(only_modern(row.script));
    const auto seen = look("tls_versions", client_at(broker.port()), std::chrono::milliseconds(300), test::soon());
    EXPECT_THAT(seen.facts, IsEmpty()) << row.name << "\n" << notes_of(seen);
    EXPECT_EQ(seen.outcome, Outcome::accepted) << row.name;
  }
  const test::HostileBroker refuses(only_modern(hostile::answers_and_closes(hostile::tls_alert(70))));
  EXPECT_THAT(texts_of(look("tls_versions", refuses.port()).facts, "tls.old_versions"), IsEmpty());
}

// One that refuses everybody after a while, as one that limits its clients does, has not refused old versions.
TEST(TlsVersions, of_a_server_that_refuses_everybody_in_the_end_are_not_known) {
  std::atomic<int> count = 0;
  const test::HostileBroker broker([&, serve = serves({.lowest = TLS1_2_VERSION})](test::Peer& peer) {
    if (++count <= 3) return serve(peer);
    peer.read_some();
    peer.write(hostile::tls_alert(40));
  });
  const auto seen = look("tls_versions", broker.port());
  EXPECT_THAT(seen.facts, IsEmpty()) << notes_of(seen);
  EXPECT_EQ(seen.outcome, Outcome::refused);
  EXPECT_EQ(seen.by, By::tls_peer);
}

TEST(TlsVersions, of_nobody_are_not_known) {
  const auto seen = look("tls_versions", test::closed_port());
  EXPECT_THAT(seen.facts, IsEmpty());
  EXPECT_EQ(seen.by, By::network);
  EXPECT_EQ(seen.reason, "connection_refused");
}

}  // namespace
}  // namespace mqtts::probes
