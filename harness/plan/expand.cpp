#include "harness/plan/expand.h"

#include <algorithm>

#include "harness/json/variables.h"

namespace mqtts::plan {
namespace {

// A random value that a check has from its control stays equal to the control's.
void keep_to_one_change(CheckSpec& check, const CheckSpec& control) {
  if (check.changed != "user_name") check.client.user_name = control.client.user_name;
  if (check.changed != "password") check.client.password = control.client.password;
  for (auto& [name, value] : check.probe.parameters)
    if (check.changed != name && !(check.changed == "topic" && name == "filter") &&
        control.probe.parameters.contains(name))
      value = control.probe.parameters.at(name);
}

class Expander {
 public:
  Expander(const Variables& variables, const std::function<std::string()>& random_text)
      : variables_(variables), random_text_(random_text) {}

  void put_into(std::string& text) const {
    text = json::substitute(text, [this](const std::string& name) -> std::optional<std::string> {
      if (name == "random") return random_text_();
      const auto found = variables_.find(name);
      return found == variables_.end() ? std::nullopt : std::optional(found->second);
    });
  }
  void put_into(std::optional<std::string>& text) const {
    if (text) put_into(*text);
  }
  void put_into(LocalText& text) const {
    put_into(text.en);
    put_into(text.fr);
  }
  void put_into(std::vector<std::string>& texts) const {
    for (auto& text : texts) put_into(text);
  }
  void put_into(MaterialsSpec& materials) const {
    for (auto& [name, authority] : materials.authorities) put_into(authority.subject);
    for (auto& [name, certificate] : materials.certificates) {
      put_into(certificate.subject);
      put_into(certificate.names);
    }
    for (auto& [name, password] : materials.accounts) put_into(password);
  }
  void put_into(GivenIdentity& identity) const {
    put_into(identity.certificate_file);
    put_into(identity.key_file);
  }
  void put_into(MaterialSources& given) const {
    put_into(given.ca);
    put_into(given.ca_key);
    for (auto& [name, path] : given.authorities) put_into(path);
    for (auto& [name, identity] : given.identities) put_into(identity);
    for (auto& [name, others] : given.alternatives)
      for (auto& identity : others) put_into(identity);
    for (auto& [name, account] : given.accounts) put_into(account.password_file);
  }
  void put_into(FileSpec& file) const {
    put_into(file.path);
    put_into(file.text);
    put_into(file.owner);
  }
  void put_into(CheckSpec& check) const {
    check.client.any_user_name = check.changed == "user_name" && check.client.user_name == "${random}";
    check.client.any_password = check.changed == "password" && check.client.password == "${random}";
    put_into(check.client.user_name);
    put_into(check.client.password);
    for (auto& [name, value] : check.probe.parameters) put_into(value);
    put_into(check.hint);
    for (auto& hint : check.hints) put_into(hint.text);
  }
  void put_into(StageSpec& stage) const {
    for (auto& file : stage.files) put_into(file);
    put_into(stage.without);
    put_into(stage.configuration);
    for (auto& check : stage.checks) put_into(check);
    for (auto& check : stage.checks)
      if (check.is_negative())
        keep_to_one_change(check, *std::ranges::find(stage.checks, check.control, &CheckSpec::id));
  }

 private:
  const Variables& variables_;
  const std::function<std::string()>& random_text_;
};

}  // namespace

Variables target_variables(const Target& target) {
  return {{"broker.address", target.mqtt.host},
          {"broker.plain_port", std::to_string(target.mqtt.plain_port)},
          {"broker.tls_port", std::to_string(target.mqtt.tls_port)},
          {"broker.websocket_port", std::to_string(target.mqtt.websocket_port)},
          {"broker.secure_websocket_port", std::to_string(target.mqtt.secure_websocket_port)},
          {"broker.websocket_path", target.mqtt.websocket_path},
          {"broker.plain_listener", target.broker.plain_listener},
          {"broker.tls_listener", target.broker.tls_listener},
          {"broker.user", target.broker.user},
          {"broker.configuration", target.broker.configuration_path},
          {"broker.log", target.broker.log_path},
          {"broker.restart", restart_command(target.broker)},
          {"host.home", target.broker.home},
          {"host.root", target.broker.root}};
}

Plan expand(Plan plan, const Variables& variables, const std::function<std::string()>& random_text) {
  const Expander expander(variables, random_text);
  expander.put_into(plan.materials);
  expander.put_into(plan.given);
  for (auto& [name, listener] : plan.listeners) {
    expander.put_into(listener.port);
    expander.put_into(listener.path);
  }
  for (auto& stage : plan.stages) expander.put_into(stage);
  return plan;
}

}  // namespace mqtts::plan
