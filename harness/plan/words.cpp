#include "harness/plan/words.h"

#include <array>
#include <utility>

#include "harness/util/name_table.h"

namespace mqtts::plan {
namespace {

using namespace std::string_view_literals;

constexpr std::array key_type_names = {
    std::pair(KeyType::rsa_2048, "rsa:2048"sv), std::pair(KeyType::rsa_4096, "rsa:4096"sv),
    std::pair(KeyType::ec_p256, "ec:P-256"sv),  std::pair(KeyType::ec_p384, "ec:P-384"sv),
    std::pair(KeyType::ed25519, "ed25519"sv),   std::pair(KeyType::rsa_1024, "rsa:1024"sv)};

constexpr std::array digest_names = {
    std::pair(SignatureDigest::sha256, "sha256"sv), std::pair(SignatureDigest::sha384, "sha384"sv),
    std::pair(SignatureDigest::sha512, "sha512"sv), std::pair(SignatureDigest::sha1, "sha1"sv),
    std::pair(SignatureDigest::md5, "md5"sv)};

}  // namespace

const std::vector<std::string>& client_fields() {
  static const std::vector<std::string> all = {"listener",  "trust",    "certificate",   "account",
                                               "user_name", "password", "password_form", "mqtt"};
  return all;
}

const std::vector<std::string>& mqtt_versions() {
  static const std::vector<std::string> all = {"3.1.1", "5.0"};
  return all;
}

const std::vector<std::string>& rights() {
  static const std::vector<std::string> names = {"read", "write", "readwrite", "none"};
  return names;
}

const std::vector<std::string>& password_forms() {
  static const std::vector<std::string> all = {"none", "empty", "right_then_nul"};
  return all;
}

std::vector<std::string> key_types() { return names_in(key_type_names); }
std::optional<KeyType> key_type_from(std::string_view name) { return find_name(key_type_names, name); }

std::vector<std::string> digests() { return names_in(digest_names); }
std::optional<SignatureDigest> digest_from(std::string_view name) { return find_name(digest_names, name); }

const std::vector<std::string>& extended_usages() {
  static const std::vector<std::string> all = {"serverAuth",   "clientAuth",  "codeSigning",        "emailProtection",
                                               "timeStamping", "OCSPSigning", "anyExtendedKeyUsage"};
  return all;
}

const std::vector<std::string>& usages() {
  static const std::vector<std::string> all = {"digitalSignature", "nonRepudiation", "keyEncipherment",
                                               "dataEncipherment", "keyAgreement",   "keyCertSign",
                                               "cRLSign",          "encipherOnly",   "decipherOnly"};
  return all;
}

const std::vector<std::string>& listener_ports() {
  static const std::vector<std::string> all = {"${broker.plain_port}", "${broker.tls_port}", "${broker.websocket_port}",
                                               "${broker.secure_websocket_port}"};
  return all;
}

const std::vector<std::string>& control_layers() {
  static const std::vector<std::string> all = {"network", "server", "tls", "mqtt", "action"};
  return all;
}

const std::vector<std::string>& reachable_layers() {
  static const std::vector<std::string> all = {"network", "server", "tls", "mqtt"};
  return all;
}

const std::vector<OutcomeWords>& outcome_words() {
  static const std::vector<OutcomeWords> all = {
      {"accepted", Outcome::accepted, {"broker"}},
      {"refused", Outcome::refused, {"mqtt", "tls-peer", "tls-self", "network"}},
      {"closed", Outcome::closed, {"broker"}},
      {"denied", Outcome::denied, {"broker", "mqtt"}},
      {"timeout", Outcome::timeout, {"network"}},
      {"garbled", Outcome::garbled, {"broker"}}};
  return all;
}

}  // namespace mqtts::plan
