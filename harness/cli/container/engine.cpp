#include "harness/cli/container/engine.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <system_error>

#include "harness/cli/embedded/spawn.h"

namespace mqtts::cli {

namespace {

using namespace std::chrono_literals;

constexpr auto time_to_end = 5s;
constexpr std::size_t most_words = 2000;  // bytes

// It runs in a session, and so in a process group, of its own: what it has started ends with it.
void end(pid_t engine) {
  kill(-engine, SIGTERM);
  if (wait_for_end(engine, Deadline::in(time_to_end))) return;
  kill(-engine, SIGKILL);
  wait_for_end(engine, Deadline::in(time_to_end));
}

std::string content_of(int file) {
  std::string content;
  std::array<char, 4096> buffer{};
  lseek(file, 0, SEEK_SET);
  for (ssize_t count = 0; (count = read(file, buffer.data(), buffer.size())) > 0;)
    content.append(buffer.data(), static_cast<std::size_t>(count));
  return content;
}

}  // namespace

Result<Engine> Engine::find() {
  const char* named = std::getenv("MQTTS_HARNESS_CONTAINER_ENGINE");
  if (named != nullptr && *named != '\0') {
    auto program = find_in_path(named);
    if (!program.empty()) return Engine(std::move(program));
    return failure(ErrorKind::missing_program,
                   msg("the container engine {name} is not on this machine", {{"name", named}}),
                   msg("MQTTS_HARNESS_CONTAINER_ENGINE must be podman, docker, or the path of one of them"));
  }
  for (const auto* name : {"podman", "docker"})
    if (auto program = find_in_path(name); !program.empty()) return Engine(std::move(program));
  return failure(ErrorKind::missing_program,
                 msg("the target `container` needs podman or docker, and neither is on this machine"),
                 msg("sudo apt install podman"));
}

Result<EngineAnswer> Engine::run(const std::vector<std::string>& arguments, const Deadline& deadline) const {
  // A file rather than a pipe: nothing has to be read while it runs.
  const PipeEnd output(memfd_create("output", MFD_CLOEXEC));
  const PipeEnd nothing(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const auto child = spawn(program_, arguments, {nothing.get(), output.get(), output.get()});
  if (!child)
    return failure(ErrorKind::local, msg("{program} cannot be run", {{"program", program_}}), {},
                   std::generic_category().message(child.error()));
  if (const auto status = exit_status(*child, deadline)) return EngineAnswer{*status, content_of(output.get())};
  end(*child);
  return failure(deadline.stopped() ? ErrorKind::interrupted : ErrorKind::timeout,
                 msg("`{engine} {command}` was not done in time", {{"engine", name()}, {"command", arguments.front()}}),
                 msg("is the machine overloaded? --deadline gives it more time"), last_words(content_of(output.get())));
}

std::string last_words(const std::string& output) {
  if (output.size() <= most_words) return output;
  const auto start = output.size() - most_words;
  const auto line = output.find('\n', start);
  const bool holds_a_line = line != std::string::npos && line + 1 < output.size();
  return output.substr(holds_a_line ? line + 1 : start);
}

}  // namespace mqtts::cli
