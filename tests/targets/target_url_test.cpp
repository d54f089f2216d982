#include "harness/targets/target_url.h"

#include <gtest/gtest.h>

namespace mqtts::targets {
namespace {

std::string broker_of(std::string_view text) {
  const auto url = parse_target_url(text);
  if (!url) return "none";
  const auto mqtt = mqtt_address(*url);
  return url->user + "|" + url->host + "|" + std::to_string(url->port) + " " + mqtt.host + " " +
         std::to_string(mqtt.tls_port) + " " + std::to_string(mqtt.plain_port);
}

TEST(target_url, tells_who_listens_where) {
  EXPECT_EQ(broker_of("ssh://ann@192.0.2.7"), "ann|192.0.2.7|22 192.0.2.7 8883 1883");
  EXPECT_EQ(broker_of("ssh://ann@192.0.2.7:2222/"), "ann|192.0.2.7|2222 192.0.2.7 8883 1883");
  EXPECT_EQ(broker_of("ssh://host"), "|host|22 host 8883 1883");
  EXPECT_EQ(broker_of("mqtts://broker.example"), "|broker.example|8883 broker.example 8883 1883");
  EXPECT_EQ(broker_of("mqtts://broker.example:8884"), "|broker.example|8884 broker.example 8884 1883");
  EXPECT_EQ(broker_of("mqtt://[2001:db8::7]:1884/"), "|2001:db8::7|1884 2001:db8::7 8883 1884");
}

std::string websocket_of(std::string_view text) {
  const auto url = parse_target_url(text);
  if (!url) return "none";
  const auto mqtt = mqtt_address(*url);
  return mqtt.host + " " + std::to_string(mqtt.websocket_port) + " " + std::to_string(mqtt.secure_websocket_port) +
         " " + mqtt.websocket_path;
}

TEST(target_url, tells_where_websocket_is) {
  EXPECT_EQ(websocket_of("wss://broker.example"), "broker.example 0 443 /mqtt");
  EXPECT_EQ(websocket_of("ws://[2001:db8::7]:9001/"), "2001:db8::7 9001 0 /mqtt");
  EXPECT_EQ(websocket_of("wss://broker.example:8084/ws/mqtt"), "broker.example 0 8084 /ws/mqtt");
  for (const auto* text : {"ws://", "ws:///mqtt", "wss://ann@b/mqtt", "ws://b/a b", "ws://b/mqtt?x", "ws://b:0/mqtt"})
    EXPECT_EQ(websocket_of(text), "none") << text;
}

TEST(target_url, has_a_scheme_in_any_case) {
  EXPECT_EQ(scheme_of("SSH://a@b"), UrlScheme::ssh);
  EXPECT_EQ(scheme_of("MQTTs://b"), UrlScheme::mqtts);
  EXPECT_EQ(scheme_of("mqtt://"), UrlScheme::mqtt);
  EXPECT_EQ(broker_of("Mqtts://b:1"), "|b|1 b 1 1883");
  for (const auto* text : {"", "ssh:/a@b", "ssh", "http://b", " ssh://a@b", "mqttss://b"})
    EXPECT_EQ(scheme_of(text), std::nullopt) << text;
}

TEST(target_url, of_another_form_is_none) {
  for (const auto* text : {"host", "ssh://", "ssh://a@", "ssh://a@b:0", "ssh://a@b/c", "mqtts://", "mqtts://ann@b",
                           "mqtts://b:65536", "mqtt://b:x", "mqtt://b//", "mqtt:///", "mqtt://-b", "http://b"})
    EXPECT_EQ(broker_of(text), "none") << text;
}

TEST(target_url, has_a_form_to_be_told) {
  EXPECT_EQ(form_of(UrlScheme::ssh), "ssh://user@host[:port]");
  EXPECT_EQ(form_of(UrlScheme::mqtts), "mqtts://host[:port]");
  EXPECT_EQ(form_of(UrlScheme::mqtt), "mqtt://host[:port]");
  EXPECT_EQ(form_of(UrlScheme::wss), "wss://host[:port][/path]");
}

}  // namespace
}  // namespace mqtts::targets
