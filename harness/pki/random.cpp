#include "harness/pki/random.h"

#include <stdexcept>
#include <string_view>

#include <openssl/rand.h>

#include "harness/util/seeded_random.h"

namespace mqtts::pki {
namespace {

constexpr std::size_t length = 24;

// `more` returns `length` bytes per call.
template <class More>
std::string text_from(More more) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  constexpr std::size_t fair = 256 / letters.size() * letters.size();  // higher bytes would favour some letters
  std::string text;
  while (text.size() < length) {
    for (const char each : more()) {
      const auto byte = static_cast<unsigned char>(each);
      if (byte < fair && text.size() < length) text += letters[byte % letters.size()];
    }
  }
  return text;
}

}  // namespace

std::string random_text() {
  return text_from([] {
    std::string bytes(length, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(length)) != 1)
      throw std::runtime_error("no random numbers");
    return bytes;
  });
}

std::string SeededTexts::operator()() {
  return text_from([this] { return draw(seed_, "text " + std::to_string(count_++), length); });
}

}  // namespace mqtts::pki
