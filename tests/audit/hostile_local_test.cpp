// An audit, with everything given and allowed, of servers that misbehave, lie or die: it ends in time, and nothing
// passes that was not proven.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/audit/audited.h"
#include "tests/support/hostile_broker.h"
#include "tests/support/hostile_material.h"

namespace mqtts::audit {
namespace {

using namespace std::chrono_literals;
namespace hostile = test::hostile;

struct HostileServer {
  std::string name;
  test::Script script;
};

// Lets in the first of each few connections, and answers them; the others it closes.
test::Script lets_in_some(int of) {
  return [of, count = std::make_shared<std::atomic<int>>(0)](test::Peer& peer) {
    if (++*count % of != 0) return;
    bool is_first = true;
    while (!peer.read_some().empty()) {
      peer.write(is_first ? hostile::connack(0) : std::string("\xd0\0", 2));
      is_first = false;
    }
  };
}

std::vector<HostileServer> hostile_servers() {
  return {{"says nothing", hostile::says_nothing()},
          {"closes at once", hostile::closes_at_once()},
          {"resets at once", hostile::resets_at_once()},
          {"resets after reading", hostile::resets_after_reading()},
          {"never reads", hostile::never_reads()},
          {"accepts all", hostile::answers(hostile::connack(0))},
          {"accepts and closes", hostile::answers_and_closes(hostile::connack(0))},
          {"refuses all", hostile::answers_and_closes(hostile::connack(5))},
          {"refuses all and stays", hostile::answers(hostile::connack(4))},
          {"refuses in MQTT 5", hostile::answers_and_closes(hostile::connack_5(0x87, test::hostile_text()))},
          {"an unknown code", hostile::answers_and_closes(hostile::connack(99))},
          {"SUBACK", hostile::answers(hostile::suback())},
          {"HTTP", hostile::answers_and_closes(hostile::http_error())},
          {"alert unknown_ca", hostile::answers_and_closes(hostile::tls_alert(48))},
          {"alert certificate_required", hostile::answers_and_closes(hostile::tls_alert(116))},
          {"half a ServerHello", hostile::answers(hostile::half_a_server_hello())},
          {"drips", hostile::drips(hostile::connack(5), 300ms)},
          {"floods", hostile::answers_endlessly(hostile::connack(0))},
          {"floods with pings", hostile::answers_endlessly(hostile::connack(0), std::string("\xd0\0\xd0\0", 4))},
          {"lets in every second", lets_in_some(2)},
          {"lets in every fifth", lets_in_some(5)}};
}

class HostileAudit : public ::testing::Test {
 protected:
  // All at the same time.
  void audit(const std::string& scheme, const std::vector<HostileServer>& servers, const std::set<std::string>& proven,
             const std::vector<std::string>& proven_groups = {}) const {
    struct One {
      std::string name;
      std::unique_ptr<test::HostileBroker> server;
      std::unique_ptr<Audited> audited;
    };
    std::vector<One> all;
    for (const auto& [name, script] : servers) {
      all.push_back({.name = name, .server = std::make_unique<test::HostileBroker>(script)});
      const auto url = scheme + "://127.0.0.1:" + std::to_string(all.back().server->port());
      all.back().audited = std::make_unique<Audited>(
          std::vector<std::string>{url, "--intrusive", "--timeout", "1", "--deadline", "8", "--ca-key", ca_key.file} +
          owner.gives());
    }
    for (auto& [name, server, audited] : all) {
      const auto seen = audited->read();
      EXPECT_TRUE(seen.ended.code == 1 || seen.ended.code == 3) << name << ": " << seen.ended.code << '\n'
                                                                << seen.ended.out << seen.ended.err;
      EXPECT_FALSE(seen.verdict.empty()) << name;
      for (const auto& [id, verdict] : seen.verdict) {
        const bool is_proven =
            proven.contains(id) ||
            std::ranges::any_of(proven_groups, [&](const std::string& prefix) { return id.starts_with(prefix); });
        EXPECT_TRUE(verdict != "pass" || is_proven)
            << scheme << ", " << name << ": " << id << " passes: " << seen.message.at(id);
      }
      EXPECT_NE(seen.grade, "A") << name;
    }
  }

  static std::vector<HostileServer> behind_tls(const hostile::TlsServer& server) {
    auto all = hostile_servers();
    for (auto& one : all) one.script = hostile::behind_tls(server, std::move(one.script));
    return all;
  }

  Owner owner;
  const Pem ca_key = owner.material.ca_key();
};

TEST_F(HostileAudit, of_a_plain_port_has_no_pass) { audit("mqtt", hostile_servers(), {}); }

TEST_F(HostileAudit, of_a_tls_port_without_tls_has_no_pass) { audit("mqtts", hostile_servers(), {}); }

// Their TLS is real, and may be praised; some answer by CONNACK, and nothing listens beside them without TLS.
TEST_F(HostileAudit, of_what_lies_behind_tls_praises_the_tls_alone) {
  audit("mqtts", behind_tls({.identity = owner.server}), {"cleartext-listener-closed", "untrusted-server-ca-detected"},
        {"tls-", "server-certificate-"});
}

TEST_F(HostileAudit, of_a_websocket_port_has_no_pass) { audit("ws", hostile_servers(), {}); }

}  // namespace
}  // namespace mqtts::audit
