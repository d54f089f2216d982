// What a broker sees of us before it can know who we are, beside what it sees of the lab's own client.
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <mutex>

#include <gtest/gtest.h>

#include "harness/wire/probe_connection.h"
#include "tests/support/hostile_broker.h"
#include "tests/support/lab_material.h"

namespace mqtts::wire {
namespace {

constexpr std::size_t record_header = 5;
constexpr std::size_t version_and_random = 4 + 2 + 32;  // after the handshake's header

// A ClientHello without what is random in it (RFC 8446 section 4.1.2): the random, the session's id, and the key
// shares.
struct Hello {
  std::string ciphers;
  std::string extensions;  // types in order, and the contents of all but key_share (51) and session_ticket (35)
  bool operator==(const Hello&) const = default;
};

std::size_t number(const std::string& text, std::size_t at) {
  return static_cast<std::size_t>(static_cast<unsigned char>(text.at(at)) << 8 |
                                  static_cast<unsigned char>(text.at(at + 1)));
}

Hello read_hello(const std::string& record) {
  Hello hello;
  auto at = record_header + version_and_random;
  at += 1 + static_cast<unsigned char>(record.at(at));
  hello.ciphers = record.substr(at + 2, number(record, at));
  at += 2 + number(record, at);
  at += 1 + static_cast<unsigned char>(record.at(at));
  const auto end = at + 2 + number(record, at);
  for (at += 2; at < end; at += 4 + number(record, at + 2)) {
    const auto type = number(record, at);
    hello.extensions += record.substr(at, 2);
    if (type != 51 && type != 35) hello.extensions += record.substr(at + 4, number(record, at + 2));
  }
  return hello;
}

// Keeps the first ClientHello, and closes.
class Listener {
 public:
  std::uint16_t port() const { return broker_.port(); }
  Hello hello() {
    const std::lock_guard lock(mutex_);
    EXPECT_FALSE(records_.empty());
    return records_.empty() ? Hello{} : read_hello(records_.front());
  }
  std::size_t count() {
    const std::lock_guard lock(mutex_);
    return records_.size();
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> records_;
  test::HostileBroker broker_{[this](test::Peer& peer) {
    std::string record;
    while (record.size() < record_header || record.size() < record_header + number(record, 3)) {
      const auto more = peer.read_some();
      if (more.empty()) return;
      record += more;
    }
    const std::lock_guard lock(mutex_);
    records_.push_back(record);
  }};
};

class ClientHello : public testing::Test {
 protected:
  Client client(const Listener& listener) const {
    return {.address = "127.0.0.1", .port = listener.port(), .name = "127.0.0.1", .tls = true, .trust = material.ca};
  }
  test::LabMaterial material;
};

TEST_F(ClientHello, is_that_of_mosquitto_pub) {
  Listener theirs;
  const auto child = fork();
  if (child == 0) {
    const auto port = std::to_string(theirs.port());
    execlp("mosquitto_pub", "mosquitto_pub", "-h", "127.0.0.1", "-p", port.c_str(), "--cafile",
           material.ca.file.c_str(), "-t", "a", "-m", "b", "--quiet", nullptr);
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_NE(WEXITSTATUS(status), 127) << "mosquitto_pub is not installed";

  Listener ours;
  ASSERT_TRUE(probe_connection(client(ours), Deadline::in(std::chrono::seconds(5))));
  EXPECT_EQ(ours.hello(), theirs.hello());
}

TEST_F(ClientHello, offers_everything_to_whoever_does_not_answer_the_usual_one) {
  Listener listener;
  ASSERT_TRUE(probe_connection(client(listener), Deadline::in(std::chrono::seconds(5))));
  EXPECT_EQ(listener.count(), 2U);
}

}  // namespace
}  // namespace mqtts::wire
