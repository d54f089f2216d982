#include <atomic>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/probes/tls_preference_probe.h"
#include "tests/probes/tls_servers.h"

namespace mqtts::probes {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

const FactValue by_server = true;
const FactValue by_client = false;

TEST(TlsPreference, is_the_servers_where_it_chooses) {
  for (const auto& [lowest, highest] : {std::pair(TLS1_2_VERSION, TLS1_2_VERSION),
                                        {TLS1_3_VERSION, TLS1_3_VERSION},
                                        {TLS1_2_VERSION, TLS1_3_VERSION}}) {
    auto facts = facts_seen("tls_preference",
                            {.lowest = lowest, .highest = highest, .options = SSL_OP_CIPHER_SERVER_PREFERENCE});
    EXPECT_EQ(facts["tls.server_preference"], by_server) << lowest << " to " << highest;
    facts = facts_seen("tls_preference", {.lowest = lowest, .highest = highest});
    EXPECT_EQ(facts["tls.server_preference"], by_client) << lowest << " to " << highest;
  }
}

TEST(TlsPreference, is_not_known_where_one_suite_is_accepted) {
  EXPECT_THAT(facts_seen("tls_preference", {.highest = TLS1_2_VERSION,
                                            .ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256",
                                            .options = SSL_OP_CIPHER_SERVER_PREFERENCE}),
              IsEmpty());
}

TEST(TlsPreference, is_shown_by_two_lines) {
  const test::HostileBroker broker(serves({.highest = TLS1_2_VERSION, .ciphers = "ECDHE+AESGCM:@SECLEVEL=0"}));
  const auto notes = notes_of(look("tls_preference", broker.port()));
  EXPECT_THAT(notes, HasSubstr("ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:@SECLEVEL=0"));
  EXPECT_THAT(notes, HasSubstr("ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:@SECLEVEL=0"));
}

// One that chooses by chance prefers nothing.
TEST(TlsPreference, is_not_known_where_the_choice_changes) {
  std::atomic<int> count = 0;
  const auto script = [&, one = serves({.highest = TLS1_2_VERSION, .ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256"}),
                       other = serves({.highest = TLS1_2_VERSION, .ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384"})](
                          test::Peer& peer) { count++ % 2 == 0 ? one(peer) : other(peer); };
  const test::HostileBroker broker(script);
  const auto facts = look("tls_preference", broker.port()).facts;
  EXPECT_NE(facts, (Facts{{"tls.server_preference", by_server}}));
}

}  // namespace
}  // namespace mqtts::probes
