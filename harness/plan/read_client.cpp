// Reads a check's client, the change of a negative one, and the action.
#include <algorithm>
#include <array>
#include <iterator>

#include "harness/plan/read_plan.h"
#include "harness/plan/words.h"

namespace mqtts::plan {

bool is_tls(const Plan& plan, const std::string& listener) {
  const auto found = plan.listeners.find(listener);
  return found == plan.listeners.end() || found->second.tls;  // an unknown one was reported already
}

bool check_certificate(json::ReadContext& context, const json::Node& node, const std::string& name, const Plan& plan) {
  if (plan.materials.certificates.contains(name)) return true;
  context.fault(node, msg("there is no certificate \"{name}\"; known: {known}",
                          json::unknown(name, json::keys_of(plan.materials.certificates))));
  return false;
}

bool check_account(json::ReadContext& context, const json::Node& node, const std::string& name, const Plan& plan) {
  if (plan.materials.accounts.contains(name)) return true;
  context.fault(node, msg("there is no account \"{name}\"; known: {known}",
                          json::unknown(name, json::keys_of(plan.materials.accounts))));
  return false;
}

void complain_of_no_tls(json::ReadContext& context, const json::Node& node, std::string_view key,
                        const std::string& listener) {
  context.fault(node, msg("\"{key}\" means nothing here: listener \"{listener}\" has no TLS",
                          {{"key", std::string(key)}, {"listener", listener}}));
}

namespace {

using Part = std::optional<std::string> ClientSpec::*;

// Parts that a client may omit.
constexpr std::array<std::pair<std::string_view, Part>, 5> optional_parts = {{{"trust", &ClientSpec::trust},
                                                                              {"certificate", &ClientSpec::certificate},
                                                                              {"account", &ClientSpec::account},
                                                                              {"user_name", &ClientSpec::user_name},
                                                                              {"password", &ClientSpec::password}}};

// Returns true if the item that `value` names exists.
bool check_part(json::ReadContext& context, const json::Node& node, std::string_view key, const std::string& value,
                const Plan& plan) {
  if (key == "certificate") return check_certificate(context, node, value, plan);
  if (key == "account") return check_account(context, node, value, plan);
  if (key == "trust" && !plan.materials.authorities.contains(value)) {
    context.fault(node, msg("there is no authority \"{name}\"; known: {known}",
                            json::unknown(value, json::keys_of(plan.materials.authorities))));
    return false;
  }
  if (key == "trust" && !plan.materials.authorities.at(value).issuer.empty()) {
    context.fault(node, msg("\"{name}\" is an intermediate authority: trust the root above it", {{"name", value}}));
    return false;
  }
  if (key == "listener" && !plan.listeners.contains(value)) {
    context.fault(node, msg("there is no listener \"{name}\"; known: {known}",
                            json::unknown(value, json::keys_of(plan.listeners))));
    return false;
  }
  if (key == "mqtt" && std::ranges::find(mqtt_versions(), value) == mqtt_versions().end()) {
    context.fault(node,
                  msg("there is no MQTT version \"{name}\"; known: {known}", json::unknown(value, mqtt_versions())));
    return false;
  }
  if (key == "password_form" && std::ranges::find(password_forms(), value) == password_forms().end()) {
    context.fault(
        node, msg("there is no form of a password \"{name}\"; known: {known}", json::unknown(value, password_forms())));
    return false;
  }
  return true;
}

std::optional<PasswordForm> password_form_from(const std::optional<std::string>& word) {
  if (!word) return std::nullopt;
  return static_cast<PasswordForm>(std::ranges::find(password_forms(), *word) - password_forms().begin());
}

void set_part(ClientSpec& client, std::string_view key, const std::optional<std::string>& value) {
  if (key == "listener") client.listener = value.value_or("");
  if (key == "mqtt") client.mqtt = value == "5.0" ? MqttVersion::v5_0 : MqttVersion::v3_1_1;
  if (key == "password_form") client.password_form = password_form_from(value);
  for (const auto& [name, part] : optional_parts)
    if (name == key) client.*part = value;
}

// Credentials that reach the broker: an account equals its user name and password.
struct SentCredentials {
  std::optional<std::string> user_name;
  std::optional<std::string> password;
  bool operator==(const SentCredentials&) const = default;
};

SentCredentials credentials_of(const ClientSpec& client, const MaterialsSpec& materials) {
  SentCredentials sent{client.user_name, client.password};
  const auto account = client.account ? materials.accounts.find(*client.account) : materials.accounts.end();
  if (account == materials.accounts.end()) return sent;
  if (!sent.user_name) sent.user_name = account->first;
  if (!sent.password) sent.password = account->second;
  return sent;
}

bool is_same_client(const ClientSpec& a, const ClientSpec& b, std::string_view changed,
                    const MaterialsSpec& materials) {
  if (a == b) return true;
  const bool is_random = changed == "password" && b.password && b.password->find("${random}") != std::string::npos;
  auto without_credentials = a;
  without_credentials.account = b.account;
  without_credentials.user_name = b.user_name;
  without_credentials.password = b.password;
  return !is_random && without_credentials == b && credentials_of(a, materials) == credentials_of(b, materials);
}

// MQTT 3.1.1 section 3.1.2.9: no password without a user name.
bool check_user_name(json::ReadContext& context, const json::Node& node, const ClientSpec& client) {
  if (!client.password || client.user_name || client.account) return true;
  context.fault(node, msg("this client has a password and no user name"));
  return false;
}

void drop_what_needs_tls(ClientSpec& client) {
  client.trust.reset();
  client.certificate.reset();
}

}  // namespace

ClientSpec read_client(json::ReadContext& context, const json::Node& source, const Plan& plan) {
  const json::ObjectReader client(context, source, "client", client_fields());
  ClientSpec spec;
  if (!client.is_object()) return spec;
  client.need("listener");
  for (const auto& key : client_fields()) {
    const auto* node = client.find(key);
    const auto value = node == nullptr ? std::nullopt : client.optional_text(key);
    if (value && !value->empty() && check_part(context, *node, key, *value, plan)) set_part(spec, key, value);
  }
  for (const auto* key : {"trust", "certificate"})
    if (const auto* node = client.find(key); node != nullptr && !is_tls(plan, spec.listener))
      complain_of_no_tls(context, *node, key, spec.listener);
  const bool names_a_user = client.find("account") != nullptr || client.find("user_name") != nullptr;
  if (const auto* password = client.find("password"); password != nullptr && !names_a_user)
    check_user_name(context, *password, spec);
  return spec;
}

std::optional<Changed> read_change(json::ReadContext& context, const json::Node& source, const CheckSpec& of,
                                   Soundness soundness, const Plan& plan, ProbeKinds kinds) {
  const auto faults_before = context.problems.count();
  const auto* kind = find_kind(kinds, of.probe.kind);
  const auto of_probe = changeable_parts(kind, kinds);
  auto keys = client_fields();
  keys.insert(keys.end(), of_probe.begin(), of_probe.end());
  const json::ObjectReader change(context, source, "change", keys);
  if (context.problems.count() != faults_before) return std::nullopt;
  const auto& members = *source.as<json::Node::Object>();
  const bool has_filter = source.find("topic") != nullptr && source.find("filter") != nullptr;
  if (members.size() != (has_filter ? 2 : 1)) {
    context.fault(source, msg("a negative check must change exactly one thing of its control's client, not {count}",
                              {{"count", std::to_string(members.size())}}));
    return std::nullopt;
  }
  const auto& member = *std::ranges::find_if(
      members, [&](const json::Member& each) { return !has_filter || each.key == "topic"; });
  const auto& [key, at, node] = member;
  if (std::ranges::find(of_probe, key) != of_probe.end()) {
    if (kind == nullptr) return std::nullopt;
    auto probe = of.probe;
    // A topic, and by what filter it is read, are one thing.
    if (has_filter) probe.parameters["filter"] = change.text("filter");
    const auto changed = change_probe(context, member, probe, *kind, of.client, soundness, plan);
    if (!changed || context.problems.count() != faults_before) return std::nullopt;
    return Changed{of.client, std::move(probe), *changed};
  }
  const auto& control = of.client;
  auto client = control;
  if (node.is_null() && (key == "listener" || key == "mqtt")) {
    context.fault(node, msg("\"{key}\" cannot be taken away", {{"key", key}}));
    return std::nullopt;
  }
  if (node.is_null()) {
    set_part(client, key, std::nullopt);
  } else {
    const auto value = change.optional_text(key);
    if (context.problems.count() != faults_before || !check_part(context, node, key, *value, plan)) return std::nullopt;
    set_part(client, key, value);
    if ((key == "trust" || key == "certificate") && !is_tls(plan, client.listener)) {
      complain_of_no_tls(context, node, key, client.listener);
      return std::nullopt;
    }
  }
  if (!is_tls(plan, client.listener)) drop_what_needs_tls(client);
  if (soundness == Soundness::faulty) return std::nullopt;
  if (is_same_client(control, client, key, plan.materials)) {
    context.fault(node, msg("this changes nothing: the control's client has the same \"{key}\"", {{"key", key}}));
    return std::nullopt;
  }
  if (!check_user_name(context, node, client)) return std::nullopt;
  auto probe = of.probe;
  if (!is_tls(plan, client.listener))
    for (auto& [name, role] : probe.roles) role.certificate.reset();
  return Changed{client, std::move(probe), key};
}

}  // namespace mqtts::plan
