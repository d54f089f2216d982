#include "harness/wire/handles.h"

#include <openssl/err.h>

namespace mqtts::wire {

std::string openssl_words() {
  std::string words;
  while (const auto code = ERR_get_error()) {
    const char* reason = ERR_reason_error_string(code);
    if (!words.empty()) words += "; ";
    words += reason != nullptr ? std::string(reason) : "error " + std::to_string(ERR_GET_REASON(code));
  }
  return words;
}

}  // namespace mqtts::wire
