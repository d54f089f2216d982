#include "harness/brokers/mosquitto_password_file.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "harness/util/digest.h"

namespace mqtts::brokers {
namespace {

constexpr int iterations_of_mosquitto_2_0 = 101;
constexpr std::size_t salt_size = 12;
constexpr std::size_t hash_size = 64;

std::string fresh_salt() {
  std::array<unsigned char, salt_size> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) throw std::runtime_error("no random numbers");
  return {bytes.begin(), bytes.end()};
}

// Mosquitto ends the name at the first ':', skips lines that begin with '#', and trims blanks.
bool is_user_name(const std::string& name) {
  const auto is_control = [](char c) { return (static_cast<unsigned char>(c) < 0x20) || c == 0x7f; };
  return !name.empty() && name.front() != '#' && name.front() != ' ' && name.back() != ' ' &&
         name.find(':') == std::string::npos && std::ranges::none_of(name, is_control);
}

}  // namespace

std::string pbkdf2_hash(const std::string& password, const std::string& salt, int iterations) {
  std::array<unsigned char, hash_size> hash{};
  const auto* salt_bytes = reinterpret_cast<const unsigned char*>(salt.data());
  if (PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), salt_bytes, static_cast<int>(salt.size()),
                        iterations, EVP_sha512(), static_cast<int>(hash.size()), hash.data()) != 1) {
    throw std::runtime_error("no PBKDF2 with HMAC-SHA-512");
  }
  return "$7$" + std::to_string(iterations) + "$" + to_base64(salt) + "$" +
         to_base64({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

std::string fresh_pbkdf2_hash(const std::string& password) {
  return pbkdf2_hash(password, fresh_salt(), iterations_of_mosquitto_2_0);
}

std::string sha512_hash(const std::string& password, const std::string& salt) {
  std::array<unsigned char, hash_size> hash{};
  const auto salted = password + salt;
  if (EVP_Digest(salted.data(), salted.size(), hash.data(), nullptr, EVP_sha512(), nullptr) != 1)
    throw std::runtime_error("no SHA-512");
  return "$6$" + to_base64(salt) + "$" + to_base64({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

Result<std::string> password_file(const std::vector<Credentials>& accounts, PasswordHash hash) {
  std::string text;
  for (const auto& [user_name, password] : accounts) {
    if (!is_user_name(user_name)) {
      return failure(ErrorKind::invalid_input,
                     msg("{name} cannot be a user name in a Mosquitto password file", {{"name", user_name}}),
                     msg("use no colon, no control character, no # in front, and no blank at either end"));
    }
    text += user_name + ":" +
            (hash == PasswordHash::sha512 ? sha512_hash(password, fresh_salt())
                                          : fresh_pbkdf2_hash(password)) +
            "\n";
  }
  return text;
}

}  // namespace mqtts::brokers
