#include "harness/util/process.h"

#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <sstream>

namespace mqtts {

namespace {

constexpr int unknown_status = 255;  // another call has already waited for it

struct Actions {
  Actions() { posix_spawn_file_actions_init(&value); }
  ~Actions() { posix_spawn_file_actions_destroy(&value); }
  posix_spawn_file_actions_t value{};
};

struct Attributes {
  Attributes() { posix_spawnattr_init(&value); }
  ~Attributes() { posix_spawnattr_destroy(&value); }
  posix_spawnattr_t value{};
};

}  // namespace

tl::expected<pid_t, int> spawn(const std::string& program, const std::vector<std::string>& arguments,
                               const Streams& streams, const std::filesystem::path& folder) {
  Actions actions;
  posix_spawn_file_actions_addchdir_np(&actions.value, folder.c_str());
  posix_spawn_file_actions_adddup2(&actions.value, streams.input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions.value, streams.output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions.value, streams.error, STDERR_FILENO);
  Attributes attributes;
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setflags(&attributes.value, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
  posix_spawnattr_setsigmask(&attributes.value, &none);
  posix_spawnattr_setsigdefault(&attributes.value, &all);

  std::vector<char*> words = {const_cast<char*>(program.c_str())};
  for (const auto& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  pid_t child = 0;
  const int error = posix_spawn(&child, program.c_str(), &actions.value, &attributes.value, words.data(), environ);
  if (error != 0) return tl::make_unexpected(error);
  return child;
}

std::string find_in_path(const std::string& name) {
  if (name.find('/') != std::string::npos) return access(name.c_str(), X_OK) == 0 ? name : "";
  const char* path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "/usr/bin:/bin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    const auto program = std::filesystem::path(folder) / name;
    if (!folder.empty() && access(program.c_str(), X_OK) == 0) return program;
  }
  return {};
}

std::optional<std::string> read_line(int fd, const Deadline& deadline) {
  std::string text;
  std::array<char, 4096> buffer{};
  while (text.find('\n') == std::string::npos) {
    pollfd waiting{fd, POLLIN, 0};
    if (poll(&waiting, 1, static_cast<int>(deadline.slice().count())) > 0) {
      const ssize_t count = read(fd, buffer.data(), buffer.size());
      if (count <= 0) break;
      text.append(buffer.data(), static_cast<std::size_t>(count));
    } else if (deadline.passed()) {
      return std::nullopt;
    }
  }
  return text.substr(0, text.find('\n'));
}

std::optional<int> exit_status(pid_t child, const Deadline& deadline) {
  for (;;) {
    int status = 0;
    const pid_t answer = waitpid(child, &status, WNOHANG);
    if (answer == child) return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (answer < 0 && errno != EINTR) return unknown_status;
    if (deadline.passed()) return std::nullopt;
    poll(nullptr, 0, 1);
  }
}

bool wait_for_end(pid_t child, const Deadline& deadline) { return exit_status(child, deadline).has_value(); }

}  // namespace mqtts
