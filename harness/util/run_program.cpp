#include "harness/util/run_program.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <system_error>

#include "harness/util/fd.h"
#include "harness/util/process.h"

namespace mqtts {

namespace {

using namespace std::chrono_literals;

constexpr auto time_to_end = 5s;
constexpr std::size_t most_words = 2000;  // bytes

// The program has its own session and so its own process group: the signals also end what it has started.
void end(pid_t program) {
  kill(-program, SIGTERM);
  if (wait_for_end(program, Deadline::in(time_to_end))) return;
  kill(-program, SIGKILL);
  wait_for_end(program, Deadline::in(time_to_end));
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

Result<LocalOutput> run_local(const std::vector<std::string>& command, const std::filesystem::path& folder,
                              const Deadline& deadline) {
  const std::map<std::string, std::string> args = {{"name", command.front()}};
  const auto program = find_in_path(command.front());
  if (program.empty()) {
    return failure(ErrorKind::missing_program, msg("the program {name} is not installed", args),
                   msg("install it, or put its folder into PATH"));
  }
  // Uses files instead of pipes: nothing has to be read while it runs.
  const Fd nothing(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const Fd out(memfd_create("out", MFD_CLOEXEC)), err(memfd_create("err", MFD_CLOEXEC));
  const auto child =
      spawn(program, {command.begin() + 1, command.end()}, {nothing.get(), out.get(), err.get()}, folder);
  if (!child) {
    return failure(ErrorKind::local, msg("{name} cannot be started", args), {},
                   std::generic_category().message(child.error()));
  }
  if (const auto status = exit_status(*child, deadline))
    return LocalOutput{*status, content_of(out.get()), content_of(err.get())};
  end(*child);
  return failure(deadline.stopped() ? ErrorKind::interrupted : ErrorKind::timeout,
                 msg("{name} did not end in time", args), {},
                 last_words(content_of(out.get()) + content_of(err.get())));
}

std::string last_words(const std::string& output) {
  if (output.size() <= most_words) return output;
  const auto start = output.size() - most_words;
  const auto line = output.find('\n', start);
  const bool holds_a_line = line != std::string::npos && line + 1 < output.size();
  return output.substr(holds_a_line ? line + 1 : start);
}

}  // namespace mqtts
