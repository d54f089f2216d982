#include "harness/targets/target_url.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "harness/targets/ssh_destination.h"

namespace mqtts::targets {
namespace {

struct Row {
  UrlScheme scheme;
  std::string_view begins;
  std::string_view form;
  std::uint16_t port;  // the default
};

constexpr std::array rows = {Row{UrlScheme::ssh, "ssh://", "ssh://user@host[:port]", 22},
                             Row{UrlScheme::mqtts, "mqtts://", "mqtts://host[:port]", 8883},
                             Row{UrlScheme::mqtt, "mqtt://", "mqtt://host[:port]", 1883},
                             // RFC 6455 section 3.
                             Row{UrlScheme::wss, "wss://", "wss://host[:port][/path]", 443},
                             Row{UrlScheme::ws, "ws://", "ws://host[:port][/path]", 80}};

bool is_websocket(UrlScheme scheme) { return scheme == UrlScheme::wss || scheme == UrlScheme::ws; }

bool begins_so(std::string_view text, std::string_view begins) {
  return std::ranges::equal(text.substr(0, begins.size()), begins,
                            [](unsigned char a, char b) { return std::tolower(a) == b; });
}

const Row* row_of(std::string_view text) {
  const auto* row = std::ranges::find_if(rows, [&](const Row& each) { return begins_so(text, each.begins); });
  return row == rows.end() ? nullptr : row;
}

}  // namespace

std::optional<UrlScheme> scheme_of(std::string_view text) {
  const auto* row = row_of(text);
  return row == nullptr ? std::nullopt : std::optional(row->scheme);
}

std::string_view form_of(UrlScheme scheme) { return std::ranges::find(rows, scheme, &Row::scheme)->form; }

std::optional<TargetUrl> parse_target_url(std::string_view text) {
  const auto* row = row_of(text);
  if (row == nullptr) return std::nullopt;
  text.remove_prefix(row->begins.size());
  std::string path;
  if (const auto slash = text.find('/'); is_websocket(row->scheme) && slash != std::string_view::npos) {
    path = text.substr(slash);
    text.remove_suffix(text.size() - slash);
    if (path.find_first_of(" \t?#") != std::string::npos) return std::nullopt;
  }
  if (text.ends_with('/')) text.remove_suffix(1);
  auto place = parse_ssh_place(text, row->port);
  if (!place || (row->scheme != UrlScheme::ssh && !place->user.empty())) return std::nullopt;
  return TargetUrl{row->scheme, std::move(place->user), std::move(place->host), place->port, std::move(path)};
}

MqttAddress mqtt_address(const TargetUrl& url) {
  MqttAddress address{.host = url.host};
  if (url.scheme == UrlScheme::mqtts) address.tls_port = url.port;
  if (url.scheme == UrlScheme::mqtt) address.plain_port = url.port;
  if (url.scheme == UrlScheme::wss) address.secure_websocket_port = url.port;
  if (url.scheme == UrlScheme::ws) address.websocket_port = url.port;
  if (url.path.size() > 1) address.websocket_path = url.path;
  return address;
}

}  // namespace mqtts::targets
