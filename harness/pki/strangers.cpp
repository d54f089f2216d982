#include "harness/pki/strangers.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "harness/pki/material_files.h"
#include "harness/pki/pem.h"
#include "harness/pki/subject.h"
#include "harness/util/openssl.h"
#include "harness/util/seeded_random.h"

namespace mqtts::pki {
namespace {

constexpr std::array<const char*, 6> authority_subjects = {"/CN=My CA",
                                                           "/CN=ca",
                                                           "/CN=Mosquitto Root CA",
                                                           "/C=FR/L=LYON/CN=MQTT CA",
                                                           "/C=GB/O=Example/CN=Root CA",
                                                           "/O=Internet Widgits Pty Ltd/CN=Test CA"};
constexpr std::array<const char*, 6> client_subjects = {"/CN=client",    "/CN=admin",
                                                        "/CN=localhost", "/C=FR/L=PARIS/CN=userclient",
                                                        "/CN=sensor-17", "/O=Internet Widgits Pty Ltd/CN=client"};

// Compares names as OpenSSL compares issuers: ignores case and redundant spaces.
bool is_one_of(const std::string& subject, const std::vector<NamePtr>& names) {
  const auto name = parse_subject(subject);
  return name &&
         std::ranges::any_of(names, [&](const NamePtr& other) { return X509_NAME_cmp(name->get(), other.get()) == 0; });
}

// Returns the first unknown subject from the `which`-th on, cyclically; none if all are known.
template <std::size_t count>
std::optional<std::string> unknown_one(const std::array<const char*, count>& subjects, std::size_t which,
                                       const KnownNames& known) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::string subject = subjects.at((which + i) % count);
    if (!is_one_of(subject, known.authorities) && !is_one_of(subject, known.others)) return subject;
  }
  return std::nullopt;
}

std::string escaped(std::string_view text) {
  std::string escaped;
  for (const char each : text) {
    if (each == '/' || each == '\\' || each == '+') escaped += '\\';
    escaped += each;
  }
  return escaped;
}

// Returns the name in parse_subject's syntax; none if that cannot express it.
std::optional<std::string> subject_text(const X509_NAME* name) {
  std::string text;
  for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
    const auto* entry = X509_NAME_get_entry(name, i);
    const int kind = OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry));
    unsigned char* value = nullptr;
    const int size = ASN1_STRING_to_UTF8(&value, X509_NAME_ENTRY_get_data(entry));
    if (size < 0) return std::nullopt;
    const std::string bytes(reinterpret_cast<const char*>(value), static_cast<std::size_t>(size));
    OPENSSL_free(value);
    if (kind == NID_undef) return std::nullopt;
    text += "/" + std::string(OBJ_nid2sn(kind)) + "=" + escaped(bytes);
  }
  const auto again = parse_subject(text);
  if (!again || X509_NAME_cmp(again->get(), name) != 0) return std::nullopt;
  return text;
}

// Signed by an authority that has another's name, which is what the plan asks for.
bool is_imitation(const CertificateSpec& certificate, const MaterialsSpec& spec) {
  const auto issuer = spec.authorities.find(certificate.issuer);
  return issuer != spec.authorities.end() && !issuer->second.like.empty();
}

}  // namespace

std::vector<NamePtr> names_in(const std::vector<std::string>& files) {
  std::vector<NamePtr> names;
  for (const auto& file : files) {
    const auto pem = file.empty() ? Result<Pem>(Pem{}) : read_pem(file);
    if (!pem || pem->empty()) continue;
    for (const auto& certificate : parse_certificates(*pem))
      names.emplace_back(X509_NAME_dup(X509_get_subject_name(certificate.get())));
  }
  return names;
}

MaterialsSpec with_other_strangers(MaterialsSpec spec, const std::set<std::string>& own, const KnownNames& known,
                                   const std::string& seed) {
  if (seed.empty()) return spec;
  const auto is_asked_for = [&](const std::string& subject) {
    return std::ranges::any_of(own,
                               [&](const std::string& name) { return spec.authorities.at(name).subject == subject; });
  };
  for (auto& [name, authority] : spec.authorities) {
    if (own.contains(name) || is_asked_for(authority.subject) || !authority.like.empty()) continue;
    const auto which = draw_number(seed, "subject of " + name, authority_subjects.size() + 2);
    if (which < authority_subjects.size() || is_one_of(authority.subject, known.authorities))
      authority.subject = unknown_one(authority_subjects, which, known).value_or(authority.subject);
  }
  for (auto& [name, certificate] : spec.certificates) {
    if (own.contains(certificate.issuer)) continue;
    const auto which = draw_number(seed, "subject of certificate " + name, 2 * client_subjects.size());
    if (which < client_subjects.size() && !is_asked_for(certificate.subject))
      certificate.subject = unknown_one(client_subjects, which, known).value_or(certificate.subject);
    if (draw_number(seed, "key of " + name, 2) == 0) certificate.key_of.clear();
    if (is_imitation(certificate, spec)) continue;
    if (draw_number(seed, "issuer of " + name, 3) == 0 && !is_one_of(certificate.subject, known.authorities))
      certificate.issuer.clear();
  }
  return spec;
}

MaterialsSpec with_subjects_of(const std::map<std::string, std::string>& given, MaterialsSpec spec,
                               const std::set<std::string>& own) {
  for (auto& [name, certificate] : spec.certificates) {
    const auto model = spec.certificates.find(certificate.key_of);
    const auto found = given.find(certificate.key_of);
    if (found == given.end() || model == spec.certificates.end() || !own.contains(certificate.issuer) ||
        certificate.subject != model->second.subject)
      continue;
    const auto parsed = parse_certificate({found->second, {}});
    const auto subject = parsed ? subject_text(X509_get_subject_name(parsed->get())) : std::nullopt;
    if (subject) certificate.subject = *subject;
  }
  return spec;
}

MaterialsSpec with_strangers_like(const std::string& client, MaterialsSpec spec, const std::set<std::string>& own) {
  const auto certificate = parse_certificate({client, {}});
  if (!certificate) return spec;
  const auto subject = subject_text(X509_get_subject_name(certificate->get()));
  int signer = NID_undef;
  OBJ_find_sigid_algs(X509_get_signature_nid(certificate->get()), nullptr, &signer);
  for (auto& [name, stranger] : spec.certificates) {
    if (own.contains(stranger.issuer) || stranger.issuer.empty()) continue;
    const auto model = spec.certificates.find(stranger.key_of);
    if (subject && model != spec.certificates.end() && own.contains(model->second.issuer)) stranger.subject = *subject;
    if (const auto issuer = spec.authorities.find(stranger.issuer); issuer != spec.authorities.end())
      issuer->second.key = signer == NID_rsaEncryption ? KeyType::rsa_2048 : KeyType::ec_p256;
  }
  return spec;
}

}  // namespace mqtts::pki
