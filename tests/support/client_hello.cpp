#include "tests/support/client_hello.h"

#include <algorithm>

namespace mqtts::test {
namespace {

constexpr std::size_t record_header = 5;
constexpr std::size_t version_and_random = 4 + 2 + 32;  // after the handshake's header
constexpr std::size_t session_ticket = 35;
constexpr std::size_t supported_versions = 43;
constexpr std::size_t key_share = 51;

std::size_t number(const std::string& text, std::size_t at) {
  return static_cast<std::size_t>(static_cast<unsigned char>(text.at(at)) << 8 |
                                  static_cast<unsigned char>(text.at(at + 1)));
}

}  // namespace

bool ClientHello::offers_tls_1_0() const {
  return std::ranges::any_of(extensions, [](const auto& each) {
    return each.first == supported_versions && each.second.find("\x03\x01") != std::string::npos;
  });
}

std::string read_record(Peer& peer) {
  std::string record;
  while (record.size() < record_header || record.size() < record_header + number(record, 3)) {
    const auto more = peer.read_some();
    if (more.empty()) return {};
    record += more;
  }
  return record;
}

ClientHello read_client_hello(const std::string& record) {
  ClientHello hello;
  auto at = record_header + version_and_random;
  at += 1 + static_cast<unsigned char>(record.at(at));
  hello.ciphers = record.substr(at + 2, number(record, at));
  at += 2 + number(record, at);
  at += 1 + static_cast<unsigned char>(record.at(at));
  if (at == record.size()) return hello;  // no extensions (RFC 5246 section 7.4.1.2)
  const auto end = at + 2 + number(record, at);
  for (at += 2; at < end; at += 4 + number(record, at + 2)) {
    const auto type = number(record, at);
    const bool is_random = type == key_share || type == session_ticket;
    hello.extensions.emplace_back(type, is_random ? "" : record.substr(at + 4, number(record, at + 2)));
  }
  return hello;
}

}  // namespace mqtts::test
