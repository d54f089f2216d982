#include "harness/targets/embedded/helper_process.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include <nlohmann/json.hpp>

#include "harness/util/fd.h"

namespace mqtts::targets {

namespace {

constexpr const char* program_name = "mqtts-embedded-host";

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

Result<Helper> spawn_embedded_host(const std::vector<std::string>& arguments) {
  const std::string program = find_program();
  if (program.empty()) {
    return failure(ErrorKind::missing_program, msg("the program {name} is not installed", {{"name", program_name}}),
                   msg("it belongs beside mqtts-harness; else name it in MQTTS_HARNESS_EMBEDDED_HOST"));
  }
  std::array<int, 2> input{}, output{};
  if (pipe2(input.data(), O_CLOEXEC) != 0) return cannot_start(errno);
  const Fd their_input(input[0]);
  Fd lifeline(input[1]);
  if (pipe2(output.data(), O_CLOEXEC) != 0) return cannot_start(errno);
  Fd answer(output[0]);
  const Fd their_output(output[1]);

  const auto child = spawn(program, arguments, {their_input.get(), their_output.get(), STDERR_FILENO});
  if (!child) return cannot_start(child.error());
  return Helper{*child, std::move(lifeline), std::move(answer)};
}

Result<std::string> read_target_file(const Helper& helper, const Deadline& deadline) {
  if (const auto line = read_line(helper.answer.get(), deadline)) return understand(*line);
  return failure(deadline.stopped() ? ErrorKind::interrupted : ErrorKind::timeout,
                 msg("the embedded host was not ready in time"));
}

}  // namespace mqtts::targets
