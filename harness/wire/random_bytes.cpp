#include "harness/wire/random_bytes.h"

#include <stdexcept>

#include <openssl/rand.h>

#include "harness/util/seeded_random.h"

namespace mqtts::wire {

std::string random_bytes(std::size_t bytes, std::string_view seed, std::string_view label) {
  if (!seed.empty()) return draw(seed, label, bytes);
  std::string random(bytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(random.data()), static_cast<int>(bytes)) != 1)
    throw std::runtime_error("OpenSSL's random generator failed");
  return random;
}

}  // namespace mqtts::wire
