// An audit leaves nothing on the broker: no retained message, no session, no will.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/model/interfaces.h"
#include "harness/util/deadline.h"
#include "harness/wire/mqtt_bytes.h"
#include "harness/wire/mqtt_link.h"
#include "tests/audit/audited.h"
#include "tests/support/hostile_broker.h"
#include "tests/support/private_mosquitto.h"

namespace mqtts::audit {
namespace {

using namespace std::chrono_literals;

class Witness {
 public:
  explicit Witness(std::uint16_t port)
      : client_{.address = "127.0.0.1", .port = port, .name = "127.0.0.1"},
        link_(wire::MqttLink::open(client_, wire::TlsOffer::system_default, Deadline::in(5s)).value()) {
    logged_in_ = link_.log_in(wire::connect_packet_of(client_, "witness"), Deadline::in(5s))->accepted();
  }
  bool is_logged_in() const { return logged_in_; }

  // Topics and payloads of what comes within `span` after a subscription to `filter`.
  std::vector<std::pair<std::string, std::string>> receives(const std::string& filter, Clock::duration span) {
    link_.send(wire::encode_subscribe(MqttVersion::v3_1_1, filter, 0), Deadline::in(5s));
    std::vector<std::pair<std::string, std::string>> all;
    for (const auto deadline = Deadline::in(span);;) {
      const auto received = link_.receive(deadline);
      if (received.state != wire::LinkState::open) return all;
      const auto& body = received.packet.body;
      if (received.packet.kind() != 3 || body.size() < 2) continue;
      const auto length = static_cast<std::size_t>(body[0] << 8 | body[1]);
      all.emplace_back(std::string(body.begin() + 2, body.begin() + 2 + static_cast<std::ptrdiff_t>(length)),
                       std::string(body.begin() + 2 + static_cast<std::ptrdiff_t>(length), body.end()));
    }
  }

 private:
  Client client_;
  wire::MqttLink link_;
  bool logged_in_ = false;
};

TEST(AuditTrace, is_none) {
  const Owner owner;
  const auto inner = test::closed_port();
  const test::PrivateMosquitto broker(
      std::vector<std::string>{"per_listener_settings true"} + owner.tls_lines() + owner.password_lines() +
      std::vector<std::string>{"sys_interval 1", "listener " + std::to_string(inner) + " 127.0.0.1",
                               "allow_anonymous true"});
  const auto seen =
      Audited(std::vector<std::string>{"mqtts://127.0.0.1:" + std::to_string(broker.port()), "--intrusive", "--check",
                                       "*-rejected", "--check", "session-theft-blocked", "--check",
                                       "client-id-takeover-blocked", "--check", "keep-alive-enforced", "--check",
                                       "malformed-packets-survived", "--check", "disallowed-code-points-refused",
                                       "--check", "publish-flood-throttled", "--check", "oversized-packet-refused"} +
              owner.gives())
          .read();
  EXPECT_EQ(seen.verdict.at("session-theft-blocked"), "fail") << "it has to use sessions\n" << seen.ended.out;
  Witness witness(inner);
  ASSERT_TRUE(witness.is_logged_in());
  EXPECT_TRUE(witness.receives("#", 1s).empty()) << "retained messages are left, or a will was sent";
  std::string sessions;
  for (const auto& [topic, value] : witness.receives("$SYS/broker/clients/#", 3s))
    if (topic == "$SYS/broker/clients/total") sessions = value;
  EXPECT_EQ(sessions, "1") << "sessions are left beside the witness's own";
}

}  // namespace
}  // namespace mqtts::audit
