#include "harness/wire/random_id.h"

#include <stdexcept>

#include <openssl/rand.h>

namespace mqtts::wire {

std::string random_bytes(std::size_t bytes) {
  std::string random(bytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(random.data()), static_cast<int>(bytes)) != 1)
    throw std::runtime_error("OpenSSL's random generator failed");
  return random;
}

std::string random_client_id() {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string id = "mh";
  for (const char byte : random_bytes(10)) {
    const auto value = static_cast<unsigned char>(byte);
    id += digits[value >> 4];
    id += digits[value & 15];
  }
  return id;
}

}  // namespace mqtts::wire
