#include "harness/wire/websocket.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include <gtest/gtest.h>

namespace mqtts::wire {
namespace {

// RFC 6455 section 1.3.
constexpr std::string_view key = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

const std::string good_answer =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n"
    "Sec-WebSocket-Accept: " +
    std::string(accept) + "\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n";

std::string without(const std::string& part) {
  auto text = good_answer;
  return text.erase(text.find(part), part.size());
}

std::string instead(const std::string& part, const std::string& other) {
  auto text = good_answer;
  return text.replace(text.find(part), part.size(), other);
}

bool is_no_websocket(std::string_view answer) { return std::holds_alternative<Garbled>(decode_upgrade(answer, key)); }

TEST(encode_upgrade, says_what_a_server_needs) {
  EXPECT_EQ(*encode_upgrade({"broker:80", "/mqtt", std::string(key)}),
            "GET /mqtt HTTP/1.1\r\nHost: broker:80\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: "
            "mqtt\r\n\r\n");
  EXPECT_TRUE(encode_upgrade({"broker:80", "/", std::string(key), "http://site.example"})
                  ->ends_with("\r\nOrigin: http://site.example\r\n\r\n"));
}

TEST(encode_upgrade, refuses_what_would_be_another_request) {
  for (const auto* path : {"", "mqtt", "/a b", "/a\r\nX: y"})
    EXPECT_FALSE(encode_upgrade({"broker:80", path, std::string(key)})) << path;
  EXPECT_FALSE(encode_upgrade({"broker:80", "/", std::string(key), "x\r\nCookie: y"}));
  EXPECT_FALSE(encode_upgrade({"broker\n:80", "/", std::string(key)}));
}

TEST(decode_upgrade, takes_a_proven_one) {
  EXPECT_EQ(accept_of(key), accept);
  EXPECT_EQ(decode_upgrade(good_answer + "\x82", key), UpgradeAnswer(Upgraded{good_answer.size()}));
}

TEST(decode_upgrade, waits_for_the_whole_of_it) {
  for (std::size_t size = 0; size < good_answer.size(); ++size)
    EXPECT_EQ(decode_upgrade(std::string_view(good_answer).substr(0, size), key), UpgradeAnswer(NeedMore{})) << size;
}

TEST(decode_upgrade, takes_none_that_is_not_proven) {
  for (const auto* part : {"Upgrade: WebSocket\r\n", "keep-alive, Upgrade", "Sec-WebSocket-Protocol: mqtt\r\n"})
    EXPECT_TRUE(is_no_websocket(without(part))) << part;
  EXPECT_TRUE(is_no_websocket(without("Sec-WebSocket-Accept: " + std::string(accept) + "\r\n")));
  EXPECT_TRUE(is_no_websocket(instead("+xOo=", "+xOp=")));
  EXPECT_TRUE(is_no_websocket(instead("Protocol: mqtt", "Protocol: mqttv3.1")));
  EXPECT_TRUE(is_no_websocket(instead("\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n")));
  EXPECT_TRUE(is_no_websocket(instead("\r\n\r\n", "\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n")));
  EXPECT_TRUE(is_no_websocket(instead("\r\n\r\n", "\r\nno header\r\n\r\n")));
  EXPECT_TRUE(is_no_websocket("HTTP/1.1 101 Switching Protocols\r\n\r\n"));
}

TEST(decode_upgrade, sees_a_refusal_by_its_status_alone) {
  EXPECT_EQ(decode_upgrade("HTTP/1.0 403 Forbidden\r\n", key), UpgradeAnswer(NotUpgraded{403}));
  EXPECT_EQ(decode_upgrade("HTTP/1.1 200\r\n", key), UpgradeAnswer(NotUpgraded{200}));
}

TEST(decode_upgrade, takes_nothing_else_for_http) {
  for (const auto* answer :
       {"\x20\x02", "HTTP/2 403\r\n", "HTTP/1.1 99 Odd\r\n", "HTTP/1.1 +03 Odd\r\n", "HTTP/1.1 1010\r\n",
        "HTTP/1.1 100 Continue\r\n", "HTTP/1.1403\r\n", "SSH-2.0-OpenSSH\r\n"})
    EXPECT_TRUE(is_no_websocket(answer)) << answer;
  EXPECT_TRUE(is_no_websocket("HTTP/1.1 " + std::string(longest_upgrade_answer, '1')));
  EXPECT_TRUE(is_no_websocket(instead("\r\n\r\n", "\r\nX: " + std::string(longest_upgrade_answer, 'x'))));
}

constexpr std::array<unsigned char, 4> mask = {0x37, 0xfa, 0x21, 0x3d};

Bytes frame_of(std::size_t size) { return encode_frame(Opcode::binary, Bytes(size, 0), mask); }

// RFC 6455 section 5.7.
TEST(encode_frame, masks_the_payload) {
  const Bytes hello = {'H', 'e', 'l', 'l', 'o'};
  EXPECT_EQ(encode_frame(Opcode::binary, hello, mask),
            (Bytes{0x82, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58}));
}

TEST(encode_frame, writes_the_shortest_length) {
  EXPECT_EQ(frame_of(125)[1], 0x80 | 125);
  const auto longer = frame_of(126);
  EXPECT_EQ(Bytes(longer.begin(), longer.begin() + 4), (Bytes{0x82, 0xfe, 0, 126}));
  const auto large = frame_of(0x10000);
  EXPECT_EQ(Bytes(large.begin(), large.begin() + 10), (Bytes{0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 0}));
  EXPECT_EQ(large.size(), 10U + 4 + 0x10000);
}

// What a decoder makes of these bytes: "data:…" for each payload, and how it ends.
std::string events(const Bytes& bytes, std::size_t at_once = 1000) {
  FrameDecoder decoder;
  std::string text;
  std::string data;
  std::size_t shown = 0;
  for (std::size_t taken = 0;;) {
    const auto event = decoder.next(std::span(bytes).subspan(taken, shown - taken));
    taken += event.consumed;
    const std::string payload(event.payload.begin(), event.payload.end());
    switch (event.kind) {
      case FrameEvent::Kind::data: data += payload; continue;
      case FrameEvent::Kind::ping: text += "ping:" + payload + " "; continue;
      case FrameEvent::Kind::pong: text += "pong "; continue;
      case FrameEvent::Kind::close: return text + "data:" + data + " close";
      case FrameEvent::Kind::garbled: return text + "data:" + data + " garbled";
      case FrameEvent::Kind::need_more: break;
    }
    if (shown == bytes.size()) return text + "data:" + data;
    shown = std::min(bytes.size(), shown + at_once);
  }
}

TEST(FrameDecoder, takes_frames_and_parts_of_messages) {
  const Bytes bytes = {0x82, 2, 'a', 'b', 0x02, 1, 'c', 0x89, 1, '!', 0x00, 0, 0x8a, 0, 0x80, 1, 'd', 0x82, 0};
  for (const std::size_t at_once : {1U, 2U, 3U, 1000U}) EXPECT_EQ(events(bytes, at_once), "ping:! pong data:abcd");
}

TEST(FrameDecoder, takes_long_frames) {
  Bytes bytes = {0x82, 126, 1, 0};
  bytes.resize(4 + 256, 'x');
  EXPECT_EQ(events(bytes, 100), "data:" + std::string(256, 'x'));
  bytes = {0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0};
  bytes.resize(10 + 0x10000, 'y');
  EXPECT_EQ(events(bytes), "data:" + std::string(0x10000, 'y'));
}

TEST(FrameDecoder, ends_with_a_close) {
  EXPECT_EQ(events({0x88, 2, 3, 0xe8}), "data: close");
  EXPECT_EQ(events({0x88, 0}), "data: close");
}

TEST(FrameDecoder, takes_nothing_that_the_standard_forbids) {
  for (const auto& bytes :
       {Bytes{0x81, 1, 'a'},                  // text
        Bytes{0xc2, 1, 'a'},                  // a reserved bit
        Bytes{0x82, 0x81, 0, 0, 0, 0, 'a'},   // masked
        Bytes{0x83, 0},                       // reserved opcodes
        Bytes{0x8b, 0}, Bytes{0x80, 1, 'a'},  // goes on with nothing
        Bytes{0x02, 0, 0x82, 0},              // another message before the end of one
        Bytes{0x09, 0},                       // half a ping
        Bytes{0x89, 126, 0, 126},             // a ping that is too long
        Bytes{0x88, 1, 3},                    // half a status
        Bytes{0x82, 126, 0, 125},             // lengths that are too long
        Bytes{0x82, 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, Bytes{0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0}})
    EXPECT_EQ(events(bytes), "data: garbled") << int{bytes[0]} << " " << int{bytes[1]};
}

}  // namespace
}  // namespace mqtts::wire
