// Looks for a secret in recorded bytes, also where it is encoded in a way that hides nothing. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mqtts::probes {

// A shorter one would be found by chance.
constexpr std::size_t shortest_marker = 4;

// As it is, reversed, in hexadecimal digits, in base64 at each of its three alignments (both alphabets), and in UTF-16.
std::vector<std::string> forms_of(std::string_view marker);

// True if one of the forms is there. `marker` has at least shortest_marker bytes.
bool holds_marker(std::span<const unsigned char> bytes, std::string_view marker);

// The payloads of TLS records of application data (RFC 8446 section 5.1), one after the other: names and certificates
// of the handshake are left out. From where the bytes are no such records on, they themselves.
std::vector<unsigned char> application_data_of(std::span<const unsigned char> bytes);

// The payloads of the frames behind an upgrade to WebSocket (RFC 6455 section 5.2), unmasked.
std::vector<unsigned char> frames_of(std::span<const unsigned char> bytes);

}  // namespace mqtts::probes
