// What opening a target may need of the person who runs the program.
#pragma once

#include "harness/util/deadline.h"
#include "harness/util/error.h"
#include "harness/util/message.h"

namespace mqtts::targets {

class Interaction {
 public:
  virtual ~Interaction() = default;

  // Says something now: what takes a while, a key that was learnt, what does not end the opening.
  virtual void notice(const Message& message) = 0;
  virtual void warn(const Error& error) = 0;

  // One line that is not shown. Errors as of ask_secret (cli/console/ask.h).
  virtual Result<std::string> ask_secret(const Message& question, const Deadline& deadline) = 0;
};

}  // namespace mqtts::targets
