// A connection that says its MQTT byte by byte, at a real broker and at hostile ones.
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "harness/wire/mqtt_link.h"
#include "tests/support/finished_lab.h"
#include "tests/support/hostile_broker.h"
#include "tests/support/private_mosquitto.h"

namespace mqtts::wire {
namespace {

using namespace std::chrono_literals;
namespace hostile = test::hostile;

Client at(std::uint16_t port) { return {.address = "127.0.0.1", .port = port, .name = "127.0.0.1"}; }

MqttLink open(const Client& client) {
  return MqttLink::open(client, TlsOffer::system_default, Deadline::in(5s)).value();
}

TEST(MqttLink, logs_in_over_tls_and_is_answered) {
  for (const auto& protocols : test::all_protocols) {
    const test::FinishedLab lab(protocols.tls);
    const auto client = lab.good_client(protocols.mqtt);
    auto link = open(client);
    const auto answer = link.log_in(connect_packet_of(client, client_id_for(client, "test")), Deadline::in(5s));
    ASSERT_TRUE(answer->accepted()) << test::name_of(protocols);
    EXPECT_EQ(answer->session_present, false);
    EXPECT_TRUE(link.answers(Deadline::in(5s)));
    EXPECT_FALSE(link.ends_within(10ms, Deadline::in(5s)));
    link.leave(Deadline::in(5s));
    EXPECT_EQ(link.state(), LinkState::closed);
  }
}

// Under TLS 1.3 as well: the link waits for the server's verdict.
TEST(MqttLink, is_closed_where_the_certificate_is_refused) {
  for (const auto* tls : {"TLSv1.2", "TLSv1.3"}) {
    const test::FinishedLab lab(tls);
    auto client = lab.good_client();
    client.identity.reset();
    EXPECT_EQ(open(client).state(), LinkState::closed) << tls;
  }
}

TEST(MqttLink, keeps_a_session_over_connections) {
  const test::PrivateMosquitto broker({"allow_anonymous true"});
  for (const auto version : {MqttVersion::v3_1_1, MqttVersion::v5_0}) {
    auto client = at(broker.port());
    client.mqtt = version;
    auto packet = connect_packet_of(client, version == MqttVersion::v5_0 ? "five" : "three");
    packet.clean = false;
    if (version == MqttVersion::v5_0) packet.session_expiry = 30;
    EXPECT_FALSE(open(client).log_in(packet, Deadline::in(5s))->session_present);
    EXPECT_TRUE(open(client).log_in(packet, Deadline::in(5s))->session_present);
  }
}

TEST(MqttLink, speaks_over_websocket) {
  const auto port = test::closed_port();
  const test::PrivateMosquitto broker({"allow_anonymous true", "listener " + std::to_string(port) + " 127.0.0.1",
                                       "protocol websockets", "allow_anonymous true"});
  auto client = at(port);
  client.websocket = true;
  client.websocket_path = "/mqtt";
  for (const auto version : {MqttVersion::v3_1_1, MqttVersion::v5_0}) {
    client.mqtt = version;
    auto link = open(client);
    EXPECT_TRUE(link.log_in(connect_packet_of(client, "over-websocket"), Deadline::in(5s))->accepted());
    auto moved = std::move(link);
    EXPECT_TRUE(moved.answers(Deadline::in(5s)));
    moved.leave(Deadline::in(5s));
    EXPECT_EQ(moved.state(), LinkState::closed);
  }
  client.port = broker.port();  // speaks no HTTP
  EXPECT_NE(open(client).state(), LinkState::open);
  const test::HostileBroker other(hostile::answers_and_closes(hostile::http_error()));
  client.port = other.port();
  EXPECT_EQ(open(client).state(), LinkState::closed);
}

TEST(MqttLink, tells_how_it_came_to_an_end) {
  EXPECT_EQ(open(at(test::closed_port())).state(), LinkState::refused);
  {
    const test::HostileBroker broker(hostile::closes_at_once());
    EXPECT_EQ(open(at(broker.port())).receive(Deadline::in(5s)).state, LinkState::closed);
  }
  {
    const test::HostileBroker broker(hostile::says_nothing());
    EXPECT_EQ(open(at(broker.port())).receive(Deadline::in(20ms)).state, LinkState::timed_out);
  }
  {
    const test::HostileBroker broker(hostile::answers("\x30\xff\xff\xff\x7f"));
    auto link = open(at(broker.port()));
    EXPECT_FALSE(link.answers(Deadline::in(5s)));
    EXPECT_EQ(link.state(), LinkState::garbled);
    EXPECT_FALSE(link.ends_within(10ms, Deadline::in(5s))) << "that is no end";
  }
}

TEST(MqttLink, takes_only_a_connack_for_an_answer_to_its_login) {
  for (const auto& bytes : {hostile::suback(), std::string("\xd0\0", 2), std::string("\x20\x02\x07\0", 4)}) {
    const test::HostileBroker broker(hostile::answers(bytes));
    const auto client = at(broker.port());
    EXPECT_EQ(open(client).log_in(connect_packet_of(client, "x"), Deadline::in(5s))->state, LinkState::garbled);
  }
}

}  // namespace
}  // namespace mqtts::wire
