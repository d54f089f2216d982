// What is minted, and where the broker listens.

#include "harness/plan/read_plan.h"
#include "harness/util/parse_number.h"

namespace mqtts::plan {
namespace {

constexpr json::Range days_range{1, 36500};
std::optional<KeyType> read_key_type(const json::Fields& fields) {
  const auto text = fields.optional_text("key");
  if (text == "rsa:2048") return KeyType::rsa_2048;
  if (text == "ec:P-256") return KeyType::ec_p256;
  if (text && !text->empty())
    fields.reading().fault(*fields.find("key"), msg("there is no key type \"{name}\"; known: {known}",
                                                    json::unknown(*text, {"rsa:2048", "ec:P-256"})));
  return std::nullopt;
}

std::string read_subject(const json::Fields& fields) {
  auto subject = fields.text("subject");
  if (!subject.empty() && (subject.front() != '/' || subject.find('=') == std::string::npos))
    fields.reading().fault(
        *fields.find("subject"),
        msg("\"{subject}\" is no subject: one is written as \"/C=FR/CN=name\"", {{"subject", json::shown(subject)}}));
  return subject;
}

int read_days(const json::Fields& fields, int otherwise) {
  return static_cast<int>(fields.integer("days", days_range, otherwise));
}

// A certificate that uses another's key pair gets that one's type of key.
void settle_key(const json::Fields& fields, CertificateSpec& certificate,
                const std::map<std::string, CertificateSpec>& all) {
  auto& reading = fields.reading();
  const auto owner = all.find(certificate.key_of);
  if (owner == all.end()) {
    reading.fault(*fields.find("key_of"), msg("there is no certificate \"{name}\"; known: {known}",
                                              json::unknown(certificate.key_of, json::keys_of(all))));
  } else if (!owner->second.key_of.empty()) {
    reading.fault(*fields.find("key_of"), msg("\"{name}\" has no key of its own: name a certificate without \"key_of\"",
                                              {{"name", certificate.key_of}}));
  } else if (fields.find("key") != nullptr && certificate.key != owner->second.key) {
    reading.fault(*fields.find("key"),
                  msg("the key of \"{name}\" is of another type; leave \"key\" out", {{"name", certificate.key_of}}));
  } else {
    certificate.key = owner->second.key;
  }
}

void read_certificates(const json::Fields& fields, MaterialsSpec& materials) {
  auto& reading = fields.reading();
  std::map<std::string, json::Fields> sources;
  for (const auto& [name, at, node] : fields.members("certificates")) {
    const json::Fields source(reading, node, name, {"issuer", "subject", "days", "key", "key_of"});
    if (!json::check_name(reading, at, name) || !source.is_object()) continue;
    if (materials.authorities.contains(name))
      reading.problems.add(at, msg("\"{name}\" is the name of an authority, too", {{"name", name}}));
    CertificateSpec spec;
    spec.issuer = source.text("issuer");
    if (!spec.issuer.empty() && !materials.authorities.contains(spec.issuer))
      reading.fault(*source.find("issuer"), msg("there is no authority \"{name}\"; known: {known}",
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

std::map<std::string, std::string> read_accounts(const json::Fields& fields) {
  auto& reading = fields.reading();
  std::map<std::string, std::string> accounts;
  for (const auto& [name, at, node] : fields.members("accounts")) {
    const auto password = json::read_text(reading, node, name);
    if (password && password->empty())
      reading.fault(node, msg("\"{key}\" must not be empty", {{"key", json::shown(name)}}));
    if (json::check_name(reading, at, name) && password) accounts.emplace(name, *password);
  }
  return accounts;
}

// Whole and in range, or one of the ports that only the target knows.
bool is_port(const std::string& text) {
  if (text == "${broker.plain_port}" || text == "${broker.tls_port}") return true;
  const auto number = number_in<std::int64_t>(text);
  return number && json::port_range.least <= *number && *number <= json::port_range.most;
}

std::string read_port(const json::Fields& fields) {
  const auto* node = fields.need("port");
  if (node == nullptr) return {};
  const auto* number = node->as<std::int64_t>();
  auto port = number != nullptr ? std::to_string(*number) : fields.text("port");
  if (!port.empty() && !is_port(port))
    fields.reading().fault(
        *node, msg("\"{port}\" is no port: it must be a whole number from 1 to 65535", {{"port", json::shown(port)}}));
  return port;
}

}  // namespace

MaterialsSpec read_materials(const json::Fields& plan) {
  MaterialsSpec materials;
  const auto* node = plan.find("materials");
  if (node == nullptr) return materials;
  auto& reading = plan.reading();
  const json::Fields fields(reading, *node, "materials", {"authorities", "certificates", "accounts"});
  for (const auto& [name, at, authority] : fields.members("authorities")) {
    const json::Fields source(reading, authority, name, {"subject", "days", "key"});
    if (!json::check_name(reading, at, name) || !source.is_object()) continue;
    AuthoritySpec spec;
    spec.subject = read_subject(source);
    spec.days = read_days(source, spec.days);
    spec.key = read_key_type(source).value_or(spec.key);
    materials.authorities.emplace(name, std::move(spec));
  }
  read_certificates(fields, materials);
  materials.accounts = read_accounts(fields);
  return materials;
}

std::map<std::string, ListenerSpec> read_listeners(const json::Fields& plan) {
  std::map<std::string, ListenerSpec> listeners;
  auto& reading = plan.reading();
  for (const auto& [name, at, node] : plan.members("listeners")) {
    const json::Fields source(reading, node, name, {"port", "tls"});
    if (!json::check_name(reading, at, name) || !source.is_object()) continue;
    auto port = read_port(source);
    const bool otherwise = source.find("tls") != nullptr;  // said, but not as it must be: that has been told
    listeners.emplace(name, ListenerSpec{std::move(port), source.flag("tls", otherwise)});
  }
  return listeners;
}

}  // namespace mqtts::plan
