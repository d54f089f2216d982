#include "harness/targets/embedded/lab.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <nlohmann/json.hpp>

#include "harness/targets/embedded/helper_process.h"
#include "harness/util/fd.h"
#include "harness/util/shell_quote.h"

namespace mqtts::targets {

namespace {

struct LabState {
  pid_t process_id = 0;
  std::string started;  // as in /proc: clock ticks since boot
  std::string target_file;
};

std::filesystem::path state_folder() {
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  if (runtime != nullptr && *runtime == '/') return std::filesystem::path(runtime) / "mqtts-harness";
  return "/tmp/mqtts-harness-" + std::to_string(geteuid());
}

std::filesystem::path state_file() { return state_folder() / "lab.json"; }

// Returns the start time of the process (proc(5), field 22 of stat); empty if it does not exist or is a zombie.
std::string start_of(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string line;
  std::getline(file, line);
  const auto bracket = line.rfind(") ");
  if (bracket == std::string::npos || line[bracket + 2] == 'Z') return {};
  std::istringstream fields(line.substr(bracket + 2));
  std::string field;
  for (int number = 3; number <= 22; ++number) fields >> field;
  return field;
}

bool lives(const LabState& state) { return !state.started.empty() && start_of(state.process_id) == state.started; }

// Makes the state folder; refuses a folder that another user may have made.
Result<void> prepare_folder() {
  const auto folder = state_folder();
  mkdir(folder.c_str(), 0700);
  struct stat facts {};
  if (lstat(folder.c_str(), &facts) != 0) {
    return failure(ErrorKind::local, msg("{folder} cannot be made", {{"folder", folder}}),
                   msg("set XDG_RUNTIME_DIR to a folder of yours"), std::generic_category().message(errno));
  }
  if (S_ISDIR(facts.st_mode) && facts.st_uid == geteuid() && (facts.st_mode & 077) == 0) return {};
  return failure(ErrorKind::denied, msg("{folder} is not a private folder of yours", {{"folder", folder}}),
                 msg("remove it, or set XDG_RUNTIME_DIR to a folder of yours"));
}

// Serialises commands that bring a lab up or down.
class Lock {
 public:
  static Result<Lock> take(const Deadline& deadline) {
    if (auto ready = prepare_folder(); !ready) return tl::make_unexpected(ready.error());
    Lock lock(Fd(open((state_folder() / "lab.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)));
    while (flock(lock.file_.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK || deadline.passed()) {
        return failure(ErrorKind::timeout, msg("another command is bringing the lab up or down"));
      }
      poll(nullptr, 0, 10);
    }
    return lock;
  }

 private:
  explicit Lock(Fd file) : file_(std::move(file)) {}
  Fd file_;
};

std::optional<nlohmann::json> read_json(const std::filesystem::path& path) {
  std::ifstream file(path);
  auto json = nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return std::nullopt;
  return json;
}

LabState read_state() {
  const auto json = read_json(state_file());
  if (!json) return {};
  return {json->value("pid", 0), json->value("started", ""), json->value("target", "")};
}

Result<void> write_state(const LabState& state) {
  const auto part = state_folder() / "lab.json.part";
  std::ofstream file(part);
  file << nlohmann::json{{"pid", state.process_id}, {"started", state.started}, {"target", state.target_file}} << "\n";
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(part, state_file(), error);
  if (file && !error) return {};
  return failure(ErrorKind::local, msg("{path} cannot be written", {{"path", state_file()}}),
                 msg("make room there, or set XDG_RUNTIME_DIR to a folder of yours"));
}

void forget_state() {
  std::error_code ignored;
  std::filesystem::remove(state_file(), ignored);
}

Result<LabStatus> describe(const LabState& state) {
  const auto json = read_json(state.target_file);
  if (!json) {
    return failure(ErrorKind::local, msg("the lab's target file {path} cannot be read", {{"path", state.target_file}}),
                   msg("end it with `mqtts-harness lab down`, then bring it up again"));
  }
  const auto& mqtt = json->at("mqtt");
  const auto& ssh = json->at("ssh");
  const auto& broker = json->at("broker");
  LabStatus status;
  status.process_id = state.process_id;
  status.target_file = state.target_file;
  status.configuration = broker.at("configuration");
  status.log = broker.at("log");
  status.ssh_port = ssh.at("port");
  status.plain_port = mqtt.at("plain_port");
  status.tls_port = mqtt.at("tls_port");
  status.ssh_command = "ssh -F none -i " + shell_quoted(ssh.at("identity_file")) + " -o IdentitiesOnly=yes -o " +
                       shell_quoted("UserKnownHostsFile=" + ssh.at("known_hosts_file").get<std::string>()) + " -p " +
                       std::to_string(status.ssh_port) + " " + ssh.at("user").get<std::string>() + "@" +
                       ssh.at("host").get<std::string>();
  return status;
}

}  // namespace

Result<LabStatus> lab_up(const Deadline& deadline) {
  const auto lock = Lock::take(deadline);
  if (!lock) return tl::make_unexpected(lock.error());
  if (const LabState state = read_state(); lives(state)) return describe(state);
  forget_state();
  const auto helper = spawn_embedded_host({"--detach", "--start-broker"});
  if (!helper) return tl::make_unexpected(helper.error());
  const auto give_up = [&](const Error& error) {
    kill(helper->process_id, SIGTERM);
    wait_for_end(helper->process_id, Deadline::in(std::chrono::seconds(5)));
    return tl::make_unexpected(error);
  };
  const auto target_file = read_target_file(*helper, deadline);
  if (!target_file) return give_up(target_file.error());
  const LabState state{helper->process_id, start_of(helper->process_id), *target_file};
  if (auto written = write_state(state); !written) return give_up(written.error());
  return describe(state);
}

Result<std::optional<LabStatus>> lab_status() {
  if (access(state_file().c_str(), F_OK) != 0) return std::nullopt;
  if (auto ready = prepare_folder(); !ready) return tl::make_unexpected(ready.error());
  const LabState state = read_state();
  if (lives(state)) return describe(state);
  forget_state();
  return std::nullopt;
}

Result<bool> lab_down(const Deadline& deadline) {
  const auto lock = Lock::take(deadline);
  if (!lock) return tl::make_unexpected(lock.error());
  const LabState state = read_state();
  if (!lives(state)) {
    forget_state();
    return false;
  }
  kill(state.process_id, SIGTERM);
  while (lives(state)) {
    if (deadline.passed()) {
      return failure(deadline.stopped() ? ErrorKind::interrupted : ErrorKind::timeout,
                     msg("the lab did not end in time; its process is {process}",
                         {{"process", std::to_string(state.process_id)}}));
    }
    poll(nullptr, 0, 2);
  }
  forget_state();
  return true;
}

}  // namespace mqtts::targets
