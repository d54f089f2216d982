// A target that is written as a URL, on a command line or in a roster.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/model/target.h"

namespace mqtts::targets {

enum class UrlScheme {
  ssh,    // ssh://user@host[:port]: the broker is on that host, on the usual ports
  mqtts,  // mqtts://host[:port]: only the broker, with TLS on that port
  mqtt,   // mqtt://host[:port]: only the broker, without TLS on that port
};

struct TargetUrl {
  UrlScheme scheme{};
  std::string user;  // of ssh only; empty: not said
  std::string host;  // without the brackets of an IPv6 address
  std::uint16_t port = 0;
};

// What `text` begins as, in any case of letters (RFC 3986 section 3.1). None: it is no URL of ours.
std::optional<UrlScheme> scheme_of(std::string_view text);

// "ssh://user@host[:port]": for telling people.
std::string_view form_of(UrlScheme scheme);

// None if `text` is not of its scheme's form. A slash at the end is no matter.
std::optional<TargetUrl> parse_target_url(std::string_view text);

// Where its MQTT clients connect to; the port that it does not say is the usual one.
MqttAddress mqtt_address(const TargetUrl& url);

}  // namespace mqtts::targets
