#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/probes/tls_renegotiation_probe.h"
#include "tests/probes/tls_servers.h"
#include "tests/support/finished_lab.h"

namespace mqtts::probes {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
namespace hostile = test::hostile;

const FactValue yes = true;
const FactValue no = false;

TEST(TlsRenegotiation, is_seen_where_the_server_allows_it) {
  for (const auto highest : {TLS1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION}) {
    auto facts = facts_seen("tls_renegotiation", {.highest = highest, .options = SSL_OP_ALLOW_CLIENT_RENEGOTIATION});
    EXPECT_EQ(facts["tls.client_renegotiation"], yes) << highest;
    EXPECT_EQ(facts["tls.secure_renegotiation"], yes) << highest;
  }
}

TEST(TlsRenegotiation, is_refused_by_an_alert) {
  for (const auto options : {std::uint64_t{0}, std::uint64_t{SSL_OP_NO_RENEGOTIATION}}) {
    const test::HostileBroker broker(serves({.options = options}));
    auto seen = look("tls_renegotiation", broker.port());
    EXPECT_EQ(seen.facts["tls.client_renegotiation"], no) << notes_of(seen);
    EXPECT_EQ(seen.facts["tls.secure_renegotiation"], yes);
    EXPECT_THAT(notes_of(seen),
                HasSubstr("TLSv1.2: the broker refused a second handshake by the TLS alert no_renegotiation"));
  }
}

TEST(TlsRenegotiation, does_not_exist_in_tls_1_3) {
  const auto facts = facts_seen("tls_renegotiation", {.lowest = TLS1_3_VERSION});
  EXPECT_EQ(facts, (Facts{{"tls.client_renegotiation", no}}));
}

// The server never comes so far as to refuse it.
TEST(TlsRenegotiation, is_not_known_without_the_client_certificate) {
  const hostile::TlsServer server{.identity = lab_material().server, .admits = [](const X509&) { return true; }};
  const test::HostileBroker broker(serves(server));
  auto client = client_at(broker.port());
  auto seen = look("tls_renegotiation", client, std::chrono::seconds(5), test::soon());
  EXPECT_EQ(seen.facts, (Facts{{"tls.secure_renegotiation", yes}})) << notes_of(seen);
  client.identity = lab_material().client;
  seen = look("tls_renegotiation", client, std::chrono::seconds(5), test::soon());
  EXPECT_EQ(seen.facts["tls.client_renegotiation"], no) << notes_of(seen);
}

TEST(TlsRenegotiation, of_a_mosquitto_is_refused) {
  const test::FinishedLab lab;
  auto seen = look("tls_renegotiation", lab.good_client(), std::chrono::seconds(5), test::soon());
  EXPECT_EQ(seen.facts["tls.client_renegotiation"], no) << notes_of(seen) << lab.log();
}

TEST(TlsRenegotiation, that_ends_without_an_alert_is_not_called_refused) {
  const hostile::TlsServer server{.identity = lab_material().server, .highest = TLS1_2_VERSION};
  // The handshake is the server's own; what comes after it, these do not read as TLS.
  const std::vector<test::Script> scripts = {
      [](test::Peer&) {},
      [](test::Peer& peer) { peer.reset(); },
      [](test::Peer& peer) { peer.pause(std::chrono::hours(1)); },
  };
  for (const auto& script : scripts) {
    const test::HostileBroker broker(hostile::behind_tls(server, script));
    const auto seen = look("tls_renegotiation", client_at(broker.port()), std::chrono::milliseconds(400), test::soon());
    EXPECT_FALSE(seen.facts.contains("tls.client_renegotiation")) << notes_of(seen);
  }
}

TEST(TlsRenegotiation, begun_by_the_server_is_not_the_clients) {
  const test::HostileBroker broker(hostile::behind_tls({.identity = lab_material().server, .highest = TLS1_2_VERSION},
                                                       hostile::renegotiates_endlessly()));
  const auto seen = look("tls_renegotiation", client_at(broker.port()), std::chrono::seconds(1), test::soon());
  EXPECT_NE(seen.facts, (Facts{{"tls.client_renegotiation", no}}));
}

}  // namespace
}  // namespace mqtts::probes
