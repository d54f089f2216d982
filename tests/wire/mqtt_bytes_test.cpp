#include "harness/wire/mqtt_bytes.h"

#include <string_view>

#include <gtest/gtest.h>

namespace mqtts::wire {
namespace {

using namespace std::string_view_literals;

Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

TEST(MqttBytes, are_as_the_standard_defines_them) {
  EXPECT_EQ(encode_publish(MqttVersion::v3_1_1, {"a/b", "hi"}), bytes_of("\x30\x07\0\3a/bhi"sv));
  EXPECT_EQ(encode_publish(MqttVersion::v5_0, {"a/b", "hi", 1, 258}), bytes_of("\x32\x0a\0\3a/b\1\2\0hi"sv));
  EXPECT_EQ(encode_subscribe(MqttVersion::v3_1_1, "#", 1), bytes_of("\x82\6\0\1\0\1#\1"sv));
  EXPECT_EQ(encode_subscribe(MqttVersion::v5_0, "#", 1), bytes_of("\x82\7\0\1\0\0\1#\1"sv));
  EXPECT_EQ(encode_ping(), bytes_of("\xc0\0"sv));
}

TEST(MqttBytes, have_lengths_of_up_to_four_bytes) {
  for (const auto& [length, bytes] : {std::pair{0UL, "\0"sv},
                                      {127UL, "\x7f"sv},
                                      {128UL, "\x80\x01"sv},
                                      {16'384UL, "\x80\x80\x01"sv},
                                      {268'435'455UL, "\xff\xff\xff\x7f"sv}}) {
    Bytes put;
    put_length(put, length);
    EXPECT_EQ(put, bytes_of(bytes));
  }
}

TEST(PacketReader, splits_what_comes_in_any_pieces) {
  PacketReader reader;
  std::string kinds;
  for (const char byte : "\xd0\0\x30\5\0\1tab\x40\2\0\1"sv) {
    reader.add(bytes_of({&byte, 1}));
    for (auto next = reader.next(); std::holds_alternative<Packet>(next); next = reader.next()) {
      const auto& packet = std::get<Packet>(next);
      kinds += std::to_string(packet.kind()) + ":" + std::to_string(packet.body.size()) + " ";
    }
    EXPECT_EQ(std::get<PacketReader::Lack>(reader.next()), PacketReader::Lack::bytes);
  }
  EXPECT_EQ(kinds, "13:0 3:5 4:2 ");
}

TEST(PacketReader, reads_no_packet_that_is_too_long) {
  for (const auto& bytes : {"\x30\xff\xff\xff\x7f"sv, "\x30\xff\xff\xff\xff\x01"sv}) {
    PacketReader reader;
    reader.add(bytes_of(bytes));
    EXPECT_EQ(std::get<PacketReader::Lack>(reader.next()), PacketReader::Lack::too_long);
  }
}

TEST(PacketReader, cuts_a_long_packet_and_goes_on_behind_it) {
  PacketReader reader;
  reader.cut_long_packets();
  const Bytes body(PacketReader::longest + 10'000, 'x');
  auto bytes = to_packet(0x30, body);
  const auto ping = bytes_of("\xd0\0"sv);
  bytes.insert(bytes.end(), ping.begin(), ping.end());
  std::string seen;
  for (std::size_t at = 0; at < bytes.size(); at += 1000) {
    reader.add(std::span(bytes).subspan(at, std::min<std::size_t>(1000, bytes.size() - at)));
    for (auto next = reader.next(); std::holds_alternative<Packet>(next); next = reader.next())
      seen += std::to_string(std::get<Packet>(next).kind()) + ":" + std::to_string(std::get<Packet>(next).body.size()) +
              " ";
  }
  EXPECT_EQ(seen, "3:65536 13:0 ");
}

TEST(NumberProperty, is_found_among_all_types) {
  const auto properties =
      bytes_of("\x21\x12\0\2id\x26\0\1n\0\1v\x0b\xff\x01\x21\0\x14\x24\1\x27\0\1\0\0\x13\0\x3c\x1f\0\2no"sv);
  EXPECT_EQ(number_property(properties, 0x21), 20u);
  EXPECT_EQ(number_property(properties, 0x24), 1u);
  EXPECT_EQ(number_property(properties, 0x27), 65'536u);
  EXPECT_EQ(number_property(properties, 0x13), 60u);
  EXPECT_FALSE(number_property(properties, 0x11)) << "not there";
  EXPECT_FALSE(number_property(properties, 0x1f)) << "not a number";
}

TEST(NumberProperty, is_not_read_past_the_end) {
  for (const auto& bytes : {""sv, "\x05\x21\0"sv, "\x02\x21\0"sv, "\x04\x12\xff\xff\x21"sv, "\x01\x7f"sv,
                            "\xff\xff\xff\xff\x7f"sv, "\x02\x0b\xff"sv, "\x05\x26\0\1n\0"sv})
    EXPECT_FALSE(number_property(bytes_of(bytes), 0x21)) << bytes.size();
}

}  // namespace
}  // namespace mqtts::wire
