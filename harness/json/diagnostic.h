// A problem in a file that a person wrote, and its place.
#pragma once

#include <string>

#include "harness/util/message.h"

namespace mqtts::json {

struct Diagnostic {
  std::string file;
  int line = 0;    // from 1; 0: no single place (the file cannot be read, --var is wrong)
  int column = 0;  // from 1, in characters (not bytes); 0 if line is 0
  Message message;
  bool operator==(const Diagnostic&) const = default;
};

}  // namespace mqtts::json
