// Reads the materials to mint, and the broker's listeners.
#include <algorithm>

#include "harness/plan/read_plan.h"
#include "harness/plan/words.h"
#include "harness/util/parse_number.h"

namespace mqtts::plan {
namespace {

constexpr json::Range days_range{1, 36500};
std::optional<KeyType> read_key_type(const json::ObjectReader& fields) {
  const auto text = fields.optional_text("key");
  if (text == "rsa:2048") return KeyType::rsa_2048;
  if (text == "ec:P-256") return KeyType::ec_p256;
  if (text && !text->empty())
    fields.context().fault(*fields.find("key"),
                           msg("there is no key type \"{name}\"; known: {known}", json::unknown(*text, key_types())));
  return std::nullopt;
}

std::string read_subject(const json::ObjectReader& fields) {
  auto subject = fields.text("subject");
  if (!subject.empty() && (subject.front() != '/' || subject.find('=') == std::string::npos))
    fields.context().fault(
        *fields.find("subject"),
        msg("\"{subject}\" is no subject: one is written as \"/C=FR/CN=name\"", {{"subject", json::shown(subject)}}));
  return subject;
}

int read_days(const json::ObjectReader& fields, int otherwise) {
  return static_cast<int>(fields.integer("days", days_range, otherwise));
}

// A certificate that uses another's key pair gets the type of that key.
void settle_key(const json::ObjectReader& fields, CertificateSpec& certificate,
                const std::map<std::string, CertificateSpec>& all) {
  auto& context = fields.context();
  const auto owner = all.find(certificate.key_of);
  if (owner == all.end()) {
    context.fault(*fields.find("key_of"), msg("there is no certificate \"{name}\"; known: {known}",
                                              json::unknown(certificate.key_of, json::keys_of(all))));
  } else if (!owner->second.key_of.empty()) {
    context.fault(*fields.find("key_of"), msg("\"{name}\" has no key of its own: name a certificate without \"key_of\"",
                                              {{"name", certificate.key_of}}));
  } else if (fields.find("key") != nullptr && certificate.key != owner->second.key) {
    context.fault(*fields.find("key"),
                  msg("the key of \"{name}\" is of another type; leave \"key\" out", {{"name", certificate.key_of}}));
  } else {
    certificate.key = owner->second.key;
  }
}

void read_certificates(const json::ObjectReader& fields, MaterialsSpec& materials) {
  auto& context = fields.context();
  std::map<std::string, json::ObjectReader> sources;
  for (const auto& [name, at, node] : fields.members("certificates")) {
    const json::ObjectReader source(context, node, name, {"issuer", "subject", "days", "key", "key_of"});
    if (!json::check_name(context, at, name) || !source.is_object()) continue;
    if (materials.authorities.contains(name))
      context.problems.add(at, msg("\"{name}\" is the name of an authority, too", {{"name", name}}));
    CertificateSpec spec;
    spec.issuer = source.text("issuer");
    if (!spec.issuer.empty() && !materials.authorities.contains(spec.issuer))
      context.fault(*source.find("issuer"), msg("there is no authority \"{name}\"; known: {known}",
                                                json::unknown(spec.issuer, json::keys_of(materials.authorities))));
    spec.subject = read_subject(source);
    spec.days = read_days(source, spec.days);
    spec.key = read_key_type(source).value_or(spec.key);
    spec.key_of = source.optional_text("key_of").value_or("");
    materials.certificates.emplace(name, std::move(spec));
    sources.emplace(name, source);
  }
  for (const auto& [name, source] : sources) {
    auto& certificate = materials.certificates.at(name);
    if (!certificate.key_of.empty()) settle_key(source, certificate, materials.certificates);
  }
}

void read_accounts(const json::ObjectReader& fields, MaterialsSpec& materials) {
  auto& context = fields.context();
  for (const auto& [name, at, node] : fields.members("accounts")) {
    const auto password = json::read_text(context, node, name);
    if (password && password->empty())
      context.fault(node, msg("\"{key}\" must not be empty", {{"key", json::shown(name)}}));
    if (!json::check_name(context, at, name) || !password) continue;
    materials.accounts.emplace(name, *password);
    if (*password == "${random}") materials.random_accounts.insert(name);
  }
}

// Returns true for a whole number in range, or one of the ports that only the target knows.
bool is_port(const std::string& text) {
  if (std::ranges::find(listener_ports(), text) != listener_ports().end()) return true;
  const auto number = number_in<std::int64_t>(text);
  return number && json::port_range.least <= *number && *number <= json::port_range.most;
}

std::string read_port(const json::ObjectReader& fields) {
  const auto* node = fields.need("port");
  if (node == nullptr) return {};
  const auto* number = node->as<std::int64_t>();
  auto port = number != nullptr ? std::to_string(*number) : fields.text("port");
  if (!port.empty() && !is_port(port))
    fields.context().fault(
        *node, msg("\"{port}\" is no port: it must be a whole number from 1 to 65535", {{"port", json::shown(port)}}));
  return port;
}

}  // namespace

MaterialsSpec read_materials(const json::ObjectReader& plan) {
  MaterialsSpec materials;
  const auto* node = plan.find("materials");
  if (node == nullptr) return materials;
  auto& context = plan.context();
  const json::ObjectReader fields(context, *node, "materials", {"authorities", "certificates", "accounts"});
  for (const auto& [name, at, authority] : fields.members("authorities")) {
    const json::ObjectReader source(context, authority, name, {"subject", "days", "key"});
    if (!json::check_name(context, at, name) || !source.is_object()) continue;
    AuthoritySpec spec;
    spec.subject = read_subject(source);
    spec.days = read_days(source, spec.days);
    spec.key = read_key_type(source).value_or(spec.key);
    materials.authorities.emplace(name, std::move(spec));
  }
  read_certificates(fields, materials);
  read_accounts(fields, materials);
  return materials;
}

std::map<std::string, ListenerSpec> read_listeners(const json::ObjectReader& plan) {
  std::map<std::string, ListenerSpec> listeners;
  auto& context = plan.context();
  for (const auto& [name, at, node] : plan.members("listeners")) {
    const json::ObjectReader source(context, node, name, {"port", "tls"});
    if (!json::check_name(context, at, name) || !source.is_object()) continue;
    auto port = read_port(source);
    const bool otherwise = source.find("tls") != nullptr;  // present but invalid: already reported
    listeners.emplace(name, ListenerSpec{std::move(port), source.flag("tls", otherwise)});
  }
  return listeners;
}

}  // namespace mqtts::plan
