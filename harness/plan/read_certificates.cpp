// Reads the authorities and certificates of a plan.
#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <system_error>

#include "harness/plan/read_plan.h"
#include "harness/plan/words.h"
#include "harness/util/tcp.h"

namespace mqtts::plan {
namespace {

constexpr json::Range days_range{1, 36500};
constexpr json::Range begin_range{-36500, 36500};

using Sources = std::map<std::string, json::ObjectReader>;

std::optional<KeyType> read_key_type(const json::ObjectReader& fields) {
  const auto text = fields.optional_text("key");
  if (!text || text->empty()) return std::nullopt;
  const auto type = key_type_from(*text);
  if (!type)
    fields.context().fault(*fields.find("key"),
                           msg("there is no key type \"{name}\"; known: {known}", json::unknown(*text, key_types())));
  return type;
}

std::optional<SignatureDigest> read_digest(const json::ObjectReader& fields) {
  const auto text = fields.optional_text("digest");
  if (!text || text->empty()) return std::nullopt;
  const auto digest = digest_from(*text);
  if (!digest)
    fields.context().fault(*fields.find("digest"),
                           msg("there is no digest \"{name}\"; known: {known}", json::unknown(*text, digests())));
  return digest;
}

std::string read_subject(const json::ObjectReader& fields) {
  auto subject = fields.text("subject");
  if (!subject.empty() && (subject.front() != '/' || subject.find('=') == std::string::npos))
    fields.context().fault(
        *fields.find("subject"),
        msg("\"{subject}\" is no subject: one is written as \"/C=FR/CN=name\"", {{"subject", json::shown(subject)}}));
  return subject;
}

template <class Spec>
void read_validity(const json::ObjectReader& fields, Spec& spec) {
  spec.days = static_cast<int>(fields.integer("days", days_range, spec.days));
  spec.begins_in_days = static_cast<int>(fields.integer("begins_in_days", begin_range, spec.begins_in_days));
  if (spec.begins_in_days + spec.days == 0)
    fields.context().fault(*fields.find("begins_in_days"),
                           msg("it would end at this very moment: say fewer days, or more"));
}

// A path relative to the plan's folder.
std::string read_existing_file(const json::ObjectReader& fields, std::string_view key) {
  const auto written = fields.optional_text(key).value_or("");
  if (written.empty()) return {};
  namespace fs = std::filesystem;
  std::error_code ignored;
  const auto folder = fs::path(fields.context().problems.file()).parent_path();
  const auto path = fs::absolute(folder / written, ignored).lexically_normal().string();
  if (!fs::is_regular_file(path, ignored))
    fields.context().fault(*fields.find(key), msg("there is no file {file}", {{"file", json::shown(path)}}));
  return path;
}

// Reads the files that take the place of what is minted; `described`: the fields that say how that is minted.
ExistingFiles read_existing_files(const json::ObjectReader& fields, std::initializer_list<std::string_view> described) {
  auto& context = fields.context();
  ExistingFiles files{read_existing_file(fields, "certificate_file"), read_existing_file(fields, "key_file")};
  if (fields.find("certificate_file") == nullptr) {
    if (const auto* node = fields.find("key_file"))
      context.fault(*node, msg("\"key_file\" is of no use without \"certificate_file\""));
    return {};
  }
  for (const auto key : described)
    if (const auto* node = fields.find(key))
      context.fault(*node, msg("\"{key}\" says how a certificate is made, and \"certificate_file\" is there already",
                               {{"key", std::string(key)}}));
  return files;
}

bool is_server_name(const std::string& name) {
  const auto is_address = [](const std::string& text) { return numeric_address(text, 0).has_value(); };
  const bool is_variable = name.find("${") != std::string::npos;
  if (name.starts_with("IP:")) return is_variable || is_address(name.substr(3));
  const auto host = name.starts_with("DNS:") ? name.substr(4) : name;
  return !host.empty() && (is_variable || host.find(':') == std::string::npos || is_address(host));
}

std::vector<std::string> read_names(const json::ObjectReader& fields) {
  for (const auto& [node, name] : fields.texts_at("san"))
    if (!is_server_name(name))
      fields.context().fault(*node, msg("\"{name}\" is no name of a server: one is written as \"DNS:broker.example\" "
                                        "or \"IP:192.0.2.1\"",
                                        {{"name", json::shown(name)}}));
  return fields.texts("san");
}

std::vector<std::string> read_usages(const json::ObjectReader& fields, std::string_view key,
                                     const std::vector<std::string>& known) {
  for (const auto& [node, name] : fields.texts_at(key))
    if (std::ranges::find(known, name) == known.end())
      fields.context().fault(*node, msg("there is no usage \"{name}\"; known: {known}", json::unknown(name, known)));
  return fields.texts(key);
}

bool signs(const AuthoritySpec& authority) {
  return authority.files.certificate.empty() || !authority.files.key.empty();
}

// Checks that the authority that `issuer` of `fields` names is there and can sign.
void check_issuer(const json::ObjectReader& fields, const std::string& issuer, const MaterialsSpec& materials) {
  const auto found = materials.authorities.find(issuer);
  if (issuer.empty()) return;
  if (found == materials.authorities.end())
    fields.context().fault(*fields.find("issuer"), msg("there is no authority \"{name}\"; known: {known}",
                                                       json::unknown(issuer, json::keys_of(materials.authorities))));
  else if (!signs(found->second) && fields.find("certificate_file") == nullptr)
    fields.context().fault(*fields.find("issuer"),
                           msg("\"{name}\" has no key to sign with: give its \"key_file\"", {{"name", issuer}}));
}

// `signer`: the authority, or the certificate itself.
void check_digest(const json::ObjectReader& fields, KeyType signer) {
  if (signer == KeyType::ed25519 && fields.find("digest") != nullptr)
    fields.context().fault(*fields.find("digest"),
                           msg("it is signed with Ed25519, which has a digest of its own: leave \"digest\" out"));
}

KeyType signer_of(const std::string& issuer, KeyType own, const MaterialsSpec& materials) {
  const auto found = materials.authorities.find(issuer);
  return found == materials.authorities.end() ? own : found->second.key;
}

// An authority that imitates another gets the other's subject, and a key of its type.
void settle_subject(const json::ObjectReader& fields, AuthoritySpec& authority, const MaterialsSpec& materials) {
  auto& context = fields.context();
  const auto model = materials.authorities.find(authority.like);
  if (fields.find("subject") != nullptr)
    context.fault(*fields.find("subject"), msg("\"like\" says its subject: leave one of them out"));
  else if (model == materials.authorities.end())
    context.fault(*fields.find("like"), msg("there is no authority \"{name}\"; known: {known}",
                                            json::unknown(authority.like, json::keys_of(materials.authorities))));
  else if (!model->second.like.empty())
    context.fault(*fields.find("like"), msg("\"{name}\" has no subject of its own: name an authority without \"like\"",
                                            {{"name", authority.like}}));
  else
    authority.subject = model->second.subject;
  if (model != materials.authorities.end() && fields.find("key") == nullptr) authority.key = model->second.key;
}

// Reports a circle of issuers once, at the first of its authorities.
void check_circle(const json::ObjectReader& fields, const std::string& name, const MaterialsSpec& materials) {
  auto first = name;
  auto above = materials.authorities.find(name);
  for (std::size_t step = 0; step < materials.authorities.size(); ++step) {
    above = materials.authorities.find(above->second.issuer);
    if (above == materials.authorities.end()) return;
    first = std::min(first, above->first);
    if (above->first == name) break;
  }
  if (above->first == name && first == name)
    fields.context().fault(*fields.find("issuer"), msg("these authorities sign one another in a circle"));
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

AuthoritySpec read_authority(const json::ObjectReader& source) {
  AuthoritySpec spec;
  spec.files = read_existing_files(source, {"subject", "like", "days", "begins_in_days", "key", "issuer", "digest"});
  if (source.find("certificate_file") != nullptr) return spec;
  spec.like = source.optional_text("like").value_or("");
  if (spec.like.empty()) spec.subject = read_subject(source);
  read_validity(source, spec);
  spec.key = read_key_type(source).value_or(spec.key);
  spec.issuer = source.optional_text("issuer").value_or("");
  spec.digest = read_digest(source).value_or(spec.digest);
  return spec;
}

void read_extensions(const json::ObjectReader& source, CertificateSpec& spec) {
  spec.names = read_names(source);
  spec.extended_usage = read_usages(source, "usage", extended_usages());
  spec.usage = read_usages(source, "key_usage", usages());
  if (source.find("ca") != nullptr) spec.is_ca = source.flag("ca", false);
}

CertificateSpec read_certificate(const json::ObjectReader& source) {
  auto& context = source.context();
  CertificateSpec spec;
  spec.files = read_existing_files(source, {"self_signed", "subject", "days", "begins_in_days", "key", "key_of", "san",
                                            "usage", "key_usage", "ca", "digest"});
  const bool is_file = source.find("certificate_file") != nullptr;
  const bool signs_itself = !is_file && source.flag("self_signed", false);
  if (is_file)
    source.need("key_file");
  else if (signs_itself && source.find("issuer") != nullptr)
    context.fault(*source.find("self_signed"), msg("what signs itself has no \"issuer\": leave one of them out"));
  const bool has_issuer = !signs_itself && (!is_file || source.find("issuer") != nullptr);
  if (has_issuer) spec.issuer = source.text("issuer");
  spec.is_revoked = source.flag("revoked", false);
  if (spec.is_revoked && !has_issuer)
    context.fault(*source.find("revoked"), msg("only an authority revokes a certificate: this one has no \"issuer\""));
  if (is_file) return spec;
  spec.subject = read_subject(source);
  read_validity(source, spec);
  spec.key = read_key_type(source).value_or(spec.key);
  spec.key_of = source.optional_text("key_of").value_or("");
  spec.digest = read_digest(source).value_or(spec.digest);
  read_extensions(source, spec);
  return spec;
}

}  // namespace

void read_authorities(const json::ObjectReader& fields, MaterialsSpec& materials) {
  auto& context = fields.context();
  Sources sources;
  for (const auto& [name, at, node] : fields.members("authorities")) {
    const json::ObjectReader source(
        context, node, name,
        {"subject", "like", "days", "begins_in_days", "key", "issuer", "digest", "certificate_file", "key_file"});
    if (!json::check_name(context, at, name) || !source.is_object()) continue;
    materials.authorities.emplace(name, read_authority(source));
    sources.emplace(name, source);
  }
  for (const auto& [name, source] : sources) {
    auto& authority = materials.authorities.at(name);
    if (!authority.like.empty()) settle_subject(source, authority, materials);
    check_issuer(source, authority.issuer, materials);
    check_circle(source, name, materials);
    check_digest(source, signer_of(authority.issuer, authority.key, materials));
  }
}

void read_certificates(const json::ObjectReader& fields, MaterialsSpec& materials) {
  auto& context = fields.context();
  Sources sources;
  for (const auto& [name, at, node] : fields.members("certificates")) {
    const json::ObjectReader source(
        context, node, name,
        {"issuer", "self_signed", "subject", "days", "begins_in_days", "key", "key_of", "san", "usage", "key_usage",
         "ca", "digest", "revoked", "certificate_file", "key_file"});
    if (!json::check_name(context, at, name) || !source.is_object()) continue;
    if (materials.authorities.contains(name))
      context.problems.add(at, msg("\"{name}\" is the name of an authority, too", {{"name", name}}));
    materials.certificates.emplace(name, read_certificate(source));
    sources.emplace(name, source);
  }
  for (const auto& [name, source] : sources) {
    auto& certificate = materials.certificates.at(name);
    if (!certificate.key_of.empty()) settle_key(source, certificate, materials.certificates);
    check_issuer(source, certificate.issuer, materials);
    check_digest(source, signer_of(certificate.issuer, certificate.key, materials));
  }
}

}  // namespace mqtts::plan
