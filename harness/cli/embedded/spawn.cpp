#include "harness/cli/embedded/spawn.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <system_error>

#include <nlohmann/json.hpp>

namespace mqtts::cli {

namespace {

constexpr const char* program_name = "mqtts-embedded-host";
constexpr int unknown_status = 255;  // somebody else has waited for it

std::string find_program() {
  std::error_code error;
  const auto own_folder = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  for (const auto& program :
       {own_folder / program_name, own_folder.parent_path() / "libexec/mqtts-harness" / program_name}) {
    if (access(program.c_str(), X_OK) == 0) return program;
  }
  const char* named = std::getenv("MQTTS_HARNESS_EMBEDDED_HOST");
  return named != nullptr && access(named, X_OK) == 0 ? named : "";
}

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

tl::unexpected<Error> cannot_start(int error) {
  return failure(ErrorKind::local, msg("the embedded host cannot be started"), {},
                 std::generic_category().message(error));
}

Message message_in(const nlohmann::json& json) {
  return {json.value("text", ""), json.value("args", std::map<std::string, std::string>())};
}

Result<std::string> understand(const std::string& line) {
  const auto json = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (json.is_object() && json.contains("target")) return json["target"].get<std::string>();
  if (!json.is_object() || !json.contains("error")) {
    return failure(ErrorKind::local, msg("the embedded host ended before it was ready"), {}, line);
  }
  const auto& error = json["error"];
  const std::string kind = error.value("kind", "");
  return failure(kind == "missing_program" ? ErrorKind::missing_program
                 : kind == "broker_down"   ? ErrorKind::broker_down
                                           : ErrorKind::local,
                 message_in(error["what"]), message_in(error["hint"]), error.value("detail", ""));
}

}  // namespace

PipeEnd::~PipeEnd() {
  if (fd_ >= 0) close(fd_);
}

tl::expected<pid_t, int> spawn(const std::string& program, const std::vector<std::string>& arguments,
                               const Streams& streams) {
  Actions actions;
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

Result<Helper> spawn_embedded_host(const std::vector<std::string>& arguments) {
  const std::string program = find_program();
  if (program.empty()) {
    return failure(ErrorKind::missing_program, msg("the program {name} is not installed", {{"name", program_name}}),
                   msg("it belongs beside mqtts-harness; else name it in MQTTS_HARNESS_EMBEDDED_HOST"));
  }
  std::array<int, 2> input{}, output{};
  if (pipe2(input.data(), O_CLOEXEC) != 0) return cannot_start(errno);
  const PipeEnd their_input(input[0]);
  PipeEnd lifeline(input[1]);
  if (pipe2(output.data(), O_CLOEXEC) != 0) return cannot_start(errno);
  PipeEnd answer(output[0]);
  const PipeEnd their_output(output[1]);

  const auto child = spawn(program, arguments, {their_input.get(), their_output.get(), STDERR_FILENO});
  if (!child) return cannot_start(child.error());
  return Helper{*child, std::move(lifeline), std::move(answer)};
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

Result<std::string> read_target_file(const Helper& helper, const Deadline& deadline) {
  if (const auto line = read_line(helper.answer.get(), deadline)) return understand(*line);
  return failure(deadline.stopped() ? ErrorKind::interrupted : ErrorKind::timeout,
                 msg("the embedded host was not ready in time"));
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

}  // namespace mqtts::cli
