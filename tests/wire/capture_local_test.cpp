// What is recorded of connections to real servers, as Wireshark's own dissectors read it.
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "harness/util/tcp.h"
#include "harness/wire/capture.h"
#include "harness/wire/paho_client.h"
#include "harness/wire/probe_connection.h"
#include "harness/wire/tcp.h"
#include "tests/support/finished_lab.h"
#include "tests/support/hostile_broker.h"
#include "tests/support/must.h"
#include "tests/support/peak_memory.h"
#include "tests/support/private_mosquitto.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tshark.h"
#include "tests/support/websocket_server.h"

namespace mqtts::wire {
namespace {

using test::must;
using test::soon;
using testing::HasSubstr;
using testing::Not;

Client anybody(std::uint16_t port) { return {.address = "127.0.0.1", .port = port, .name = "127.0.0.1"}; }

class CaptureLocal : public testing::Test {
 protected:
  void record(Client& client, Keys keys = Keys::left_out, Secrets secrets = Secrets::none) {
    recorder_ = std::make_unique<CaptureFolder>(folder_.path(), keys);
    client.traffic = recorder_->attempt("tls", "a-check", "a-check again", secrets);
  }
  // Ends the record.
  std::string file_of(Client& client) {
    client.traffic.reset();
    const auto capture = recorder_->capture_of("tls", "a-check");
    EXPECT_FALSE(recorder_->failure().has_value());
    return capture ? folder_ / capture->file : "";
  }
  std::vector<std::string> lines() const {
    std::vector<std::string> lines;
    const auto capture = recorder_->capture_of("tls", "a-check");
    for (const auto& line : capture->first)
      lines.push_back((line.direction == Direction::to_broker ? "> " : "< ") + line.protocol + " " +
                      line.summary.substr(line.protocol == "TCP" ? line.summary.find('[') : 0) +
                      (line.inside.empty() ? "" : " / " + line.inside));
    return lines;
  }

  test::TemporaryFolder folder_;
  std::unique_ptr<CaptureFolder> recorder_;
};

// Paho publishes, and gets it back.
void round_trip(const Client& client, const std::string& payload) {
  auto paho = must(PahoClient::make(client));
  ASSERT_EQ(must(paho->connect(soon())).outcome, PahoOutcome::done);
  ASSERT_EQ(paho->subscribe("a/topic", soon()).outcome, PahoOutcome::done);
  ASSERT_EQ(paho->publish({"a/topic", payload}, soon()).outcome, PahoOutcome::done);
  ASSERT_EQ(paho->next_message(soon()), payload);
}

std::size_t count_of(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++count;
  return count;
}

TEST_F(CaptureLocal, shows_mqtt_in_clear_of_both_programs) {
  if (!test::has_tshark()) GTEST_SKIP() << "tshark is not installed";
  const test::PrivateMosquitto broker({"allow_anonymous true"});
  auto client = anybody(broker.port());
  record(client);
  must(probe_connection(client, soon()));
  round_trip(client, "the marker");
  const auto file = file_of(client);
  EXPECT_EQ(test::faults_in(file, test::Carried::mqtt), "");
  const auto read = test::tshark(file, test::Carried::mqtt);
  EXPECT_EQ(count_of(read, "Connect Command"), 2u) << read;
  EXPECT_EQ(count_of(read, "Connect Ack"), 2u) << read;
  EXPECT_EQ(count_of(read, "Publish Message [a/topic]"), 2u) << read;
  EXPECT_EQ(count_of(read, "[SYN]"), 2u) << read;
  EXPECT_THAT(test::tshark(file, test::Carried::mqtt, {"-Y", "mqtt.msg contains \"the marker\""}),
              HasSubstr("Publish Message"));
  EXPECT_THAT(test::tshark(file, test::Carried::mqtt, {"-T", "fields", "-e", "frame.comment"}),
              HasSubstr("stage tls, check a-check, attempt a-check again, client paho"));
  EXPECT_EQ(test::tshark(file, test::Carried::mqtt, {"-Y", "tcp.port == " + std::to_string(broker.port())}), read);
  EXPECT_THAT(lines(), testing::ElementsAre("> TCP [SYN]", "< TCP [SYN, ACK]", "> TCP [ACK]", "> MQTT Connect Command",
                                            "< MQTT Connect Ack", "> MQTT Disconnect Req", testing::_, testing::_,
                                            testing::_, testing::_, testing::_, testing::_));
  EXPECT_EQ(recorder_->capture_of("tls", "a-check")->packets, test::packets_in(file));
}

class CaptureOfTls : public CaptureLocal, public testing::WithParamInterface<test::Protocols> {};

TEST_P(CaptureOfTls, is_decrypted_by_its_keys_and_by_nothing_else) {
  if (!test::has_tshark()) GTEST_SKIP() << "tshark is not installed";
  const test::FinishedLab lab(GetParam().tls, {});
  for (const auto keys : {Keys::left_out, Keys::recorded}) {
    auto client = lab.good_client(GetParam().mqtt);
    record(client, keys);
    ASSERT_EQ(must(probe_connection(client, soon())).outcome, Outcome::accepted);
    round_trip(client, "the marker");
    const auto file = file_of(client);
    EXPECT_EQ(test::faults_in(file, test::Carried::tls), "");
    const auto found = test::tshark(file, test::Carried::tls, {"-Y", "mqtt.msg contains \"the marker\""});
    const auto read = test::tshark(file, test::Carried::tls);
    if (keys == Keys::recorded) {
      EXPECT_EQ(count_of(found, "Publish Message [a/topic]"), 2u) << read;
      EXPECT_EQ(count_of(read, "Connect Command"), 2u) << read;
    } else {
      EXPECT_EQ(found, "");
      EXPECT_THAT(read, Not(HasSubstr("Connect Command")));
    }
    EXPECT_THAT(test::content_of(file), Not(HasSubstr("the marker")));
    EXPECT_THAT(test::content_of(file), Not(HasSubstr(*client.password)));
    struct stat status {};
    ASSERT_EQ(stat(file.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, keys == Keys::recorded ? 0600u : 0644u);
  }
}

INSTANTIATE_TEST_SUITE_P(Versions, CaptureOfTls, testing::ValuesIn(test::all_protocols),
                         [](const auto& it) { return test::name_of(it.param); });

TEST_F(CaptureLocal, shows_who_refuses_a_certificate) {
  if (!test::has_tshark()) GTEST_SKIP() << "tshark is not installed";
  const test::FinishedLab lab;
  auto client = lab.good_client();
  client.identity.reset();
  record(client, Keys::recorded);
  ASSERT_EQ(must(probe_connection(client, soon())).reason, "certificate_required");
  const auto file = file_of(client);
  EXPECT_EQ(test::faults_in(file, test::Carried::tls), "");
  EXPECT_THAT(test::tshark(file, test::Carried::tls),
              HasSubstr("Alert (Level: Fatal, Description: Certificate Required)"));
  EXPECT_THAT(lines(),
              testing::Contains(testing::AllOf(testing::StartsWith("< TLSv1.3 Application Data"),
                                               HasSubstr("Alert (Level: Fatal, Description: Certificate Required)"))));
}

TEST_F(CaptureLocal, shows_a_websocket) {
  if (!test::has_tshark()) GTEST_SKIP() << "tshark is not installed";
  const auto port = test::closed_port();
  auto settings = test::websocket_listener(port);
  settings.emplace_back("allow_anonymous true");
  const test::PrivateMosquitto broker(settings);
  auto client = anybody(port);
  client.websocket = true;
  record(client);
  ASSERT_EQ(must(probe_connection(client, soon())).outcome, Outcome::accepted);
  round_trip(client, "the marker");
  const auto file = file_of(client);
  const auto read = test::tshark(file, test::Carried::http);
  EXPECT_EQ(count_of(read, "101 Switching Protocols"), 2u) << read;
  EXPECT_THAT(read, HasSubstr("WebSocket Binary [FIN]"));
  EXPECT_EQ(test::faults_in(file, test::Carried::http), "");
  EXPECT_THAT(lines(), testing::Contains("> WebSocket WebSocket Binary [FIN] [MASKED] / Connect Command"));
}

TEST_F(CaptureLocal, shows_ipv6) {
  if (!test::has_tshark()) GTEST_SKIP() << "tshark is not installed";
  const auto port = test::closed_port();
  const test::PrivateMosquitto broker({"listener " + std::to_string(port) + " ::1", "allow_anonymous true"});
  auto client = anybody(port);
  client.address = client.name = "::1";
  record(client);
  ASSERT_EQ(must(probe_connection(client, soon())).outcome, Outcome::accepted);
  round_trip(client, "the marker");
  const auto file = file_of(client);
  EXPECT_EQ(test::faults_in(file, test::Carried::mqtt), "");
  EXPECT_EQ(
      count_of(test::tshark(file, test::Carried::mqtt, {"-Y", "ipv6.addr == ::1 and mqtt.msg contains \"the marker\""}),
               "Publish"),
      2u);
}

TEST_F(CaptureLocal, shows_how_a_connection_ends) {
  const auto shown = [&](std::uint16_t port) {
    auto client = anybody(port);
    record(client);
    static_cast<void>(probe_connection(client, soon()));
    const auto file = file_of(client);
    if (test::has_tshark()) {
      EXPECT_EQ(test::faults_in(file, test::Carried::mqtt), "");
    }
    return lines();
  };
  EXPECT_THAT(shown(test::closed_port()), testing::ElementsAre("> TCP [SYN]", "< TCP [RST, ACK]"));
  {
    const test::HostileBroker broker(test::hostile::answers_and_closes(std::string("\x20\2\0\5", 4)));
    EXPECT_THAT(shown(broker.port()),
                testing::ElementsAre("> TCP [SYN]", "< TCP [SYN, ACK]", "> TCP [ACK]", "> MQTT Connect Command",
                                     "< MQTT Connect Ack (5 Not authorized)", "< TCP [FIN, ACK]", "> TCP [FIN, ACK]"));
  }
  const test::HostileBroker broker([](test::Peer& peer) {
    peer.read_some();
    peer.reset();
  });
  EXPECT_THAT(shown(broker.port()), testing::ElementsAre("> TCP [SYN]", "< TCP [SYN, ACK]", "> TCP [ACK]",
                                                         "> MQTT Connect Command", "< TCP [RST, ACK]"));
}

// A listener whose queue is full does not answer (Linux drops the SYN).
TEST_F(CaptureLocal, shows_a_syn_that_nobody_answers) {
  const Fd listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  auto address = *numeric_address("127.0.0.1", 0);
  ASSERT_EQ(bind(listener.get(), reinterpret_cast<const sockaddr*>(&address.bytes), address.size), 0);
  ASSERT_EQ(listen(listener.get(), 0), 0);
  const auto port = port_of(local_address(listener.get()));
  const auto first = must(connect_tcp("127.0.0.1", port, soon()));
  auto client = anybody(port);
  record(client);
  ASSERT_EQ(must(connect_tcp(client, Deadline::in(std::chrono::milliseconds(300)))).outcome, TcpOutcome::timed_out);
  file_of(client);
  EXPECT_THAT(lines(), testing::ElementsAre("> TCP [SYN]"));
}

// What came and was not read is there, too, and what ended the connection.
TEST_F(CaptureLocal, holds_what_was_not_read) {
  const test::HostileBroker broker([](test::Peer& peer) { peer.write("not read"); });
  auto client = anybody(broker.port());
  record(client);
  {
    const auto made = must(connect_tcp(client, soon()));
    ASSERT_TRUE(wait_for(made.socket.get(), POLLIN, soon()));
  }
  EXPECT_THAT(test::content_of(file_of(client)), HasSubstr("not read"));
  EXPECT_EQ(lines().back(), "> TCP [RST, ACK]");
}

TEST_F(CaptureLocal, keeps_several_clients_of_paho_apart) {
  if (!test::has_tshark()) GTEST_SKIP() << "tshark is not installed";
  const test::PrivateMosquitto broker({"allow_anonymous true"});
  CaptureFolder recorder(folder_.path(), Keys::left_out);
  std::vector<std::thread> threads;
  constexpr int clients = 8;
  for (int i = 0; i < clients; ++i)
    threads.emplace_back([&, i] {
      auto client = anybody(broker.port());
      const auto name = "check-" + std::to_string(i);
      client.traffic = recorder.attempt("open", name, name, Secrets::none);
      auto paho = must(PahoClient::make(client));
      ASSERT_EQ(must(paho->connect(soon())).outcome, PahoOutcome::done);
      ASSERT_EQ(paho->publish({"a/topic", "of " + name}, soon()).outcome, PahoOutcome::done);
    });
  for (auto& thread : threads) thread.join();
  for (int i = 0; i < clients; ++i) {
    const auto name = "check-" + std::to_string(i);
    const auto file = folder_ / recorder.capture_of("open", name)->file;
    EXPECT_EQ(test::faults_in(file, test::Carried::mqtt), "");
    EXPECT_EQ(count_of(test::content_of(file), "of check-"), 1u);
    EXPECT_THAT(test::content_of(file), HasSubstr("of " + name));
  }
}

// The first bytes that the broker sends wait until the client answers, and are told after those of the second connection.
TEST_F(CaptureLocal, is_in_the_order_of_time_whatever_waits) {
  auto client = anybody(1883);
  record(client);
  const auto connect = [&](std::uint16_t port) {
    const TcpEnds ends{*numeric_address("127.0.0.1", port), *numeric_address("127.0.0.1", 1883)};
    return client.traffic->opened(ends, WallClock::now(), "probe");
  };
  const std::array<unsigned char, 2> ping{0xc0, 0};
  const std::array<unsigned char, 2> pong{0xd0, 0};
  const auto first = connect(40000);
  first->data(Direction::to_broker, ping);
  first->data(Direction::to_client, pong);
  const auto second = connect(40001);
  second->connected();
  first->ended(Direction::to_broker, TcpEnd::fin);
  second->ended(Direction::to_broker, TcpEnd::fin);
  const auto file = file_of(client);
  EXPECT_THAT(lines(), testing::ElementsAre("> TCP [SYN]", "< TCP [SYN, ACK]", "> TCP [ACK]", "> MQTT Ping Request",
                                            "< MQTT Ping Response", "> TCP [SYN]", "< TCP [SYN, ACK]", "> TCP [ACK]",
                                            "> TCP [FIN, ACK]", "> TCP [FIN, ACK]"));
  const auto told = recorder_->capture_of("tls", "a-check")->first;
  EXPECT_TRUE(std::is_sorted(told.begin(), told.end(),
                             [](const auto& one, const auto& other) { return one.seconds < other.seconds; }));
  if (test::has_tshark()) {
    EXPECT_EQ(test::tshark(file, test::Carried::mqtt, {"-Y", "frame.time_delta < 0"}), "");
  }
}

TEST_F(CaptureLocal, stays_in_its_folder_and_replaces_what_was_there) {
  CaptureFolder recorder(folder_ / "reports", Keys::left_out);
  const auto connect = [&](const std::string& stage, const std::string& check) {
    auto client = anybody(test::closed_port());
    client.traffic = recorder.attempt(stage, check, check, Secrets::none);
    static_cast<void>(connect_tcp(client, soon()));
    client.traffic.reset();
    return recorder.capture_of(stage, check)->file;
  };
  for (const std::string id : {"../../out", "/etc/passwd", "..", "", "a b", "é"}) {
    const auto file = connect(id, id);
    EXPECT_THAT(file, testing::MatchesRegex("captures/[^/]+/[^/]+\\.pcapng"));
    EXPECT_THAT(file, Not(HasSubstr("/..")));
    EXPECT_TRUE(std::filesystem::is_regular_file(folder_ / ("reports/" + file)));
  }
  EXPECT_NE(connect("s", "a b"), connect("s", "a_b"));
  // A link is replaced, not followed.
  const auto victim = folder_.write("victim", "untouched");
  std::filesystem::create_directories(folder_ / "reports/captures/open");
  std::filesystem::create_symlink(victim, folder_ / "reports/captures/open/check.pcapng");
  connect("open", "check");
  EXPECT_EQ(test::content_of(victim), "untouched");
}

TEST_F(CaptureLocal, says_once_that_it_cannot_write) {
  folder_.write("captures", "no folder");
  CaptureFolder recorder(folder_.path(), Keys::left_out);
  const test::HostileBroker broker(test::hostile::answers(std::string("\x20\2\0\0", 4)));
  auto client = anybody(broker.port());
  client.traffic = recorder.attempt("tls", "a-check", "a-check", Secrets::none);
  EXPECT_EQ(must(probe_connection(client, soon())).outcome, Outcome::accepted);
  client.traffic.reset();
  EXPECT_EQ(recorder.capture_of("tls", "a-check"), std::nullopt);
  const auto failure = recorder.failure();
  ASSERT_TRUE(failure.has_value());
  EXPECT_THAT(to_english(failure->what), HasSubstr("a-check.pcapng cannot be written"));
}

TEST_F(CaptureLocal, takes_no_memory_for_ten_thousand_connections) {
  auto client = anybody(1883);
  record(client);
  const TcpEnds ends{*numeric_address("127.0.0.1", 40000), *numeric_address("127.0.0.1", 1883)};
  const std::array<unsigned char, 4'096> bytes{};
  const auto connect = [&] {
    const auto connection = client.traffic->opened(ends, WallClock::now(), "probe");
    connection->data(Direction::to_broker, bytes);
    connection->data(Direction::to_client, bytes);
    connection->ended(Direction::to_client, TcpEnd::fin);
  };
  for (int i = 0; i < 100; ++i) connect();
  const test::PeakMemory memory;
  for (int i = 0; i < 10'000; ++i) connect();
  EXPECT_LT(memory.growth(), 8);
  EXPECT_GT(std::filesystem::file_size(file_of(client)), 10'000u * 8'000u);
  EXPECT_EQ(recorder_->capture_of("tls", "a-check")->first.size(), most_packet_lines);
}

}  // namespace
}  // namespace mqtts::wire
