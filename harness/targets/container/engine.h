// podman or docker, run as a program: both take the same arguments.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/util/deadline.h"
#include "harness/util/error.h"

namespace mqtts::targets {

struct EngineAnswer {
  int status = 0;   // exit status
  std::string out;  // hostile text
  std::string err;  // warnings, too, of an engine that succeeds

  std::string words() const { return out + err; }  // for messages
};

class Engine {
 public:
  // $MQTTS_HARNESS_CONTAINER_ENGINE (a name or a path) if set, else podman, else docker. Runs nothing.
  // ErrorKind::missing_program.
  static Result<Engine> find();

  // Runs the engine and waits for its end; kills it at the deadline. ErrorKind::local (it cannot be run), timeout,
  // interrupted.
  Result<EngineAnswer> run(const std::vector<std::string>& arguments, const Deadline& deadline) const;

  const std::string& program() const { return program_; }                          // a path
  std::string name() const { return std::filesystem::path(program_).filename(); }  // for messages

 private:
  explicit Engine(std::string program) : program_(std::move(program)) {}
  std::string program_;
};

}  // namespace mqtts::targets
