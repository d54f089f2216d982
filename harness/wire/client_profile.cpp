#include "harness/wire/client_profile.h"

#include <array>

#include "harness/util/seeded_random.h"
#include "harness/wire/random_bytes.h"

namespace mqtts::wire {
namespace {

constexpr std::string_view digits = "0123456789";
constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

struct Program {
  std::string_view prefix;    // of its client ids
  std::string_view alphabet;  // of the part after the prefix
  std::size_t length = 0;     // of that part
  std::uint16_t keep_alive = 0;
};

constexpr Program mosquitto_2 = {"", "", 0, 60};  // and Paho for Python
constexpr std::array<Program, 12> programs = {{
    mosquitto_2,
    mosquitto_2,
    mosquitto_2,
    mosquitto_2,
    mosquitto_2,
    mosquitto_2,
    {"mosq-", alphanumeric, 18, 60},  // Mosquitto's clients before 2.0
    {"mqttjs_", hex_digits, 8, 60},
    {"mqttx_", hex_digits, 8, 60},
    {"paho", digits, 15, 60},               // Paho for Java
    {"ESP8266Client-", hex_digits, 8, 15},  // Arduino's PubSubClient
    {"", hex_digits, 16, 30},
}};
constexpr Program named = {"", alphanumeric, 20, 60};
constexpr std::size_t longest = 20;  // of the part after a prefix

const Program& program_of(const Client& client) {
  if (client.program_seed.empty()) return mosquitto_2;
  return programs[draw_number(client.program_seed, "client program", programs.size())];
}

std::string letters(std::string_view alphabet, std::string_view random) {
  std::string text;
  for (const char each : random) text += alphabet[static_cast<unsigned char>(each) % alphabet.size()];
  return text;
}

}  // namespace

ClientProfile client_profile_of(const Client& client, std::string_view label) {
  const auto& program = client.requires_client_id ? named : program_of(client);
  if (client.client_id) return {*client.client_id, program.keep_alive};
  const auto random = random_bytes(longest, client.seed, label);
  return {std::string(program.prefix) + letters(program.alphabet, std::string_view(random).substr(0, program.length)),
          program.keep_alive};
}

}  // namespace mqtts::wire
