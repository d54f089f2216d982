#include "tests/support/private_mosquitto.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <stdexcept>

#include "harness/brokers/mosquitto_password_file.h"
#include "harness/util/deadline.h"
#include "tests/support/hostile_broker.h"

namespace mqtts::test {
namespace {

constexpr int tries = 5;  // another process may take the free port before Mosquitto does
constexpr auto patience = std::chrono::seconds(10);

std::string program() {
  for (const auto* path : {"/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/usr/bin/mosquitto"})
    if (std::filesystem::exists(path)) return path;
  throw std::runtime_error("there is no mosquitto on this machine");
}

bool listens(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  const bool connected = connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  close(fd);
  return connected;
}

// Between fork and exec only async-signal-safe calls are allowed: prepare everything before.
pid_t spawn(std::vector<std::string> command, const std::map<std::string, std::string>& environment) {
  std::vector<std::string> variables;
  for (char** each = environ; *each != nullptr; ++each) variables.emplace_back(*each);
  for (const auto& [name, value] : environment) variables.push_back(name + "=" + value);
  std::vector<char*> arguments;
  for (auto& each : command) arguments.push_back(each.data());
  arguments.push_back(nullptr);
  std::vector<char*> pointers;
  for (auto& each : variables) pointers.push_back(each.data());
  pointers.push_back(nullptr);

  const pid_t child = fork();
  if (child != 0) return child;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  execve(arguments[0], arguments.data(), pointers.data());
  _exit(127);
}

}  // namespace

PrivateMosquitto::PrivateMosquitto(const std::vector<std::string>& lines,
                                   const std::map<std::string, std::string>& environment) {
  for (int i = 0; i < tries; ++i)
    if (start(lines, environment)) return;
  throw std::runtime_error("mosquitto did not come up: " + log());
}

PrivateMosquitto::~PrivateMosquitto() { stop(); }

bool PrivateMosquitto::start(const std::vector<std::string>& lines,
                             const std::map<std::string, std::string>& environment) {
  port_ = closed_port();
  std::string configuration = "log_type all\nlog_dest file " + folder_ / "mosquitto.log" + "\npersistence false\n";
  if (geteuid() == 0) configuration += "user root\n";  // else it could not read a key of mode 0600
  configuration += "listener " + std::to_string(port_) + " 127.0.0.1\n";
  for (const auto& line : lines) configuration += line + "\n";
  child_ = spawn({program(), "-c", folder_.write("mosquitto.conf", configuration)}, environment);
  if (child_ > 0 && comes_up()) return true;
  stop();
  return false;
}

bool PrivateMosquitto::comes_up() {
  const int process = static_cast<int>(syscall(SYS_pidfd_open, child_, 0));
  bool up = false;
  bool ended = false;
  for (const auto deadline = Deadline::in(patience); !deadline.passed() && !ended && !up;) {
    pollfd watched{process, POLLIN, 0};
    ended = poll(&watched, 1, 3) > 0;
    // The log shows that further listeners of `lines` are open too.
    up = !ended && listens(port_) && log().find(" running") != std::string::npos;
  }
  close(process);
  return up;
}

void PrivateMosquitto::stop() {
  if (child_ <= 0) return;
  kill(child_, SIGKILL);
  waitpid(child_, nullptr, 0);
  child_ = -1;
}

std::string write_password_file(const TemporaryFolder& folder, const std::vector<Credentials>& accounts) {
  const auto text = brokers::password_file(accounts, brokers::PasswordHash::pbkdf2_sha512);
  if (!text) throw std::runtime_error(to_english(text.error().what));
  const auto path = folder.write("passwords", *text);
  std::filesystem::permissions(path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  return path;
}

std::map<std::string, std::string> cap_tls(const TemporaryFolder& folder, const std::string& version) {
  return {{"OPENSSL_CONF", folder.write("openssl.cnf",
                                        "openssl_conf = init\n[init]\nssl_conf = ssl\n[ssl]\nsystem_default = all\n"
                                        "[all]\nMaxProtocol = " +
                                            version + "\n")}};
}

}  // namespace mqtts::test
