// What a broker sees of us before it can know who we are, beside what it sees of the lab's own client.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>

#include <gtest/gtest.h>

#include "harness/wire/paho_client.h"
#include "harness/wire/probe_connection.h"
#include "tests/support/client_hello.h"
#include "tests/support/lab_material.h"

namespace mqtts::wire {
namespace {

// Keeps the first ClientHello, and closes.
class Listener {
 public:
  std::uint16_t port() const { return broker_.port(); }
  test::ClientHello hello() {
    const std::lock_guard lock(mutex_);
    EXPECT_FALSE(records_.empty());
    return records_.empty() ? test::ClientHello{} : test::read_client_hello(records_.front());
  }
  std::size_t count() {
    const std::lock_guard lock(mutex_);
    return records_.size();
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> records_;
  test::HostileBroker broker_{[this](test::Peer& peer) {
    const auto record = test::read_record(peer);
    if (record.empty()) return;
    const std::lock_guard lock(mutex_);
    records_.push_back(record);
  }};
};

class Hello : public testing::Test {
 protected:
  Client client(const Listener& listener) const {
    return {.address = "127.0.0.1", .port = listener.port(), .name = "127.0.0.1", .tls = true, .trust = material.ca};
  }
  test::LabMaterial material;
};

TEST_F(Hello, is_that_of_mosquitto_pub) {
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

TEST_F(Hello, offers_everything_to_whoever_does_not_answer_the_usual_one) {
  Listener listener;
  ASSERT_TRUE(probe_connection(client(listener), Deadline::in(std::chrono::seconds(5))));
  EXPECT_EQ(listener.count(), 2U);
}

// Paho is given numbers; a broker behind a proxy that chooses by the name must see it all the same.
TEST_F(Hello, of_both_programs_names_the_server) {
  constexpr std::size_t server_name = 0;  // RFC 6066 section 3
  Listener listener;
  auto named = client(listener);
  named.name = "broker.example";
  (void)probe_connection(named, Deadline::in(std::chrono::seconds(5)));
  const auto probes = listener.hello().extensions;
  Listener other;
  named.port = other.port();
  (void)(*PahoClient::make(named))->connect(Deadline::in(std::chrono::seconds(5)));
  for (const auto& extensions : {probes, other.hello().extensions}) {
    const auto found = std::ranges::find(extensions, server_name, &std::pair<std::size_t, std::string>::first);
    ASSERT_NE(found, extensions.end());
    EXPECT_NE(found->second.find("broker.example"), std::string::npos);
  }
}

}  // namespace
}  // namespace mqtts::wire
