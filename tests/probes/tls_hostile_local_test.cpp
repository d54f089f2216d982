// Listeners that misbehave, before each probe of TLS: it ends by its deadline, and proves nothing.
#include <sys/socket.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/probes/tls_servers.h"

namespace mqtts::probes {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;
namespace hostile = test::hostile;

struct HostileRow {
  std::string name;
  test::Script script;
};

const std::vector<HostileRow>& hostile_rows() {
  static const std::vector<HostileRow> rows = {
      {"says_nothing", hostile::says_nothing()},
      {"never_reads", hostile::never_reads()},
      {"closes_at_once", hostile::closes_at_once()},
      {"resets_at_once", hostile::resets_at_once()},
      {"resets_after_reading", hostile::resets_after_reading()},
      {"http", hostile::answers_and_closes(hostile::http_error())},
      {"connack", hostile::answers(hostile::connack(0))},
      {"half_a_server_hello", hostile::answers(hostile::half_a_server_hello())},
      {"drips", hostile::drips(hostile::half_a_server_hello(), 50ms)},
      {"endless_warnings", hostile::answers_endlessly("", std::string("\x15\3\3\0\2\1\x70", 7))},
      {"endless_fragments", hostile::answers_endlessly("", std::string("\x16\3\3\0\1\2", 6))},
      {"endless_bytes", hostile::answers_endlessly("\x16\3\3\x40")},
      {"protocol_version", hostile::answers_and_closes(hostile::tls_alert(70))},
      {"handshake_failure", hostile::answers_and_closes(hostile::tls_alert(40))},
      {"no_renegotiation", hostile::answers_and_closes(hostile::tls_alert(100))},
      {"internal_error", hostile::answers_and_closes(hostile::tls_alert(80))},
  };
  return rows;
}

class HostileListener : public testing::TestWithParam<std::string> {};

TEST_P(HostileListener, proves_nothing) {
  for (const auto& row : hostile_rows()) {
    const test::HostileBroker broker(row.script);
    const auto start = Clock::now();
    const auto seen = look(GetParam(), client_at(broker.port()), 200ms, Deadline::in(1s));
    EXPECT_LT(seconds_since(start), 3) << row.name;
    EXPECT_THAT(seen.facts, IsEmpty()) << row.name << "\n" << notes_of(seen);
    EXPECT_NE(seen.outcome, Outcome::accepted) << row.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Probes, HostileListener,
                         testing::Values("tls_versions", "tls_ciphers", "tls_renegotiation", "tls_preference"),
                         [](const auto& instance) { return instance.param; });

TEST(TlsProbes, stop_with_the_run) {
  const test::HostileBroker broker(hostile::says_nothing());
  const StopFlag stop = 2;
  WireProber prober;
  for (const auto* kind : {"tls_versions", "tls_ciphers", "tls_renegotiation", "tls_preference"})
    EXPECT_EQ(prober.observe({.client = client_at(broker.port()), .kind = kind}, Deadline::in(20s, &stop)).error().kind,
              ErrorKind::interrupted);
}

}  // namespace
}  // namespace mqtts::probes
