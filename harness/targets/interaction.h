// Interaction with the user while a target is opened.
#pragma once

#include "harness/util/deadline.h"
#include "harness/util/error.h"
#include "harness/util/message.h"

namespace mqtts::targets {

class Interaction {
 public:
  virtual ~Interaction() = default;

  // Prints at once: a slow step, a newly stored host key, an error that does not end the opening.
  virtual void notice(const Message& message) = 0;
  virtual void warn(const Error& error) = 0;

  // Reads one line without echo. Errors as of ask_secret (cli/console/ask.h).
  virtual Result<std::string> ask_secret(const Message& question, const Deadline& deadline) = 0;
};

}  // namespace mqtts::targets
