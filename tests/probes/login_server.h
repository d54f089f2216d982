// A broker of MQTT 3.1.1 that knows alice, and answers each login as the test wants.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "harness/model/interfaces.h"
#include "tests/support/hostile_broker.h"

namespace mqtts::test {

struct LoginAnswer {
  int code = 5;  // of CONNACK; -1: none, the connection is closed; -2: none, it stays open
  std::chrono::milliseconds delay{0};
};

struct ReceivedLogin {
  std::string user_name;  // empty: none
  std::string password;
  int number = 0;  // of the login at this broker, from 0

  bool is_alices() const { return user_name == "alice" && password == "right"; }
};

inline std::string take_string(std::string& bytes) {
  const auto size =
      static_cast<std::size_t>(static_cast<unsigned char>(bytes.at(0)) << 8 | static_cast<unsigned char>(bytes.at(1)));
  auto text = bytes.substr(2, size);
  bytes.erase(0, 2 + size);
  return text;
}

// Of a CONNECT of less than 128 bytes without a will.
inline ReceivedLogin login_of(std::string packet) {
  const auto flags = static_cast<unsigned char>(packet.at(9));
  packet.erase(0, 12);
  take_string(packet);  // client id
  ReceivedLogin login;
  if ((flags & 0x80) != 0) login.user_name = take_string(packet);
  if ((flags & 0x40) != 0) login.password = take_string(packet);
  return login;
}

class LoginServer {
 public:
  using Answer = std::function<LoginAnswer(const ReceivedLogin&)>;

  explicit LoginServer(Answer answer) : answer_(std::move(answer)) {}
  std::uint16_t port() const { return broker_.port(); }
  int logins() const { return count_; }

  // Alice, with her password.
  Client alice() const {
    return {.address = "127.0.0.1",
            .port = port(),
            .name = "127.0.0.1",
            .user_name = "alice",
            .password = "right",
            .password_of = "alice"};
  }

  // The script by which it serves a connection.
  void serve(Peer& peer) {
    const auto packet = peer.read_some();
    if (packet.size() < 14) return;
    auto login = login_of(packet);
    login.number = count_++;
    const auto answer = answer_(login);
    if (answer.delay.count() > 0 && !peer.pause(answer.delay)) return;
    if (answer.code >= 0) peer.write(hostile::connack(answer.code));
    if (answer.code == 0 || answer.code == -2) peer.read_some();
  }

 private:
  Answer answer_;
  std::atomic<int> count_ = 0;
  HostileBroker broker_{[this](Peer& peer) { serve(peer); }};
};

// As it should be.
inline LoginAnswer by_password(const ReceivedLogin& login) { return {.code = login.is_alices() ? 0 : 5}; }

}  // namespace mqtts::test
