#include "harness/pki/random.h"

#include <array>
#include <stdexcept>
#include <string_view>

#include <openssl/rand.h>

namespace mqtts::pki {

std::string random_text() {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  constexpr std::size_t length = 24;
  constexpr std::size_t fair = 256 / letters.size() * letters.size();  // bytes from here on would favour some letters
  std::string text;
  while (text.size() < length) {
    std::array<unsigned char, length> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) throw std::runtime_error("no random numbers");
    for (const auto byte : bytes) {
      if (byte < fair && text.size() < length) text += letters[byte % letters.size()];
    }
  }
  return text;
}

}  // namespace mqtts::pki
