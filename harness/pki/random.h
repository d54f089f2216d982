#pragma once

#include <string>
#include <utility>

namespace mqtts::pki {

// Returns 24 characters of [A-Za-z0-9], each equally likely (142 bits), from OpenSSL's generator: for passwords, client
// ids, topics and payloads.
std::string random_text();

// Texts of that form: one seed gives the same sequence (see util/seeded_random.h).
class SeededTexts {
 public:
  explicit SeededTexts(std::string seed) : seed_(std::move(seed)) {}
  std::string operator()();

 private:
  std::string seed_;
  int count_ = 0;
};

}  // namespace mqtts::pki
