#include "harness/cli/vagrant/local_command.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

#include "harness/cli/embedded/spawn.h"

namespace mqtts::cli {
namespace {

constexpr std::size_t output_limit = 1 << 20;  // bytes

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

struct Pipe {
  PipeEnd theirs;
  PipeEnd ours;
};

bool open_pipe(Pipe& pipe) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return false;
  pipe.ours = PipeEnd(ends[0]);
  pipe.theirs = PipeEnd(ends[1]);
  return true;
}

// Returns 0 or an errno.
int spawn(const std::vector<std::string>& command, const std::filesystem::path& folder, const Pipe& out,
          const Pipe& err, pid_t& child) {
  Actions actions;
  posix_spawn_file_actions_addopen(&actions.value, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions.value, out.theirs.get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions.value, err.theirs.get(), STDERR_FILENO);
  posix_spawn_file_actions_addchdir_np(&actions.value, folder.c_str());
  Attributes attributes;
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setflags(&attributes.value, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setsigmask(&attributes.value, &none);
  posix_spawnattr_setsigdefault(&attributes.value, &all);
  std::vector<char*> words;
  for (const auto& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  return posix_spawnp(&child, words.front(), &actions.value, &attributes.value, words.data(), environ);
}

// Reads what is there. False once the other end is closed.
bool take(int pipe, std::string& text) {
  std::array<char, 4096> bytes{};
  const ssize_t count = read(pipe, bytes.data(), bytes.size());
  if (count > 0 && text.size() < output_limit) text.append(bytes.data(), static_cast<std::size_t>(count));
  return count > 0 || (count < 0 && errno == EINTR);
}

// Until both streams end; false if the deadline passed first.
bool read_both(const Pipe& out, const Pipe& err, LocalOutput& output, const Deadline& deadline) {
  std::array<pollfd, 2> waiting = {pollfd{out.ours.get(), POLLIN, 0}, pollfd{err.ours.get(), POLLIN, 0}};
  while (waiting[0].fd >= 0 || waiting[1].fd >= 0) {
    if (poll(waiting.data(), waiting.size(), static_cast<int>(deadline.slice().count())) <= 0) {
      if (deadline.passed()) return false;
      continue;
    }
    if (waiting[0].fd >= 0 && waiting[0].revents != 0 && !take(waiting[0].fd, output.out)) waiting[0].fd = -1;
    if (waiting[1].fd >= 0 && waiting[1].revents != 0 && !take(waiting[1].fd, output.err)) waiting[1].fd = -1;
    if (deadline.passed()) return false;
  }
  return true;
}

// Waits for the child's end, and says how it ended; false if the deadline passed first.
bool reap(pid_t child, int& status, const Deadline& deadline) {
  for (;;) {
    int raw = 0;
    const pid_t answer = waitpid(child, &raw, WNOHANG);
    if (answer == child) status = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
    if (answer == child || (answer < 0 && errno != EINTR)) return true;
    if (deadline.passed()) return false;
    poll(nullptr, 0, 1);
  }
}

}  // namespace

Result<LocalOutput> run_local(const std::vector<std::string>& command, const std::filesystem::path& folder,
                              const Deadline& deadline) {
  const std::map<std::string, std::string> args = {{"name", command.front()}};
  Pipe out, err;
  if (!open_pipe(out) || !open_pipe(err))
    return failure(ErrorKind::local, msg("{name} cannot be started", args), {}, std::generic_category().message(errno));
  pid_t child = 0;
  const int error = spawn(command, folder, out, err, child);
  if (error == ENOENT) {
    return failure(ErrorKind::missing_program, msg("the program {name} is not installed", args),
                   msg("install it, or put its folder into PATH"));
  }
  if (error != 0)
    return failure(ErrorKind::local, msg("{name} cannot be started", args), {}, std::generic_category().message(error));
  out.theirs = PipeEnd();
  err.theirs = PipeEnd();
  LocalOutput output;
  if (read_both(out, err, output, deadline) && reap(child, output.status, deadline)) return output;
  kill(-child, SIGKILL);
  reap(child, output.status, Deadline::in(std::chrono::seconds(5)));
  return failure(deadline.stopped() ? ErrorKind::interrupted : ErrorKind::timeout,
                 msg("{name} did not end in time", args), {}, output.err);
}

}  // namespace mqtts::cli
