#include "harness/util/seeded_random.h"

#include <array>
#include <cstdint>
#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace mqtts {

std::string derive(std::string_view seed, std::string_view label) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (HMAC(EVP_sha256(), seed.data(), static_cast<int>(seed.size()),
           reinterpret_cast<const unsigned char*>(label.data()), label.size(), digest.data(), &size) == nullptr)
    throw std::runtime_error("OpenSSL cannot do HMAC-SHA-256");
  return {reinterpret_cast<const char*>(digest.data()), size};
}

std::string draw(std::string_view seed, std::string_view label, std::size_t bytes) {
  const auto stream = derive(seed, label);
  std::string drawn;
  for (int block = 0; drawn.size() < bytes; ++block) drawn += derive(stream, std::to_string(block));
  drawn.resize(bytes);
  return drawn;
}

std::size_t draw_number(std::string_view seed, std::string_view label, std::size_t count) {
  std::uint64_t number = 0;
  for (const char byte : draw(seed, label, sizeof number)) number = number << 8 | static_cast<unsigned char>(byte);
  return number % count;
}

}  // namespace mqtts
