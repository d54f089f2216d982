#include "harness/pki/openssl.h"

#include <array>

#include <openssl/err.h>

namespace mqtts::pki {

std::string openssl_words() {
  std::string words;
  std::array<char, 256> line{};
  while (const auto code = ERR_get_error()) {
    ERR_error_string_n(code, line.data(), line.size());
    if (!words.empty()) words += "; ";
    words += line.data();
  }
  return words;
}

}  // namespace mqtts::pki
