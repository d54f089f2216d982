// podman or docker, as a program that is called: the same words do for both.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/util/deadline.h"
#include "harness/util/error.h"

namespace mqtts::targets {

struct EngineAnswer {
  int status = 0;      // its exit status
  std::string output;  // its standard output, then its errors; hostile
};

class Engine {
 public:
  // $MQTTS_HARNESS_CONTAINER_ENGINE (a name or a path) if that is set, else podman, else docker. Nothing is run yet.
  // ErrorKind::missing_program.
  static Result<Engine> find();

  // Runs the engine and waits for its end. One that is not done in time is ended.
  // ErrorKind::local (it cannot be run), timeout, interrupted.
  Result<EngineAnswer> run(const std::vector<std::string>& arguments, const Deadline& deadline) const;

  const std::string& program() const { return program_; }                          // a path
  std::string name() const { return std::filesystem::path(program_).filename(); }  // for messages

 private:
  explicit Engine(std::string program) : program_(std::move(program)) {}
  std::string program_;
};

}  // namespace mqtts::targets
