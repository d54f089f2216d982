#include "harness/pki/given_materials.h"

#include <cstdlib>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "harness/pki/material_files.h"
#include "harness/pki/pem.h"
#include "harness/pki/strangers.h"
#include "harness/util/openssl.h"

namespace mqtts::pki {
namespace {

// Names of the items that a stage puts on the host.
struct LabsOwn {
  std::set<std::string> authorities;
  std::set<std::string> accounts;
};

LabsOwn labs_own(const Plan& plan) {
  LabsOwn own;
  const auto& certificates = plan.materials.certificates;
  for (const auto& stage : plan.stages) {
    for (const auto& file : stage.files) {
      own.accounts.insert(file.accounts.begin(), file.accounts.end());
      const auto certificate = certificates.find(file.material);
      const bool is_authority = file.content == FileContent::authority_certificate || certificate == certificates.end();
      const auto& authority = is_authority ? file.material : certificate->second.issuer;
      if (plan.materials.authorities.contains(authority)) own.authorities.insert(authority);
    }
  }
  return own;
}

// Reads a certificate and, unless `key_file` is empty, its matching key.
Result<Identity> read_identity(const std::string& certificate_file, const std::string& key_file) {
  const auto certificate_pem = read_pem(certificate_file);
  if (!certificate_pem) return tl::unexpected(certificate_pem.error());
  const auto certificate = parse_certificate(*certificate_pem);
  if (!certificate) return tl::unexpected(certificate.error());
  if (key_file.empty()) return Identity{.certificate = *certificate_pem, .key = {}};

  const auto key_pem = read_pem(key_file);
  if (!key_pem) return tl::unexpected(key_pem.error());
  const auto key = parse_key(*key_pem);
  if (!key) return tl::unexpected(key.error());
  if (!key_matches_certificate(**key, **certificate)) {
    return failure(ErrorKind::local,
                   msg("the key in {key_file} does not belong to the certificate in {certificate_file}",
                       {{"key_file", key_file}, {"certificate_file", certificate_file}}),
                   msg("name the two files that were made together"));
  }
  return Identity{.certificate = *certificate_pem, .key = *key_pem};
}

// Returns why an entry of `given` was not fetched from the broker's host, if it was to come from there.
std::optional<Error> why_not_there(const std::string& entry, const MaterialSources& given) {
  const auto found = given.not_there.find(entry);
  return found == given.not_there.end() ? std::nullopt : std::optional(found->second);
}

// Reports a fetched file by its path on the host; an unusable one is the host's fault, not ours.
template <class T>
Result<T> as_of_host(Result<T> result, const MaterialSources& given) {
  if (result) return result;
  bool of_host = false;
  for (auto* message : {&result.error().what, &result.error().hint}) {
    for (auto& [name, value] : message->args) {
      const auto found = given.from_host.find(value);
      if (found == given.from_host.end()) continue;
      value = found->second;
      of_host = true;
    }
  }
  if (of_host) result.error().kind = ErrorKind::missing_material;
  return result;
}

// Returns the file of the CA's key, or why it cannot sign though it is given; empty if none is given, or if the mistake
// is the user's own, which the authority reports.
Result<std::string> usable_ca_key(const MaterialSources& given) {
  if (const auto why = why_not_there("ca_key", given)) return tl::unexpected(*why);
  if (given.ca_key.empty() || given.ca.empty()) return given.ca_key;
  auto read = as_of_host(read_identity(given.ca, given.ca_key), given);
  if (read) return given.ca_key;
  const auto pem = read_pem(given.ca_key);
  if (pem && is_encrypted(*pem)) read.error().kind = ErrorKind::missing_material;
  if (read.error().kind != ErrorKind::missing_material) return given.ca_key;
  return tl::unexpected(read.error());
}

Result<Identity> given_authority(const MaterialSources& given, const std::string& ca_key) {
  if (!given.ca.empty()) return as_of_host(read_identity(given.ca, ca_key), given);
  if (const auto why = why_not_there("ca", given)) return tl::unexpected(*why);
  return failure(ErrorKind::missing_material, msg("the target file does not give the certificate of the lab's CA"),
                 msg("put its path at materials.ca in the target file"));
}

// Checks that the certificate's own key usage allows clients (RFC 5280 sections 4.2.1.3 and 4.2.1.12): a broker rightly
// refuses others.
Result<Identity> for_clients(Identity identity) {
  const auto certificate = parse_certificate(identity.certificate);
  if (!certificate) return tl::unexpected(certificate.error());
  constexpr int as_a_leaf = 0;
  if (X509_check_purpose(certificate->get(), X509_PURPOSE_SSL_CLIENT, as_a_leaf) == 1) return identity;
  return failure(ErrorKind::missing_material,
                 msg("the certificate in {file} is of no use to a client: its extendedKeyUsage or keyUsage does not "
                     "allow it",
                     {{"file", identity.certificate.file}}),
                 msg("a client's certificate has no extendedKeyUsage, or clientAuth among it"));
}

// Returns true if it has not expired and the lab's CA, if known, has signed it.
bool is_good(const Identity& identity, const MaterialSources& given) {
  const auto certificate = parse_certificate(identity.certificate);
  if (!certificate || X509_cmp_current_time(X509_get0_notAfter(certificate->get())) != 1) return false;
  const auto ca = given.ca.empty() ? Result<Pem>(Pem{}) : read_pem(given.ca);
  const auto issuer = ca && !ca->empty() ? parse_certificate(*ca) : CertificatePtr();
  const bool is_signed = !issuer || !*issuer || X509_verify(certificate->get(), X509_get0_pubkey(issuer->get())) == 1;
  openssl_errors();
  return is_signed;
}

// Returns the first good one of an identity's files, else the first that a client can use, else why the first existing
// one is unusable. None: none is given.
std::optional<Result<Identity>> found_identity(const std::string& name, const MaterialSources& given) {
  const auto first = given.identities.find(name);
  if (first == given.identities.end()) return std::nullopt;
  std::vector<GivenIdentity> all{first->second};
  if (const auto others = given.alternatives.find(name); others != given.alternatives.end())
    all.insert(all.end(), others->second.begin(), others->second.end());
  std::optional<Result<Identity>> best;
  for (const auto& files : all) {
    if (files.certificate_file.empty() || files.key_file.empty()) continue;
    auto read = as_of_host(read_identity(files.certificate_file, files.key_file).and_then(for_clients), given);
    if (read && is_good(*read, given)) return read;
    if (!best || (read && !*best)) best = std::move(read);
  }
  return best;
}

// `ca_key`: see usable_ca_key.
Error why_no_identity(const std::string& name, const MaterialSources& given, const Result<std::string>& ca_key) {
  if (auto why = why_not_there("identities." + name, given)) return *std::move(why);
  if (!ca_key) return ca_key.error();
  return {ErrorKind::missing_material,
          msg("the target file does not give the certificate and key of {name}", {{"name", name}}),
          msg("put them at materials.identities.{name} in the target file, or the key of the lab's CA at "
              "materials.ca_key",
              {{"name", name}}),
          {}};
}

Result<Credentials> password_from_file(const std::string& name, const std::string& file) {
  const auto content = read_pem(file);
  if (!content) return tl::unexpected(content.error());
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  const std::size_t begin = content->text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
  const auto password = content->text.substr(begin, content->text.find_first_of("\r\n", begin) - begin);
  if (password.find('\0') != std::string::npos)
    return failure(ErrorKind::local,
                   msg("the password in {file} holds a zero byte, which no client sends whole", {{"file", file}}),
                   msg("save the file as UTF-8 text"));
  if (!password.empty()) return Credentials{.user_name = name, .password = password};
  return failure(ErrorKind::local, msg("there is no password in {file}", {{"file", file}}),
                 msg("its first line must be the password of {name}", {{"name", name}}));
}

Result<Credentials> given_account(const std::string& name, const MaterialSources& given) {
  const auto found = given.accounts.find(name);
  if (found == given.accounts.end()) {
    if (const auto why = why_not_there("accounts." + name, given)) return tl::unexpected(*why);
    return failure(
        ErrorKind::missing_material, msg("the target file does not give the password of {name}", {{"name", name}}),
        msg("put a password_file or a password_env at materials.accounts.{name} in the target file", {{"name", name}}));
  }
  const auto& [file, variable] = found->second;
  if (!file.empty()) return as_of_host(password_from_file(name, file), given);
  const auto* password = std::getenv(variable.c_str());
  if (password != nullptr && *password != '\0') return Credentials{.user_name = name, .password = password};
  return failure(ErrorKind::missing_material,
                 msg("the environment variable {variable} is not set", {{"variable", variable}}),
                 msg("set it to the password of {name}", {{"name", name}}));
}

Provided from_target(const Plan& plan, const MaterialSources& given, const std::string& seed) {
  const auto own = labs_own(plan);
  Provided in_hand;
  in_hand.seed = seed;
  const auto ca_key = usable_ca_key(given);
  for (const auto& name : own.authorities)
    in_hand.authorities.emplace(name, given_authority(given, ca_key.value_or("")));
  for (const auto& name : own.accounts) in_hand.accounts.emplace(name, given_account(name, given));
  for (const auto& [name, certificate] : plan.materials.certificates) {
    if (!own.authorities.contains(certificate.issuer)) continue;
    auto found = found_identity(name, given);
    const bool is_lacking = !found || (!*found && found->error().kind == ErrorKind::missing_material);
    if (is_lacking && ca_key && !ca_key->empty()) continue;  // it is minted
    if (!found) found = tl::unexpected(why_no_identity(name, given, ca_key));
    in_hand.certificates.emplace(name, *std::move(found));
  }
  return in_hand;
}

// A client's key only has to exist: P-256 costs 0.1 ms, RSA 0.07 s for each of a whole class.
MaterialsSpec with_cheap_keys(MaterialsSpec spec) {
  for (auto& [name, authority] : spec.authorities) authority.key = KeyType::ec_p256;
  for (auto& [name, certificate] : spec.certificates) certificate.key = KeyType::ec_p256;
  return spec;
}

KnownNames names_of(const MaterialSources& given) {
  std::vector<std::string> files;
  for (const auto& [name, identity] : given.identities) files.push_back(identity.certificate_file);
  for (const auto& [name, others] : given.alternatives)
    for (const auto& identity : others) files.push_back(identity.certificate_file);
  return {.authorities = names_in({given.ca}), .others = names_in(files)};
}

// Draws a class's strangers; for a single broker the stranger is the lab's own client with another signer.
MaterialsSpec strangers_of(const Plan& plan, const MaterialSources& given, const std::string& seed) {
  const auto own = labs_own(plan).authorities;
  auto spec = with_cheap_keys(plan.materials);
  if (!seed.empty()) return with_other_strangers(std::move(spec), own, names_of(given), seed);
  for (const auto& [name, certificate] : plan.materials.certificates) {
    if (own.contains(certificate.issuer)) continue;
    const auto found = found_identity(certificate.key_of, given);
    if (found && *found) return with_strangers_like((*found)->certificate.text, std::move(spec), own);
  }
  return spec;
}

bool is_given(const std::string& account, const MaterialSources& given) {
  const auto found = given.accounts.find(account);
  if (found == given.accounts.end()) return false;
  const auto& [file, variable] = found->second;
  const auto* password = file.empty() ? std::getenv(variable.c_str()) : nullptr;
  return !file.empty() || (password != nullptr && *password != '\0');
}

}  // namespace

std::vector<std::string> not_given(const Plan& plan, const MaterialSources& given) {
  const auto own = labs_own(plan);
  std::set<std::string> missing;
  const auto need_account = [&](const std::optional<std::string>& name) {
    if (name && own.accounts.contains(*name) && !is_given(*name, given)) missing.insert("accounts." + *name);
  };
  for (const auto& stage : plan.stages) {
    for (const auto& check : stage.checks) {
      const auto& client = check.client;
      if (client.trust && own.authorities.contains(*client.trust) && given.ca.empty()) missing.insert("ca");
      const auto certificate = client.certificate ? plan.materials.certificates.find(*client.certificate)
                                                  : plan.materials.certificates.end();
      if (certificate != plan.materials.certificates.end() && own.authorities.contains(certificate->second.issuer) &&
          !given.identities.contains(certificate->first) && given.ca_key.empty())
        missing.insert("identities." + certificate->first);
      need_account(client.account);
      for (const auto& [role, spec] : check.probe.roles) need_account(spec.account);
    }
  }
  return {missing.begin(), missing.end()};
}

ProvidedMaterials::ProvidedMaterials(const Plan& expanded, const MaterialSources& given, std::string folder,
                                     const std::string& seed)
    : materials_(strangers_of(expanded, given, seed), std::move(folder), in_order_of_need(expanded),
                 from_target(expanded, given, seed)) {}

}  // namespace mqtts::pki
