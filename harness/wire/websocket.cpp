#include "harness/wire/websocket.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include <openssl/evp.h>

#include "harness/util/ascii.h"
#include "harness/util/digest.h"

namespace mqtts::wire {
namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::string_view subprotocol = "mqtt";
constexpr std::size_t longest_control_payload = 125;  // RFC 6455 section 5.5

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char each) { return each > ' ' && each < '\x7f'; });
}

std::string_view trimmed(std::string_view text) {
  const auto is_blank = [](char each) { return each == ' ' || each == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// Returns true if the list, of elements with commas between them, has `wanted`, in any case of letters.
bool has_element(std::string_view list, std::string_view wanted) {
  for (;;) {
    const auto comma = list.find(',');
    if (lower_case(std::string(trimmed(list.substr(0, comma)))) == wanted) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
}

// The status of "HTTP/1.1 101 Switching Protocols"; none if this is no status line.
std::optional<int> status_of(std::string_view line) {
  constexpr std::size_t size_of_version = 8;
  constexpr std::size_t size_with_status = size_of_version + 4;
  const bool has_form = line.size() >= size_with_status &&
                        (line.starts_with("HTTP/1.1 ") || line.starts_with("HTTP/1.0 ")) &&
                        (line.size() == size_with_status || line[size_with_status] == ' ');
  int status = 0;
  if (!has_form) return std::nullopt;
  const auto* begin = line.data() + size_of_version + 1;
  const auto [end, error] = std::from_chars(begin, begin + 3, status);
  return error == std::errc() && end == begin + 3 && status >= 100 && status < 600 ? std::optional(status)
                                                                                   : std::nullopt;
}

using Headers = std::map<std::string, std::string, std::less<>>;  // by name in lower case

// None if a line is no header, or one that matters is there twice.
std::optional<Headers> headers_of(std::string_view lines) {
  Headers headers;
  while (!lines.empty()) {
    const auto end = lines.find(line_end);
    const auto line = lines.substr(0, end);
    lines.remove_prefix(end + line_end.size());
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0 || !is_printable(line.substr(0, colon))) return std::nullopt;
    const auto name = lower_case(std::string(line.substr(0, colon)));
    const bool is_new = headers.emplace(name, trimmed(line.substr(colon + 1))).second;
    if (!is_new && name.starts_with("sec-websocket-")) return std::nullopt;
  }
  return headers;
}

UpgradeAnswer check_headers(const Headers& headers, std::size_t size, std::string_view key) {
  const auto value = [&](std::string_view name) {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
  };
  if (lower_case(value("upgrade")) != "websocket" || !has_element(value("connection"), "upgrade"))
    return Garbled{"HTTP status 101 and no upgrade to WebSocket"};
  if (value("sec-websocket-accept") != accept_of(key))
    return Garbled{"the upgrade does not prove that our key was read"};
  if (value("sec-websocket-protocol") != subprotocol)
    return Garbled{"the upgrade does not select the subprotocol mqtt"};
  if (headers.contains("sec-websocket-extensions"))
    return Garbled{"the upgrade selects an extension that was not offered"};
  return Upgraded{size};
}

FrameEvent garbled(std::string why) { return {.kind = FrameEvent::Kind::garbled, .why = std::move(why)}; }

}  // namespace

Result<std::string> encode_upgrade(const Upgrade& upgrade) {
  const bool is_sound = is_printable(upgrade.host) && is_printable(upgrade.path) && upgrade.path.starts_with('/') &&
                        is_printable(upgrade.origin.value_or(""));
  if (!is_sound)
    return failure(ErrorKind::local, msg("A WebSocket path begins with \"/\" and has no blanks or control characters"));
  std::string request = "GET " + upgrade.path + " HTTP/1.1\r\nHost: " + upgrade.host +
                        "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " + upgrade.key +
                        "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt\r\n";
  if (upgrade.origin) request += "Origin: " + *upgrade.origin + "\r\n";
  return request + "\r\n";
}

std::string accept_of(std::string_view key) {
  const auto text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
  return to_base64({reinterpret_cast<const char*>(digest.data()), size});
}

UpgradeAnswer decode_upgrade(std::string_view received, std::string_view key) {
  constexpr std::string_view beginning = "HTTP/1.";
  const auto first = received.substr(0, beginning.size());
  if (first != beginning.substr(0, first.size())) return Garbled{"the answer to the upgrade is not HTTP"};
  const auto searched = received.substr(0, longest_upgrade_answer);
  const auto unfinished = [&]() -> UpgradeAnswer {
    if (received.size() < longest_upgrade_answer) return NeedMore{};
    return Garbled{"the answer to the upgrade is too long"};
  };
  const auto line = searched.find(line_end);
  if (line == std::string_view::npos) return unfinished();
  const auto status = status_of(searched.substr(0, line));
  if (!status) return Garbled{"the answer to the upgrade has no HTTP status"};
  if (*status >= 200) return NotUpgraded{*status};
  if (*status != 101) return Garbled{"HTTP status " + std::to_string(*status) + " is no answer to an upgrade"};
  const auto end = searched.find("\r\n\r\n", line);
  if (end == std::string_view::npos) return unfinished();
  const auto begin = line + line_end.size();
  const auto headers =
      headers_of(end < begin ? std::string_view() : searched.substr(begin, end + line_end.size() - begin));
  if (!headers) return Garbled{"the answer to the upgrade has bad headers"};
  return check_headers(*headers, end + 4, key);
}

Bytes encode_frame(Opcode opcode, std::span<const unsigned char> payload, std::span<const unsigned char, 4> mask) {
  constexpr unsigned char final = 0x80;
  constexpr unsigned char masked = 0x80;
  Bytes bytes = {static_cast<unsigned char>(final | static_cast<unsigned char>(opcode))};
  const auto size = payload.size();
  const auto put_size = [&](int count) {
    for (int shift = 8 * (count - 1); shift >= 0; shift -= 8)
      bytes.push_back(static_cast<unsigned char>(std::uint64_t{size} >> shift));
  };
  if (size <= longest_control_payload) {
    bytes.push_back(static_cast<unsigned char>(masked | size));
  } else if (size <= 0xffff) {
    bytes.push_back(masked | 126);
    put_size(2);
  } else {
    bytes.push_back(masked | 127);
    put_size(8);
  }
  bytes.insert(bytes.end(), mask.begin(), mask.end());
  for (std::size_t i = 0; i < size; ++i) bytes.push_back(payload[i] ^ mask[i % mask.size()]);
  return bytes;
}

FrameEvent FrameDecoder::next(std::span<const unsigned char> received) {
  if (left_ == 0) return read_header(received);
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, received.size()));
  if (size == 0) return {};
  left_ -= size;
  return {.kind = FrameEvent::Kind::data, .consumed = size, .payload = received.first(size)};
}

FrameEvent FrameDecoder::read_header(std::span<const unsigned char> received) {
  if (received.size() < 2) return {};
  const bool is_final = (received[0] & 0x80) != 0;
  const auto opcode = static_cast<unsigned char>(received[0] & 0x0f);
  if ((received[0] & 0x70) != 0) return garbled("a WebSocket frame has reserved bits set");
  if ((received[1] & 0x80) != 0) return garbled("a WebSocket frame of the server is masked");
  const auto first_size = static_cast<std::size_t>(received[1] & 0x7f);
  if (opcode >= 8) {
    if (!is_final || first_size > longest_control_payload) return garbled("a WebSocket control frame is too long");
    if (received.size() < 2 + first_size) return {};
    return read_control(opcode, received, 2, first_size);
  }
  const std::size_t more = first_size == 126 ? 2 : first_size == 127 ? 8 : 0;
  if (received.size() < 2 + more) return {};
  std::uint64_t size = more == 0 ? first_size : 0;
  for (const auto byte : received.subspan(2, more)) size = size << 8 | byte;
  if ((more == 2 && size < 126) || (more == 8 && (size <= 0xffff || size >> 63 != 0)))
    return garbled("a WebSocket frame has a bad length");
  if (opcode == 1) return garbled("a WebSocket frame holds text, and MQTT is binary");  // MQTT-6.0.0-1
  if (opcode > 2 || (opcode == 0) != fragmented_) return garbled("a WebSocket frame is out of order");
  fragmented_ = !is_final;
  left_ = size;
  return {.kind = FrameEvent::Kind::data, .consumed = 2 + more};
}

FrameEvent FrameDecoder::read_control(unsigned char opcode, std::span<const unsigned char> received, std::size_t header,
                                      std::size_t size) const {
  FrameEvent event{.consumed = header + size, .payload = received.subspan(header, size)};
  switch (opcode) {
    case 8:
      if (size == 1) return garbled("a WebSocket close frame has half a status");
      event.kind = FrameEvent::Kind::close;
      return event;
    case 9: event.kind = FrameEvent::Kind::ping; return event;
    case 10: event.kind = FrameEvent::Kind::pong; return event;
    default: break;
  }
  return garbled("a WebSocket frame has an unknown opcode");
}

}  // namespace mqtts::wire
