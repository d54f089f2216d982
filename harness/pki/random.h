#pragma once

#include <string>

namespace mqtts::pki {

// 24 characters of [A-Za-z0-9], each equally likely (142 bits), from OpenSSL's generator: for passwords,
// client ids, topics and payloads.
std::string random_text();

}  // namespace mqtts::pki
