// Parses targets that are URLs, from the command line or a roster.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/model/target.h"

namespace mqtts::targets {

enum class UrlScheme {
  ssh,    // ssh://user@host[:port]: that host's broker, on the default ports
  mqtts,  // mqtts://host[:port]: only the broker, with TLS on that port
  mqtt,   // mqtt://host[:port]: only the broker, without TLS on that port
  wss,    // wss://host[:port][/path]: only the broker, with MQTT over WebSocket and TLS on that port
  ws,     // ws://host[:port][/path]: the same without TLS
};

struct TargetUrl {
  UrlScheme scheme{};
  std::string user;  // ssh only; empty: not given
  std::string host;  // without the brackets of an IPv6 address
  std::uint16_t port = 0;
  std::string path = {};  // of WebSocket; empty: not given
};

// Returns the scheme of `text`, in any case of letters (RFC 3986 section 3.1). None: not one of these URLs.
std::optional<UrlScheme> scheme_of(std::string_view text);

// "ssh://user@host[:port]": for messages.
std::string_view form_of(UrlScheme scheme);

// None if `text` does not have its scheme's form. A trailing slash is ignored, but in the
// path of WebSocket.
std::optional<TargetUrl> parse_target_url(std::string_view text);

// The address for MQTT clients; the port that the URL does not give has the default.
MqttAddress mqtt_address(const TargetUrl& url);

}  // namespace mqtts::targets
