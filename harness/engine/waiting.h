// Checks that do little but wait are attempted beside the others.
#pragma once

#include <future>
#include <map>
#include <optional>
#include <semaphore>
#include <string>

#include "harness/engine/attempts.h"

namespace mqtts::engine {

// Observing groups of checks, gently and from outside: where stages are applied each has its own broker, what loads a
// broker may end a client that waits, and a host's log does not tell whose its lines are.
class Waiting {
 public:
  // Borrows all.
  Waiting(const Plan& plan, Environment& environment, const Options& options, const Deadline& deadline)
      : plan_(plan), environment_(environment), options_(options), attempts_(plan, environment, options, deadline) {}

  // Starts them, each once the one before waits, and returns when all wait or have ended.
  void begin();

  // True if some check of this stage waits: the longer the stage is put off, the more is done meanwhile.
  bool holds_any_of(const StageSpec& stage) const;

  // What this check's attempt has seen, once it has ended. None: it was not attempted, or has to be again, alone.
  std::optional<Attempted> seen_by(const CheckSpec& check);

 private:
  struct One {
    std::counting_semaphore<2> goes_on{0};  // for who waits: it waits itself, and it has ended
    bool waited = false;
    std::future<Attempted> attempted;  // last: its end uses the others
  };
  void begin(const CheckSpec& check);

  const Plan& plan_;
  Environment& environment_;
  const Options& options_;
  Attempts attempts_;
  std::map<std::string, One> all_;  // by the check's id
};

}  // namespace mqtts::engine
