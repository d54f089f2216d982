#include "harness/probes/malformed_packets.h"

#include <array>

namespace mqtts::probes {
namespace {

using namespace std::string_view_literals;

constexpr auto v3 = MqttVersion::v3_1_1;
constexpr auto v5 = MqttVersion::v5_0;

constexpr std::array rows = {
    MalformedPacket{"reserved-type-0-first", When::instead_of_connect, {}, "\x00\x00"sv, "MQTT-3.1.0-1"},
    MalformedPacket{"publish-first", When::instead_of_connect, {}, "\x30\x05\x00\x01t\x00x"sv, "MQTT-3.1.0-1"},
    MalformedPacket{"pingreq-first", When::instead_of_connect, {}, "\xc0\x00"sv, "MQTT-3.1.0-1"},
    MalformedPacket{
        "length-of-five-bytes-first", When::instead_of_connect, {}, "\x10\xff\xff\xff\xff\x7f"sv, "section 2.2.3"},
    MalformedPacket{"connect-empty", When::instead_of_connect, {}, "\x10\x00"sv, "section 3.1.2"},
    MalformedPacket{"connect-header-flags", When::instead_of_connect, v3,
                    "\x11\x10\x00\x04MQTT\x04\x02\x00\x3c\x00\x04mq00"sv, "MQTT-2.2.2-2"},
    MalformedPacket{"connect-header-flags", When::instead_of_connect, v5,
                    "\x11\x11\x00\x04MQTT\x05\x02\x00\x3c\x00\x00\x04mq00"sv, "MQTT-2.1.3-1"},
    MalformedPacket{"connect-reserved-flag", When::instead_of_connect, v3,
                    "\x10\x10\x00\x04MQTT\x04\x03\x00\x3c\x00\x04mq01"sv, "MQTT-3.1.2-3"},
    MalformedPacket{"connect-reserved-flag", When::instead_of_connect, v5,
                    "\x10\x11\x00\x04MQTT\x05\x03\x00\x3c\x00\x00\x04mq01"sv, "MQTT-3.1.2-3"},
    MalformedPacket{"connect-other-protocol",
                    When::instead_of_connect,
                    {},
                    "\x10\x10\x00\x04MQTX\x04\x02\x00\x3c\x00\x04mq02"sv,
                    "MQTT-3.1.2-1"},
    MalformedPacket{"connect-level-99",
                    When::instead_of_connect,
                    {},
                    "\x10\x10\x00\x04MQTT\x63\x02\x00\x3c\x00\x04mq03"sv,
                    "MQTT-3.1.2-2"},
    MalformedPacket{"connect-client-id-cut", When::instead_of_connect, v3,
                    "\x10\x10\x00\x04MQTT\x04\x02\x00\x3c\xff\xffmq04"sv, "section 1.5.3"},
    MalformedPacket{"connect-will-qos-3", When::instead_of_connect, v3,
                    "\x10\x16\x00\x04MQTT\x04\x1e\x00\x3c\x00\x04mq05\x00\x01t\x00\x01x"sv, "MQTT-3.1.2-14"},
    MalformedPacket{"connect-will-flags-without-will", When::instead_of_connect, v3,
                    "\x10\x10\x00\x04MQTT\x04\x12\x00\x3c\x00\x04mq06"sv, "MQTT-3.1.2-13"},
    MalformedPacket{"connect-invalid-utf-8", When::instead_of_connect, v3,
                    "\x10\x10\x00\x04MQTT\x04\x02\x00\x3c\x00\x04\xc0\x80\xff\xfe"sv, "MQTT-1.5.3-1"},
    MalformedPacket{"connect-properties-beyond-packet", When::instead_of_connect, v5,
                    "\x10\x11\x00\x04MQTT\x05\x02\x00\x3c\x7f\x00\x04mq07"sv, "section 2.2.2.1"},
    MalformedPacket{"connect-unknown-property", When::instead_of_connect, v5,
                    "\x10\x13\x00\x04MQTT\x05\x02\x00\x3c\x02\x7f\x01\x00\x04mq08"sv, "section 2.2.2.2"},
    MalformedPacket{"connect-property-twice", When::instead_of_connect, v5,
                    "\x10\x17\x00\x04MQTT\x05\x02\x00\x3c\x06\x21\x00\x05\x21\x00\x06\x00\x04mq09"sv,
                    "section 3.1.2.11.3"},
    MalformedPacket{"connect-receive-maximum-0", When::instead_of_connect, v5,
                    "\x10\x14\x00\x04MQTT\x05\x02\x00\x3c\x03\x21\x00\x00\x00\x04mq0a"sv, "section 3.1.2.11.3"},

    MalformedPacket{"reserved-type-0", When::after_connack, {}, "\x00\x00"sv, "section 2.2.1"},
    MalformedPacket{"reserved-type-15", When::after_connack, v3, "\xf0\x00"sv, "section 2.2.1"},
    MalformedPacket{"auth-without-method", When::after_connack, v5, "\xf0\x00"sv, "section 4.12"},
    MalformedPacket{"length-of-five-bytes", When::after_connack, {}, "\x30\xff\xff\xff\xff\x7f"sv, "section 2.2.3"},
    MalformedPacket{"connect-twice", When::after_connack, v3, "\x10\x10\x00\x04MQTT\x04\x02\x00\x3c\x00\x04mq10"sv,
                    "MQTT-3.1.0-2"},
    MalformedPacket{"connect-twice", When::after_connack, v5, "\x10\x11\x00\x04MQTT\x05\x02\x00\x3c\x00\x00\x04mq10"sv,
                    "MQTT-3.1.0-2"},
    MalformedPacket{"connack-of-a-client", When::after_connack, {}, "\x20\x02\x00\x00"sv, "section 2.2.1"},
    MalformedPacket{"publish-qos-3", When::after_connack, v3, "\x36\x06\x00\x01t\x00\x01x"sv, "MQTT-3.3.1-4"},
    MalformedPacket{"publish-qos-3", When::after_connack, v5, "\x36\x07\x00\x01t\x00\x01\x00x"sv, "MQTT-3.3.1-4"},
    MalformedPacket{"publish-wildcard", When::after_connack, v3, "\x30\x06\x00\x03t/#x"sv, "MQTT-3.3.2-2"},
    MalformedPacket{"publish-wildcard", When::after_connack, v5, "\x30\x07\x00\x03t/#\x00x"sv, "MQTT-3.3.2-2"},
    MalformedPacket{"publish-empty-topic", When::after_connack, v3, "\x30\x03\x00\x00x"sv, "MQTT-4.7.3-1"},
    MalformedPacket{"publish-empty-topic", When::after_connack, v5, "\x30\x04\x00\x00\x00x"sv, "section 3.3.2.1"},
    MalformedPacket{
        "publish-topic-beyond-packet", When::after_connack, {}, "\x30\x05\xff\xfft\x00x"sv, "section 1.5.3"},
    MalformedPacket{"publish-cut", When::after_connack, {}, "\x30\x01\x00"sv, "section 1.5.3"},
    MalformedPacket{"publish-packet-id-0", When::after_connack, v3, "\x32\x06\x00\x01t\x00\x00x"sv, "MQTT-2.3.1-1"},
    MalformedPacket{"publish-packet-id-0", When::after_connack, v5, "\x32\x07\x00\x01t\x00\x00\x00x"sv,
                    "section 2.2.1"},
    MalformedPacket{"publish-invalid-utf-8", When::after_connack, v3, "\x30\x05\x00\x02\xff\xfex"sv, "MQTT-1.5.3-1"},
    MalformedPacket{"publish-invalid-utf-8", When::after_connack, v5, "\x30\x06\x00\x02\xff\xfe\x00x"sv,
                    "MQTT-1.5.4-1"},
    MalformedPacket{"publish-properties-beyond-packet", When::after_connack, v5, "\x30\x05\x00\x01t\x7fx"sv,
                    "section 2.2.2.1"},
    MalformedPacket{"publish-unknown-property", When::after_connack, v5, "\x30\x07\x00\x01t\x02\x7f\x01x"sv,
                    "section 2.2.2.2"},
    MalformedPacket{"publish-topic-alias-0", When::after_connack, v5, "\x30\x08\x00\x01t\x03\x23\x00\x00x"sv,
                    "section 3.3.2.3.4"},
    MalformedPacket{"pubrel-header-flags", When::after_connack, {}, "\x60\x02\x00\x01"sv, "MQTT-3.6.1-1"},
    MalformedPacket{"subscribe-header-flags", When::after_connack, v3, "\x80\x06\x00\x01\x00\x01t\x00"sv,
                    "MQTT-3.8.1-1"},
    MalformedPacket{"subscribe-header-flags", When::after_connack, v5, "\x80\x07\x00\x01\x00\x00\x01t\x00"sv,
                    "MQTT-3.8.1-1"},
    MalformedPacket{"subscribe-without-topics", When::after_connack, v3, "\x82\x02\x00\x01"sv, "MQTT-3.8.3-3"},
    MalformedPacket{"subscribe-without-topics", When::after_connack, v5, "\x82\x03\x00\x01\x00"sv, "section 3.8.3"},
    MalformedPacket{"subscribe-qos-3", When::after_connack, v3, "\x82\x06\x00\x01\x00\x01t\x03"sv, "MQTT-3.8.3-4"},
    MalformedPacket{"subscribe-qos-3", When::after_connack, v5, "\x82\x07\x00\x01\x00\x00\x01t\x03"sv,
                    "section 3.8.3.1"},
    MalformedPacket{"subscribe-filter-beyond-packet", When::after_connack, v3, "\x82\x06\x00\x01\x7f\xfft\x00"sv,
                    "section 1.5.3"},
    MalformedPacket{"subscribe-identifier-0", When::after_connack, v5, "\x82\x09\x00\x01\x02\x0b\x00\x00\x01t\x00"sv,
                    "section 3.8.2.1.2"},
    MalformedPacket{"unsubscribe-header-flags", When::after_connack, v3, "\xa0\x05\x00\x01\x00\x01t"sv,
                    "MQTT-3.10.1-1"},
    MalformedPacket{"unsubscribe-header-flags", When::after_connack, v5, "\xa0\x06\x00\x01\x00\x00\x01t"sv,
                    "MQTT-3.10.1-1"},
    MalformedPacket{"unsubscribe-without-topics", When::after_connack, v3, "\xa2\x02\x00\x01"sv, "MQTT-3.10.3-2"},
    MalformedPacket{"unsubscribe-without-topics", When::after_connack, v5, "\xa2\x03\x00\x01\x00"sv, "MQTT-3.10.3-2"},
};

}  // namespace

std::span<const MalformedPacket> malformed_packets() { return rows; }

}  // namespace mqtts::probes
