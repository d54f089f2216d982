#include "harness/targets/container/engine.h"

#include <cstdlib>

#include "harness/util/process.h"
#include "harness/util/run_program.h"

namespace mqtts::targets {

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
  std::vector<std::string> command = {program_};
  command.insert(command.end(), arguments.begin(), arguments.end());
  const auto output = run_local(command, ".", deadline);
  if (output) return EngineAnswer{output->status, output->out, output->err};
  if (output.error().kind != ErrorKind::timeout) return tl::make_unexpected(output.error());
  return failure(ErrorKind::timeout,
                 msg("`{engine} {command}` was not done in time", {{"engine", name()}, {"command", arguments.front()}}),
                 msg("is the machine overloaded? --deadline gives it more time"), output.error().detail);
}

}  // namespace mqtts::targets
