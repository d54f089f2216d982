// TLS servers that the probes of TLS are tried on, and what they see.
#pragma once

#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "harness/probes/probes.h"
#include "tests/support/client_hello.h"
#include "tests/support/hostile_broker.h"
#include "tests/support/lab_material.h"
#include "tests/support/must.h"

namespace mqtts::probes {

inline test::LabMaterial& lab_material() {
  static test::LabMaterial made;
  return made;
}

inline const Identity& rsa_server() {
  static const auto made = lab_material().signed_by_lab_for_rsa({.subject = "/CN=127.0.0.1"}, 2048);
  return made;
}

// Completes the handshake, and reads until the client leaves.
inline test::Script serves(test::hostile::TlsServer server) {
  if (server.identity.certificate.file.empty()) server.identity = lab_material().server;
  return test::hostile::behind_tls(server, [](test::Peer& peer) {
    while (!peer.read_some().empty()) {
    }
  });
}

// The record with the client's hello, which is left to be read; empty if the broker ends first.
inline std::string peek_hello(test::Peer& peer) {
  std::string record(4096, '\0');
  const auto number = [&](std::size_t at) { return static_cast<std::size_t>(static_cast<unsigned char>(record[at])); };
  for (std::size_t size = 0; size < 5 || size < 5 + (number(3) << 8 | number(4));) {
    if (!peer.pause(std::chrono::milliseconds(1))) return {};
    const auto got = recv(peer.fd(), record.data(), record.size(), MSG_PEEK | MSG_DONTWAIT);
    if (got == 0) return {};
    size = static_cast<std::size_t>(std::max<ssize_t>(0, got));
  }
  return record;
}

// What a server of a retired version says: version and suite as two bytes each.
inline std::string server_hello(const std::string& version, const std::string& suite) {
  const auto body = version + std::string(32, 'R') + std::string(1, '\0') + suite + std::string(1, '\0');
  const auto length = [](std::size_t size) { return std::string(1, static_cast<char>(size)); };
  return "\x16" + version + std::string(1, '\0') + length(body.size() + 4) + "\2" + std::string(2, '\0') +
         length(body.size()) + body;
}

inline bool offers_suite(const test::ClientHello& hello, const std::string& suite) {
  for (std::size_t i = 0; i + 1 < hello.ciphers.size(); i += 2)
    if (hello.ciphers.compare(i, 2, suite) == 0) return true;
  return false;
}

inline Client client_at(std::uint16_t port) {
  return {.address = "127.0.0.1", .port = port, .name = "127.0.0.1", .tls = true, .trust = lab_material().ca};
}

inline Observation look(const std::string& kind, const Client& client, Clock::duration timeout,
                        const Deadline& deadline) {
  WireProber prober;
  return test::must(prober.observe({.client = client, .kind = kind, .timeout = timeout}, deadline));
}

inline Observation look(const std::string& kind, std::uint16_t port) {
  return look(kind, client_at(port), std::chrono::seconds(5), test::soon());
}

// Of a server for one test.
inline Facts facts_seen(const std::string& kind, const test::hostile::TlsServer& server) {
  const test::HostileBroker broker(serves(server));
  return look(kind, broker.port()).facts;
}

using Texts = std::vector<std::string>;

inline Texts texts_of(const Facts& facts, const std::string& name) {
  const auto fact = facts.find(name);
  if (fact == facts.end()) return {"not seen"};
  return std::get<Texts>(fact->second);
}

inline std::string notes_of(const Observation& seen) {
  std::string all;
  for (const auto& each : seen.evidence) all += each.text + to_english(each.message) + "\n";
  return all;
}

}  // namespace mqtts::probes
