#include "harness/wire/mqtt_packet.h"

#include <gtest/gtest.h>

namespace mqtts::wire {
namespace {

constexpr auto v3 = MqttVersion::v3_1_1;
constexpr auto v5 = MqttVersion::v5_0;

std::string why(const FirstPacket& packet) {
  const auto* garbled = std::get_if<Garbled>(&packet);
  return garbled != nullptr ? garbled->why : "not garbled";
}

FirstPacket decode(MqttVersion version, const Bytes& bytes) { return decode_first_packet(version, bytes); }

TEST(encode_connect, says_mqtt_3_1_1_with_user_and_password) {
  const auto bytes = encode_connect({v3, "id", "u", "pw"});
  EXPECT_EQ(*bytes,
            (Bytes{0x10, 21, 0, 4, 'M', 'Q', 'T', 'T', 4, 0xc2, 0, 60, 0, 2, 'i', 'd', 0, 1, 'u', 0, 2, 'p', 'w'}));
}

TEST(encode_connect, says_mqtt_5_with_empty_properties) {
  const auto bytes = encode_connect({v5, "id", std::nullopt, std::nullopt});
  EXPECT_EQ(*bytes, (Bytes{0x10, 15, 0, 4, 'M', 'Q', 'T', 'T', 5, 2, 0, 60, 0, 0, 2, 'i', 'd'}));
}

TEST(encode_connect, tells_an_empty_password_from_none) {
  EXPECT_EQ((*encode_connect({v3, "id", "u", ""}))[9], 0xc2);
  EXPECT_EQ((*encode_connect({v3, "id", "u", std::nullopt}))[9], 0x82);
}

TEST(encode_connect, writes_a_remaining_length_of_two_bytes) {
  const auto bytes = *encode_connect({v3, "id", std::string(200, 'u'), std::nullopt});
  EXPECT_EQ(bytes[1], 0xd8);  // 216 = 0x58 + 128
  EXPECT_EQ(bytes[2], 1);
  EXPECT_EQ(bytes.size(), 3 + 216U);
}

TEST(encode_connect, says_a_password_without_a_user_name_in_mqtt_5_only) {
  EXPECT_EQ(encode_connect({v3, "id", std::nullopt, "pw"}).error().kind, ErrorKind::local);
  EXPECT_TRUE(encode_connect({v5, "id", std::nullopt, "pw"}));
}

TEST(encode_connect, refuses_what_mqtt_cannot_say) {
  EXPECT_EQ(encode_connect({v3, "id", std::string(65'536, 'u'), "pw"}).error().kind, ErrorKind::local);
  EXPECT_EQ(encode_connect({v3, "id", std::string("a\0b", 3), "pw"}).error().kind, ErrorKind::local);
}

TEST(decode_first_packet, reads_every_code_of_both_versions) {
  for (int code = 0; code < 256; ++code) {
    const auto byte = static_cast<unsigned char>(code);
    EXPECT_EQ(decode(v3, {0x20, 2, 0, byte}), FirstPacket(Connack{code, false}));
    if (code == 0 || code >= 0x80) {
      EXPECT_EQ(decode(v5, {0x20, 3, 0, byte, 0}), FirstPacket(Connack{code, false}));
    } else {
      EXPECT_NE(why(decode(v5, {0x20, 3, 0, byte, 0})), "not garbled") << code;
    }
  }
}

TEST(decode_first_packet, reads_byte_by_byte) {
  const Bytes whole = {0x20, 6, 0, 0x87, 3, 0x21, 0, 10};
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_EQ(decode_first_packet(v5, std::span(whole).first(size)), FirstPacket(NeedMore{})) << size;
  EXPECT_EQ(decode(v5, whole), FirstPacket(Connack{0x87, false}));
}

TEST(decode_first_packet, reads_properties_of_any_length_up_to_the_limit) {
  Bytes bytes = {0x20, 0xfb, 0xff, 0x03, 0, 0, 0xf6, 0xff, 0x03};  // 65,531 bytes, of which 65,526 are properties
  bytes.resize(bytes.size() + 65'526);
  EXPECT_EQ(decode(v5, bytes), FirstPacket(Connack{0, false}));
}

TEST(decode_first_packet, hears_an_mqtt_3_broker_refuse_mqtt_5) {
  EXPECT_EQ(decode(v5, {0x20, 2, 0, 1}), FirstPacket(Connack{1, false}));
  EXPECT_EQ(why(decode(v5, {0x20, 2, 0, 5})), "a CONNACK of MQTT 5 without its properties");
}

TEST(decode_first_packet, tells_a_stored_session_from_none) {
  EXPECT_EQ(decode(v3, {0x20, 2, 1, 0}), FirstPacket(Connack{0, true}));
  EXPECT_EQ(why(decode(v3, {0x20, 2, 1, 5})), "CONNACK refuses and speaks of a stored session");
}

TEST(decode_first_packet, is_strict) {
  EXPECT_EQ(why(decode(v3, {0x90})), "not CONNACK but SUBACK, 0x90");
  EXPECT_EQ(why(decode(v5, {0xe0})), "not CONNACK but DISCONNECT, 0xe0");
  EXPECT_EQ(why(decode(v5, {0xf0})), "not CONNACK but AUTH, 0xf0");
  EXPECT_EQ(why(decode(v3, {'H'})), "not CONNACK but PUBACK, 0x48");
  EXPECT_EQ(why(decode(v3, {0x21})), "CONNACK with reserved flags, 0x21");
  EXPECT_EQ(why(decode(v3, {0x20, 2, 2, 0})), "reserved bits of CONNACK's flags are set: 0x02");
  EXPECT_EQ(why(decode(v3, {0x20, 3, 0, 0, 0})), "a CONNACK of MQTT 3.1.1 has 2 bytes, not 3");
  EXPECT_EQ(why(decode(v5, {0x20, 3, 0, 0, 1})), "CONNACK's properties do not fill the packet");
  EXPECT_EQ(why(decode(v5, {0x20, 4, 0, 0, 0, 0})), "CONNACK's properties do not fill the packet");
  EXPECT_EQ(why(decode(v3, {0x20, 0})), "a CONNACK of 0 bytes");
}

TEST(decode_first_packet, never_waits_for_an_endless_packet) {
  EXPECT_EQ(why(decode(v3, {0x20, 0xff, 0xff, 0xff, 0xff})), "a remaining length of more than four bytes");
  EXPECT_EQ(why(decode(v5, {0x20, 0xff, 0xff, 0xff, 0x7f})), "a CONNACK of 268435455 bytes");
  EXPECT_EQ(why(decode(v5, {0x20, 0x80, 0x80, 0x04})), "a CONNACK of 65536 bytes");
}

}  // namespace
}  // namespace mqtts::wire
