// The password file before the judge that counts: a real Mosquitto.
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <array>

#include <gmock/gmock.h>

#include "harness/brokers/mosquitto_password_file.h"
#include "harness/pki/random.h"
#include "harness/util/deadline.h"
#include "tests/pki/support.h"

namespace mqtts::brokers {
namespace {

// Listens on a socket file of its own: no port to be free, nothing on the network.
class Broker {
 public:
  explicit Broker(const std::string& password_file_text) {
    const auto passwords = folder_.write("passwords", password_file_text);
    const auto configuration =
        folder_.write("mosquitto.conf", "listener 0 " + folder_ / "socket" + "\nallow_anonymous false\npassword_file " +
                                            passwords + "\nuser root\n");
    std::string command =
        "PATH=$PATH:/usr/sbin exec mosquitto -c " + configuration + " >" + folder_ / "log" + " 2>&1 </dev/null";
    std::string shell = "/bin/sh";
    std::string option = "-c";
    std::array<char*, 4> arguments{shell.data(), option.data(), command.data(), nullptr};
    if (posix_spawn(&process_, shell.c_str(), nullptr, nullptr, arguments.data(), environ) != 0) process_ = 0;
  }
  ~Broker() {
    if (process_ == 0) return;
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
  }
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  pki::Ran publish(const std::string& login) const {
    return pki::run_shell("mosquitto_pub --unix " + folder_ / "socket" + " -t t -m m " + login);
  }
  std::string log() const { return pki::content_of(folder_ / "log"); }

 private:
  pki::TemporaryFolder folder_;
  pid_t process_ = 0;
};

class PasswordFileLocal : public testing::TestWithParam<PasswordHash> {};

// Mosquitto 2.x reads both.
TEST_P(PasswordFileLocal, mosquitto_lets_in_whoever_has_the_right_password_and_nobody_else) {
  const Credentials client{"userclient", pki::random_text()};
  const Credentials second{"user with blank", "pässword $7$ 'quoted\""};
  const Broker broker(test::must(password_file({client, second}, GetParam())));

  const auto right = "-u userclient -P " + client.password;
  const auto up = Deadline::in(std::chrono::seconds(20));
  while (broker.publish(right).exit_code != 0) ASSERT_FALSE(up.passed()) << broker.log();

  EXPECT_EQ(broker.publish(R"(-u 'user with blank' -P 'pässword $7$ '\''quoted"')").exit_code, 0);
  for (const std::string wrong : {"-u userclient -P wrong", "-u userclient", "-u nobody -P wrong", ""}) {
    const auto refused = broker.publish(wrong);
    EXPECT_NE(refused.exit_code, 0) << wrong;
    EXPECT_THAT(refused.output, testing::HasSubstr("Connection Refused: not authorised")) << wrong;
  }
  EXPECT_EQ(broker.publish(right).exit_code, 0) << "the broker still lives, so the refusals were its own";
}

INSTANTIATE_TEST_SUITE_P(, PasswordFileLocal, testing::Values(PasswordHash::pbkdf2_sha512, PasswordHash::sha512),
                         [](const auto& test) { return test.param == PasswordHash::sha512 ? "sha512" : "pbkdf2"; });

}  // namespace
}  // namespace mqtts::brokers
