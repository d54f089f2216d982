#include "harness/plan/words.h"

namespace mqtts::plan {

const std::vector<std::string>& client_fields() {
  static const std::vector<std::string> all = {"listener",  "trust",    "certificate",   "account",
                                               "user_name", "password", "password_form", "mqtt"};
  return all;
}

const std::vector<std::string>& mqtt_versions() {
  static const std::vector<std::string> all = {"3.1.1", "5.0"};
  return all;
}

const std::vector<std::string>& password_forms() {
  static const std::vector<std::string> all = {"none", "empty", "right_then_nul"};
  return all;
}

const std::vector<std::string>& key_types() {
  static const std::vector<std::string> all = {"rsa:2048", "ec:P-256"};
  return all;
}

const std::vector<std::string>& listener_ports() {
  static const std::vector<std::string> all = {"${broker.plain_port}", "${broker.tls_port}"};
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
