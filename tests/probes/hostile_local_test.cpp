// Brokers that misbehave, as the whole prober sees them; and many probes at once.
#include <thread>

#include <gtest/gtest.h>

#include "harness/probes/probes.h"
#include "tests/support/finished_lab.h"
#include "tests/support/hostile_broker.h"

namespace mqtts::probes {
namespace {

namespace hostile = test::hostile;

Client client_of(std::uint16_t port, MqttVersion mqtt = MqttVersion::v3_1_1) {
  return {.address = "127.0.0.1", .port = port, .name = "127.0.0.1", .mqtt = mqtt};
}

Result<Observation> observe_within(const Client& client, Clock::duration span = std::chrono::seconds(10)) {
  WireProber prober;
  return prober.observe({.client = client}, Deadline::in(span));
}

TEST(prober, keeps_paho_away_from_bytes_that_are_not_mqtt) {
  for (const auto& bytes : {hostile::suback(), hostile::http_error(), std::string("\x20\xff\xff\xff\x7f")}) {
    const test::HostileBroker broker(hostile::answers(bytes));
    const auto seen = observe_within(client_of(broker.port()));
    EXPECT_EQ(seen->outcome, Outcome::garbled);
    EXPECT_EQ(broker.connections(), 1);
  }
}

TEST(prober, keeps_paho_away_from_an_mqtt_3_answer_to_mqtt_5) {
  const test::HostileBroker broker(hostile::answers_and_closes(hostile::connack(1)));
  const auto seen = observe_within(client_of(broker.port(), MqttVersion::v5_0));
  EXPECT_EQ(seen->reason, "unsupported_protocol_version");
  EXPECT_EQ(broker.connections(), 1);
}

TEST(prober, asks_both_witnesses_where_they_can_add_something) {
  const test::HostileBroker broker(hostile::answers_and_closes(hostile::connack(4)));
  const auto seen = observe_within(client_of(broker.port()));
  EXPECT_EQ(seen->reason, "bad_user_name_or_password");
  EXPECT_EQ(broker.connections(), 2);
}

TEST(prober, sees_a_closed_connection_and_a_dead_broker) {
  const test::HostileBroker broker(hostile::answers_and_closes(""));
  EXPECT_EQ(observe_within(client_of(broker.port()))->outcome, Outcome::closed);
  EXPECT_EQ(observe_within(client_of(test::closed_port()))->by, By::network);
}

TEST(prober, ends_by_its_deadline_at_a_silent_broker) {
  const test::HostileBroker broker(hostile::says_nothing());
  const auto start = Clock::now();
  EXPECT_EQ(observe_within(client_of(broker.port()), std::chrono::milliseconds(300))->outcome, Outcome::timeout);
  EXPECT_LT(seconds_since(start), 1.0);
}

TEST(prober, reports_witnesses_that_contradict_each_other_after_a_second_try) {
  std::atomic<int> count = 0;
  const test::HostileBroker broker([&count](test::Peer& peer) {
    peer.read_some();
    peer.write(hostile::connack(count++ % 2 == 0 ? 0 : 5));
    peer.read_some();
  });
  EXPECT_EQ(observe_within(client_of(broker.port())).error().kind, ErrorKind::disagreement);
  EXPECT_EQ(broker.connections(), 4);
}

// Gives its clients these codes in turn, and the last one ever after.
test::Script answers_in_turn(std::vector<unsigned char> codes) {
  return [codes = std::move(codes), count = std::make_shared<std::atomic<std::size_t>>(0)](test::Peer& peer) {
    peer.read_some();
    peer.write(hostile::connack(codes[std::min((*count)++, codes.size() - 1)]));
    peer.read_some();
  };
}

TEST(prober, believes_witnesses_that_agree_the_second_time) {
  const test::HostileBroker refuses(answers_in_turn({4, 5, 5}));
  EXPECT_EQ(observe_within(client_of(refuses.port()))->code, 5);
  const test::HostileBroker accepts(answers_in_turn({0, 5, 0}));
  EXPECT_EQ(observe_within(client_of(accepts.port()))->outcome, Outcome::accepted);
}

TEST(prober, does_not_believe_a_refusal_where_one_witness_has_been_let_in) {
  const test::HostileBroker own(answers_in_turn({0, 5, 5}));
  EXPECT_EQ(observe_within(client_of(own.port())).error().kind, ErrorKind::disagreement);
  const test::HostileBroker paho(answers_in_turn({5, 0, 5}));
  EXPECT_EQ(observe_within(client_of(paho.port())).error().kind, ErrorKind::disagreement);
}

TEST(prober, calls_an_unwelcome_client_accepted_as_soon_as_one_witness_is) {
  WireProber prober;
  for (const auto& codes : {std::vector<unsigned char>{0, 5}, {5, 0, 5}}) {
    const test::HostileBroker broker(answers_in_turn(codes));
    const auto seen = prober.observe({.client = client_of(broker.port()), .expects_rejection = true},
                                     Deadline::in(std::chrono::seconds(10)));
    ASSERT_TRUE(seen) << to_english(seen.error().what);
    EXPECT_EQ(seen->outcome, Outcome::accepted);
    EXPECT_EQ(seen->by, By::broker);
    EXPECT_FALSE(seen->code);
  }
  const test::HostileBroker refuses(answers_in_turn({5}));
  EXPECT_EQ(prober
                .observe({.client = client_of(refuses.port()), .expects_rejection = true},
                         Deadline::in(std::chrono::seconds(10)))
                ->code,
            5);
}

// The length of the client id in a CONNECT of MQTT 3.1.1 without a user: the last thing in it.
std::size_t id_length(const std::string& connect) { return connect.size() - 14; }

TEST(prober, says_an_id_where_one_is_wanted) {
  std::atomic<int> without = 0;
  const test::HostileBroker broker([&](test::Peer& peer) {
    const auto connect = peer.read_some();
    const bool is_named = id_length(connect) > 0;
    if (!is_named) ++without;
    peer.write(hostile::connack(is_named ? 0 : 2));
    peer.read_some();
  });
  WireProber prober;
  for (int i = 0; i < 8; ++i) {
    auto client = client_of(broker.port());
    client.seed = "seed " + std::to_string(i);
    EXPECT_EQ(prober.observe({.client = client}, Deadline::in(std::chrono::seconds(10)))->outcome, Outcome::accepted);
  }
  EXPECT_GT(without, 0) << "none of them left its id to the broker";
}

TEST(prober, refuses_bad_material_of_ours_before_it_connects) {
  test::LabMaterial material;
  const test::HostileBroker broker(hostile::says_nothing());
  auto client = client_of(broker.port());
  client.tls = true;
  client.identity = Identity{material.client.certificate, material.server.key};
  EXPECT_EQ(observe_within(client).error().kind, ErrorKind::local);
  EXPECT_EQ(broker.connections(), 0);
}

TEST(prober, keeps_many_probes_apart_that_run_at_once) {
  constexpr int threads_at_once = 8;
  constexpr int probes_each = 6;
  const test::FinishedLab lab;
  std::vector<std::jthread> threads;
  for (int i = 0; i < threads_at_once; ++i)
    threads.emplace_back([&lab, i] {
      WireProber prober;
      auto good = lab.good_client(i % 2 == 0 ? MqttVersion::v3_1_1 : MqttVersion::v5_0);
      auto nameless = good;
      nameless.identity.reset();
      auto wrong = good;
      wrong.password = "wrong";
      for (int k = 0; k < probes_each; ++k) {
        const auto deadline = Deadline::in(std::chrono::seconds(30));
        EXPECT_EQ(
            prober
                .observe({.client = good, .kind = "deliver", .parameters = {{"topic", "topic/" + std::to_string(i)}}},
                         deadline)
                ->outcome,
            Outcome::accepted);
        EXPECT_EQ(prober.observe({.client = nameless}, deadline)->code, 116);
        EXPECT_EQ(prober.observe({.client = wrong}, deadline)->reason, "not_authorized");
      }
    });
}

// What some brokers do to clients, whatever a lab's text says of them.
TEST(mosquitto, gives_code_4_to_every_client_of_an_identity_listener_that_asks_for_no_certificate) {
  const test::FinishedLab lab("TLSv1.3", {"require_certificate false", "use_identity_as_username true"});
  const auto seen = observe_within(lab.good_client());
  EXPECT_EQ(seen->code, 4);
  EXPECT_EQ(seen->reason, "bad_user_name_or_password");
  EXPECT_FALSE(seen->tls->certificate_requested);
  EXPECT_FALSE(seen->tls->certificate_sent);
}

TEST(mosquitto, asks_for_no_password_where_the_certificate_names_the_user) {
  const test::FinishedLab lab("TLSv1.3", {"use_identity_as_username true"});
  auto client = lab.good_client();
  client.password = "wrong";
  EXPECT_EQ(observe_within(client)->outcome, Outcome::accepted);
}

}  // namespace
}  // namespace mqtts::probes
