#include "harness/wire/packet_words.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/model/reasons.h"

namespace mqtts::wire {
namespace {

constexpr std::size_t most_text = 60;
constexpr std::size_t most_listed = 6;  // of one packet
constexpr const char* part_of_more = "[TCP segment of a reassembled PDU]";

// "certificate_required" to "Certificate Required".
std::string title_of(std::string name) {
  bool is_first = true;
  for (auto& letter : name) {
    if (letter == '_') letter = ' ';
    if (is_first) letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
    is_first = letter == ' ';
  }
  return name;
}

std::string sentence_of(std::string name) {
  std::ranges::replace(name, '_', ' ');
  if (!name.empty()) name[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[0])));
  return name;
}

std::string printable(std::span<const unsigned char> bytes) {
  std::string text;
  for (const auto byte : bytes.first(std::min(bytes.size(), most_text)))
    text += byte >= 0x20 && byte < 0x7f ? static_cast<char>(byte) : '.';
  return text + (bytes.size() > most_text ? "…" : "");
}

std::size_t number_at(std::span<const unsigned char> bytes, std::size_t at, int size) {
  std::size_t number = 0;
  for (int i = 0; i < size; ++i)
    number =
        number << 8 | (at + static_cast<std::size_t>(i) < bytes.size() ? bytes[at + static_cast<std::size_t>(i)] : 0U);
  return number;
}

std::span<const unsigned char> part(std::span<const unsigned char> bytes, std::size_t at, std::size_t size) {
  if (at >= bytes.size()) return {};
  return bytes.subspan(at, std::min(size, bytes.size() - at));
}

std::string joined(const std::vector<std::string>& names) {
  if (names.size() <= most_listed) return fmt::format("{}", fmt::join(names, ", "));
  return fmt::format("{}, …", fmt::join(names.begin(), names.begin() + most_listed, ", "));
}

// ---- MQTT -------------------------------------------------------------------------------------

constexpr std::array<const char*, 16> mqtt_names = {
    "Reserved",          "Connect Command",  "Connect Ack",         "Publish Message",
    "Publish Ack",       "Publish Received", "Publish Release",     "Publish Complete",
    "Subscribe Request", "Subscribe Ack",    "Unsubscribe Request", "Unsubscribe Ack",
    "Ping Request",      "Ping Response",    "Disconnect Req",      "Authentication Exchange"};

struct MqttHeader {
  std::size_t size = 0;  // 0: not known yet
  std::size_t body = 0;
};

MqttHeader mqtt_header(std::span<const unsigned char> bytes) {
  std::size_t length = 0;
  for (std::size_t i = 1; i < std::min<std::size_t>(bytes.size(), 5); ++i) {
    length |= std::size_t{bytes[i] & 0x7fU} << (7 * (i - 1));
    if ((bytes[i] & 0x80) == 0) return {i + 1, length};
  }
  return {bytes.size() >= 5 ? std::size_t{5} : std::size_t{0}, 0};
}

UnitCutter::Size mqtt_size(std::span<const unsigned char> bytes) {
  const auto header = mqtt_header(bytes);
  if (header.size == 0) return {};
  const auto whole = header.size + header.body;
  return {std::min(whole, UnitCutter::most_described), whole};
}

std::string connack_words(std::span<const unsigned char> body) {
  if (body.size() < 2 || body[1] == 0) return {};
  const int code = body[1];
  return fmt::format(" ({} {})", code,
                     sentence_of(mqtt_reason_name(code < 0x80 ? MqttVersion::v3_1_1 : MqttVersion::v5_0, code)));
}

std::string publish_words(unsigned char first, std::span<const unsigned char> body) {
  const auto length = number_at(body, 0, 2);
  const auto id = (first & 0x06) != 0 ? fmt::format(" (id={})", number_at(body, 2 + length, 2)) : "";
  return fmt::format("{} [{}]", id, printable(part(body, 2, length)));
}

std::string mqtt_words(std::span<const unsigned char> packet) {
  const auto header = mqtt_header(packet);
  const auto body = part(packet, header.size, packet.size());
  const int kind = packet[0] >> 4;
  std::string text = mqtt_names[static_cast<std::size_t>(kind)];
  if (kind == packet_kind::connack) return text + connack_words(body);
  if (kind == packet_kind::publish) return text + publish_words(packet[0], body);
  constexpr int first_with_id = 4;
  constexpr int last_with_id = 11;
  if (kind >= first_with_id && kind <= last_with_id) text += fmt::format(" (id={})", number_at(body, 0, 2));
  return text;
}

// ---- WebSocket --------------------------------------------------------------------------------

struct FrameHeader {
  std::size_t size = 0;  // 0: not known yet
  std::size_t payload = 0;
  bool is_masked = false;
};

FrameHeader frame_header(std::span<const unsigned char> bytes) {
  if (bytes.size() < 2) return {};
  const bool is_masked = (bytes[1] & 0x80) != 0;
  const std::size_t length = bytes[1] & 0x7fU;
  const int more = length == 126 ? 2 : length == 127 ? 8 : 0;
  const auto size = 2 + static_cast<std::size_t>(more) + (is_masked ? 4 : 0);
  if (bytes.size() < size) return {};
  constexpr std::size_t most = std::size_t{1} << 40;
  return {size, more == 0 ? length : std::min(number_at(bytes, 2, more), most), is_masked};
}

UnitCutter::Size frame_size(std::span<const unsigned char> bytes) {
  const auto header = frame_header(bytes);
  if (header.size == 0) return {};
  const auto whole = header.size + header.payload;
  return {std::min(whole, UnitCutter::most_described), whole};
}

std::string frame_words(std::span<const unsigned char> frame) {
  static constexpr std::array<const char*, 11> names = {"Continuation",     "Text", "Binary", "", "", "", "", "",
                                                        "Connection Close", "Ping", "Pong"};
  const std::size_t opcode = frame[0] & 0x0fU;
  return fmt::format("WebSocket {}{}{}", opcode < names.size() ? names[opcode] : "",
                     (frame[0] & 0x80) != 0 ? " [FIN]" : "", (frame[1] & 0x80) != 0 ? " [MASKED]" : "");
}

Bytes frame_payload(std::span<const unsigned char> frame) {
  const auto header = frame_header(frame);
  const auto payload = part(frame, header.size, header.payload);
  Bytes bytes(payload.begin(), payload.end());
  if (header.is_masked)
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] ^= frame[header.size - 4 + i % 4];
  return bytes;
}

// ---- TLS --------------------------------------------------------------------------------------

constexpr std::size_t tls_record_header = 5;
constexpr unsigned char change_cipher_spec = 20;
constexpr std::size_t longest_record = 16UL * 1024 + 2048;

bool looks_like_records(std::span<const unsigned char> bytes) {
  return bytes[0] >= change_cipher_spec && bytes[0] <= 24 && (bytes.size() < 2 || bytes[1] == 3);
}

UnitCutter::Size record_size(std::span<const unsigned char> bytes) {
  if (bytes.size() < tls_record_header) return {};
  const auto whole = tls_record_header + std::min(number_at(bytes, 3, 2), longest_record);
  return {whole, whole};
}

const char* message_name(unsigned char type) {
  static constexpr std::array names = {std::pair(0, "Hello Request"),          std::pair(1, "Client Hello"),
                                       std::pair(2, "Server Hello"),           std::pair(4, "New Session Ticket"),
                                       std::pair(8, "Encrypted Extensions"),   std::pair(11, "Certificate"),
                                       std::pair(12, "Server Key Exchange"),   std::pair(13, "Certificate Request"),
                                       std::pair(14, "Server Hello Done"),     std::pair(15, "Certificate Verify"),
                                       std::pair(16, "Client Key Exchange"),   std::pair(20, "Finished"),
                                       std::pair(22, "Certificate Status"),    std::pair(24, "Key Update"),
                                       std::pair(25, "Compressed Certificate")};
  const auto* found = std::ranges::find(names, type, &std::pair<int, const char*>::first);
  return found == names.end() ? nullptr : found->second;
}

// The extensions of a hello (RFC 8446 section 4.1.2 and 4.1.3), behind its fields of variable length.
std::span<const unsigned char> hello_extensions(std::span<const unsigned char> hello, bool is_client) {
  constexpr std::size_t before_session = 4 + 2 + 32;
  auto at = before_session + 1 + number_at(hello, before_session, 1);
  if (is_client) {
    at += 2 + number_at(hello, at, 2);
    at += 1 + number_at(hello, at, 1);
  } else {
    at += 3;
  }
  return part(hello, at + 2, number_at(hello, at, 2));
}

std::span<const unsigned char> extension(std::span<const unsigned char> extensions, std::size_t type) {
  for (std::size_t at = 0; at + 4 <= extensions.size(); at += 4 + number_at(extensions, at + 2, 2))
    if (number_at(extensions, at, 2) == type) return part(extensions, at + 4, number_at(extensions, at + 2, 2));
  return {};
}

std::string hello_words(std::span<const unsigned char> hello) {
  constexpr std::size_t before_name = 5;  // lengths and type (RFC 6066 section 3)
  const auto name = extension(hello_extensions(hello, true), 0);
  if (name.size() <= before_name) return "Client Hello";
  return "Client Hello (SNI=" + printable(name.subspan(before_name)) + ")";
}

std::string version_words(std::span<const unsigned char> hello) {
  const auto chosen = extension(hello_extensions(hello, false), 43);
  const auto number = chosen.size() == 2 ? number_at(chosen, 0, 2) : number_at(hello, 4, 2);
  switch (number) {
    case 0x0301: return "TLSv1";
    case 0x0302: return "TLSv1.1";
    case 0x0303: return "TLSv1.2";
    case 0x0304: return "TLSv1.3";
    default: return "TLS";
  }
}

std::string alert_words(std::span<const unsigned char> alert) {
  if (alert.size() < 2) return "Alert";
  return fmt::format("Alert (Level: {}, Description: {})", alert[0] == 2 ? "Fatal" : "Warning",
                     title_of(tls_alert_name(alert[1])));
}

}  // namespace

// ---- streams ----------------------------------------------------------------------------------

void UnitCutter::add(std::span<const unsigned char> bytes) {
  const auto skipped = std::min(skip_, bytes.size());
  skip_ -= skipped;
  const auto rest = bytes.subspan(skipped);
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(std::exchange(taken_, 0)));
  waiting_.insert(waiting_.end(), rest.begin(), rest.end());
}

Bytes UnitCutter::take(const Size& size) {
  const auto there = std::min(size.whole, waiting_.size() - taken_);
  const auto first = waiting_.begin() + static_cast<std::ptrdiff_t>(taken_);
  taken_ += there;
  skip_ = size.whole - there;
  return {first, first + static_cast<std::ptrdiff_t>(there)};
}

std::vector<std::string> MqttWords::add(std::span<const unsigned char> bytes) {
  cutter_.add(bytes);
  std::vector<std::string> names;
  for (auto unit = cutter_.next(mqtt_size); !unit.empty(); unit = cutter_.next(mqtt_size))
    names.push_back(mqtt_words(unit));
  return names;
}

PacketWords WebSocketWords::add(std::span<const unsigned char> bytes) {
  constexpr std::size_t longest_head = 16UL * 1024;
  if (!is_upgraded_) {
    const bool is_first = head_.empty();
    head_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const auto end = head_.find("\r\n\r\n");
    const auto line = head_.substr(0, std::min(head_.find("\r\n"), most_text));
    if (end == std::string::npos && head_.size() < longest_head)
      return {"HTTP",
              is_first ? printable({reinterpret_cast<const unsigned char*>(line.data()), line.size()}) : part_of_more,
              {}};
    is_upgraded_ = true;
    const auto rest = end == std::string::npos ? head_.size() : end + 4;
    const auto more = std::span(bytes).last(std::min(bytes.size(), head_.size() - rest));
    PacketWords words{"HTTP", printable({reinterpret_cast<const unsigned char*>(line.data()), line.size()}), {}};
    head_ = line;
    if (!more.empty()) words.inside = add(more).summary;
    return words;
  }
  cutter_.add(bytes);
  std::vector<std::string> names;
  std::vector<std::string> inside;
  for (auto unit = cutter_.next(frame_size); !unit.empty(); unit = cutter_.next(frame_size)) {
    names.push_back(frame_words(unit));
    if ((unit[0] & 0x0f) > 2) continue;
    auto packets = mqtt_.add(frame_payload(unit));
    std::ranges::move(packets, std::back_inserter(inside));
  }
  return {"WebSocket", names.empty() ? part_of_more : joined(names), joined(inside)};
}

std::vector<std::string> Conversation::messages(Stream& stream, std::span<const unsigned char> bytes) {
  constexpr std::size_t message_head = 4;
  std::vector<std::string> names;
  while (!bytes.empty()) {
    const auto skipped = std::min(stream.handshake_rest, bytes.size());
    stream.handshake_rest -= skipped;
    bytes = bytes.subspan(skipped);
    if (bytes.size() < message_head) break;
    const auto size = message_head + number_at(bytes, 1, 3);
    const auto message = part(bytes, 0, size);
    const char* name = message_name(bytes[0]);
    names.push_back(bytes[0] == 1 ? hello_words(message) : name != nullptr ? name : "Encrypted Handshake Message");
    if (bytes[0] == 2) tls_version_ = version_words(message);
    stream.handshake_rest = size;
  }
  return names;
}

std::string Conversation::record(Stream& stream, std::span<const unsigned char> record) {
  const auto content = record.subspan(tls_record_header);
  if (record[0] == change_cipher_spec) {
    stream.is_encrypted = tls_version_ != "TLSv1.3";
    return "Change Cipher Spec";
  }
  if (record[0] == static_cast<unsigned char>(TlsContent::alert))
    return stream.is_encrypted ? "Encrypted Alert" : alert_words(content);
  if (record[0] == static_cast<unsigned char>(TlsContent::application_data))
    return fmt::format("Application Data, {} bytes", content.size());
  if (record[0] != static_cast<unsigned char>(TlsContent::handshake)) return "Heartbeat";
  return stream.is_encrypted ? "Encrypted Handshake Message" : joined(messages(stream, content));
}

PacketWords Conversation::tls(Stream& stream, std::span<const unsigned char> bytes) {
  stream.records.add(bytes);
  std::vector<std::string> names;
  for (auto unit = stream.records.next(record_size); !unit.empty(); unit = stream.records.next(record_size))
    if (auto words = record(stream, unit); !words.empty()) names.push_back(std::move(words));
  if (names.empty()) return {"TCP", part_of_more, {}};
  return {tls_version_, joined(names), {}};
}

PacketWords Conversation::add(Direction direction, std::span<const unsigned char> bytes) {
  auto& own = stream(direction);
  if (bytes.empty()) return {"TCP", part_of_more, {}};
  if (own.kind == Kind::unknown) {
    const bool is_http = bytes.size() >= 4 && (std::ranges::equal(bytes.first(4), std::string_view("GET ")) ||
                                               std::ranges::equal(bytes.first(4), std::string_view("HTTP")));
    own.kind = looks_like_records(bytes) ? Kind::tls : is_http ? Kind::http : Kind::mqtt;
  }
  if (own.kind == Kind::tls) return tls(own, bytes);
  if (own.kind == Kind::http) return own.websocket.add(bytes);
  const auto names = own.mqtt.add(bytes);
  return {names.empty() ? "TCP" : "MQTT", names.empty() ? part_of_more : joined(names), {}};
}

std::string Conversation::inside(Direction direction, TlsContent content, std::span<const unsigned char> bytes) {
  if (bytes.empty()) return {};
  if (content == TlsContent::alert) return alert_words(bytes);
  if (content == TlsContent::handshake) {
    const char* name = message_name(bytes[0]);
    return name != nullptr ? name : "";
  }
  auto& own = decrypted_[direction == Direction::to_broker ? 0 : 1];
  if (own.kind == Kind::unknown) own.kind = bytes[0] == 'G' || bytes[0] == 'H' ? Kind::http : Kind::mqtt;
  if (own.kind == Kind::mqtt) return joined(own.mqtt.add(bytes));
  const auto words = own.websocket.add(bytes);
  return words.inside.empty() ? words.summary : words.inside;
}

}  // namespace mqtts::wire
