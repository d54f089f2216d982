#include "harness/util/openssl.h"

#include <array>

#include <openssl/err.h>

namespace mqtts {
namespace {

template <class Describe>
std::string describe_errors(Describe describe) {
  std::string all;
  while (const auto code = ERR_get_error()) {
    if (!all.empty()) all += "; ";
    all += describe(code);
  }
  return all;
}

}  // namespace

std::string openssl_errors() {
  return describe_errors([](unsigned long code) {
    std::array<char, 256> line{};
    ERR_error_string_n(code, line.data(), line.size());
    return std::string(line.data());
  });
}

std::string openssl_reasons() {
  return describe_errors([](unsigned long code) {
    const char* reason = ERR_reason_error_string(code);
    return reason != nullptr ? std::string(reason) : "error " + std::to_string(ERR_GET_REASON(code));
  });
}

}  // namespace mqtts
