#include "harness/wire/packet_words.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace mqtts::wire {
namespace {

using namespace std::string_literals;

std::span<const unsigned char> octets_of(std::string_view text) {
  return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

std::string words(Conversation& conversation, Direction direction, const std::string& bytes) {
  const auto words = conversation.add(direction, octets_of(bytes));
  return words.protocol + ": " + words.summary + (words.inside.empty() ? "" : " / " + words.inside);
}

std::string sent(const std::string& bytes) {
  Conversation conversation;
  return words(conversation, Direction::to_broker, bytes);
}

std::string received(const std::string& bytes) {
  Conversation conversation;
  return words(conversation, Direction::to_client, bytes);
}

TEST(PacketWords, name_mqtt_packets) {
  EXPECT_EQ(sent("\x10\x0c\0\4MQTT\4\2\0\0\0\0"s), "MQTT: Connect Command");
  EXPECT_EQ(received("\x20\2\0\0"s), "MQTT: Connect Ack");
  EXPECT_EQ(received("\x20\2\0\5"s), "MQTT: Connect Ack (5 Not authorized)");
  EXPECT_EQ(received("\x20\3\0\x87\0"s), "MQTT: Connect Ack (135 Not authorized)");
  EXPECT_EQ(sent("\x30\5\0\2ab!"s), "MQTT: Publish Message [ab]");
  EXPECT_EQ(sent("\x32\7\0\2ab\0\7!"s), "MQTT: Publish Message (id=7) [ab]");
  EXPECT_EQ(sent("\x82\7\0\1\0\2ab\0\xc0\0"s), "MQTT: Subscribe Request (id=1), Ping Request");
  EXPECT_EQ(received("\x90\3\0\1\0\xd0\0"s), "MQTT: Subscribe Ack (id=1), Ping Response");
  EXPECT_EQ(sent("\xe0\0"s), "MQTT: Disconnect Req");
}

TEST(PacketWords, wait_for_a_packet_that_comes_in_parts) {
  Conversation conversation;
  EXPECT_EQ(words(conversation, Direction::to_client, "\x20"s), "TCP: [TCP segment of a reassembled PDU]");
  EXPECT_EQ(words(conversation, Direction::to_client, "\2\0"s), "TCP: [TCP segment of a reassembled PDU]");
  EXPECT_EQ(words(conversation, Direction::to_client, "\0\xd0\0"s), "MQTT: Connect Ack, Ping Response");
}

// A long message is named by its beginning, and the rest of it is no packet.
TEST(PacketWords, skip_the_rest_of_a_long_packet) {
  Conversation conversation;
  EXPECT_EQ(words(conversation, Direction::to_broker, "\x30\x80\x20\0\2ab"s + std::string(1000, '\x20')),
            "MQTT: Publish Message [ab]");
  EXPECT_EQ(words(conversation, Direction::to_broker, std::string(4096 - 1004, '\x20') + "\xe0\0"s),
            "MQTT: Disconnect Req");
}

TEST(PacketWords, name_tls_records) {
  EXPECT_EQ(received("\x15\3\3\0\2\2\x28"s), "TLS: Alert (Level: Fatal, Description: Handshake Failure)");
  EXPECT_EQ(received("\x17\3\3\0\3abc"s), "TLS: Application Data, 3 bytes");
  EXPECT_EQ(sent("\x16\3\1\0\4\1\0\0\0"s), "TLS: Client Hello");
  const auto hello = "\1\0\0\x3b\3\3"s + std::string(32, 'r') + "\0\0\2\x13\1\1\0\0\x10\0\0\0\x0c\0\x0a\0\0\7broker1"s;
  EXPECT_EQ(sent("\x16\3\1\0"s + static_cast<char>(hello.size()) + hello), "TLS: Client Hello (SNI=broker1)");
}

TEST(PacketWords, know_the_version_by_the_server_hello) {
  const auto hello = "\2\0\0\x2e\3\3"s + std::string(32, 'r') + "\0\x13\1\0\0\6\0\x2b\0\2\3\4"s;
  EXPECT_EQ(received("\x16\3\3\0"s + static_cast<char>(hello.size()) + hello + "\x14\3\3\0\1\1"s),
            "TLSv1.3: Server Hello, Change Cipher Spec");
  Conversation conversation;
  const auto old = "\2\0\0\x26\3\3"s + std::string(32, 'r') + "\0\x13\1\0"s;
  words(conversation, Direction::to_client, "\x16\3\3\0"s + static_cast<char>(old.size()) + old + "\x14\3\3\0\1\1"s);
  EXPECT_EQ(words(conversation, Direction::to_client, "\x16\3\3\0\4abcd\x15\3\3\0\2xy"s),
            "TLSv1.2: Encrypted Handshake Message, Encrypted Alert");
}

TEST(PacketWords, name_what_was_decrypted) {
  Conversation conversation;
  EXPECT_EQ(conversation.inside(Direction::to_client, TlsContent::alert, octets_of("\2\x74"s)),
            "Alert (Level: Fatal, Description: Certificate Required)");
  EXPECT_EQ(conversation.inside(Direction::to_client, TlsContent::handshake, octets_of("\4\0\0\0"s)),
            "New Session Ticket");
  EXPECT_EQ(conversation.inside(Direction::to_broker, TlsContent::application_data, octets_of("\xe0\0"s)),
            "Disconnect Req");
  EXPECT_EQ(conversation.inside(Direction::to_client, TlsContent::application_data,
                                octets_of("HTTP/1.1 101 Switching Protocols\r\n\r\n\x82\4\x20\2\0\5"s)),
            "WebSocket Binary [FIN]");
}

TEST(PacketWords, name_a_websockets_frames) {
  Conversation conversation;
  EXPECT_EQ(words(conversation, Direction::to_broker, "GET /mqtt HTTP/1.1\r\nHost: a\r\n\r\n"s),
            "HTTP: GET /mqtt HTTP/1.1");
  EXPECT_EQ(words(conversation, Direction::to_client, "HTTP/1.1 101 Switching Protocols\r\n\r\n"s),
            "HTTP: HTTP/1.1 101 Switching Protocols");
  EXPECT_EQ(words(conversation, Direction::to_broker, "\x82\x82\1\1\1\1\xe1\1"s),
            "WebSocket: WebSocket Binary [FIN] [MASKED] / Disconnect Req");
  EXPECT_EQ(words(conversation, Direction::to_client, "\x82\4\x20\2\0\5\x88\0"s),
            "WebSocket: WebSocket Binary [FIN], WebSocket Connection Close [FIN] / Connect Ack (5 Not authorized)");
}

TEST(PacketWords, show_no_foreign_controls) {
  EXPECT_EQ(sent("\x30\6\0\4a\x1b\n\xff"s), "MQTT: Publish Message [a...]");
  EXPECT_EQ(received("HTTP/1.1 \x1b[31m\r\n\r\n"s), "HTTP: HTTP/1.1 .[31m");
}

TEST(PacketWords, survive_what_is_nothing) {
  EXPECT_EQ(received("\xff\xff\xff\xff\xff\xff"s).substr(0, 5), "MQTT:");
  EXPECT_EQ(received("\x16\3\3\xff\xff"s), "TCP: [TCP segment of a reassembled PDU]");
}

}  // namespace
}  // namespace mqtts::wire
