#include "harness/pki/given_materials.h"

#include <array>
#include <cstdlib>
#include <optional>
#include <set>
#include <utility>

#include "harness/model/seed.h"
#include "harness/pki/files.h"
#include "harness/pki/pem.h"

namespace mqtts::pki {
namespace {

// The names of what some stage puts on the host.
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

// A certificate and, unless `key_file` is empty, the key that belongs to it.
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

// Why an entry of `given` could not be had from the broker's host, if it was to come from there.
std::optional<Error> why_not_there(const std::string& entry, const mqtts::GivenMaterials& given) {
  const auto found = given.not_there.find(entry);
  return found == given.not_there.end() ? std::nullopt : std::optional(found->second);
}

// A file that was fetched is known to people by its place on the host; that it is no good is the host's doing, not
// ours.
template <class T>
Result<T> as_of_host(Result<T> result, const mqtts::GivenMaterials& given) {
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

// The file of the CA's key, or why it cannot sign though it is given; empty if none is given, or if it is the user's
// own mistake, which the authority tells.
Result<std::string> usable_ca_key(const mqtts::GivenMaterials& given) {
  if (const auto why = why_not_there("ca_key", given)) return tl::unexpected(*why);
  if (given.ca_key.empty() || given.ca.empty()) return given.ca_key;
  auto read = as_of_host(read_identity(given.ca, given.ca_key), given);
  if (read) return given.ca_key;
  const auto pem = read_pem(given.ca_key);
  if (pem && is_encrypted(*pem)) read.error().kind = ErrorKind::missing_material;
  if (read.error().kind != ErrorKind::missing_material) return given.ca_key;
  return tl::unexpected(read.error());
}

Result<Identity> given_authority(const mqtts::GivenMaterials& given, const std::string& ca_key) {
  if (!given.ca.empty()) return as_of_host(read_identity(given.ca, ca_key), given);
  if (const auto why = why_not_there("ca", given)) return tl::unexpected(*why);
  return failure(ErrorKind::missing_material, msg("the target file does not give the certificate of the lab's CA"),
                 msg("put its path at materials.ca in the target file"));
}

// `ca_key`: see usable_ca_key.
Result<Identity> given_identity(const std::string& name, const mqtts::GivenMaterials& given,
                                const Result<std::string>& ca_key) {
  const auto found = given.identities.find(name);
  if (found != given.identities.end() && !found->second.certificate_file.empty() && !found->second.key_file.empty()) {
    return as_of_host(read_identity(found->second.certificate_file, found->second.key_file), given);
  }
  if (const auto why = why_not_there("identities." + name, given)) return tl::unexpected(*why);
  if (!ca_key) return tl::unexpected(ca_key.error());
  return failure(ErrorKind::missing_material,
                 msg("the target file does not give the certificate and key of {name}", {{"name", name}}),
                 msg("put them at materials.identities.{name} in the target file, or the key of the lab's CA at "
                     "materials.ca_key",
                     {{"name", name}}));
}

Result<Credentials> password_from_file(const std::string& name, const std::string& file) {
  const auto content = read_pem(file);
  if (!content) return tl::unexpected(content.error());
  const auto password = content->text.substr(0, content->text.find_first_of("\r\n"));
  if (!password.empty()) return Credentials{.user_name = name, .password = password};
  return failure(ErrorKind::local, msg("there is no password in {file}", {{"file", file}}),
                 msg("its first line must be the password of {name}", {{"name", name}}));
}

Result<Credentials> given_account(const std::string& name, const mqtts::GivenMaterials& given) {
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

InHand from_target(const Plan& plan, const mqtts::GivenMaterials& given, const std::string& seed) {
  const auto own = labs_own(plan);
  InHand in_hand;
  in_hand.seed = seed;
  const auto ca_key = usable_ca_key(given);
  for (const auto& name : own.authorities)
    in_hand.authorities.emplace(name, given_authority(given, ca_key.value_or("")));
  for (const auto& name : own.accounts) in_hand.accounts.emplace(name, given_account(name, given));
  for (const auto& [name, certificate] : plan.materials.certificates) {
    const bool can_be_minted = !given.identities.contains(name) && ca_key && !ca_key->empty();
    if (own.authorities.contains(certificate.issuer) && !can_be_minted) {
      in_hand.certificates.emplace(name, given_identity(name, given, ca_key));
    }
  }
  return in_hand;
}

// Honest or strange, a client's key is only there to be held: P-256 costs 0.1 ms, RSA 0.36 s for each of a whole class.
MaterialsSpec with_cheap_keys(MaterialsSpec spec) {
  for (auto& [name, authority] : spec.authorities) authority.key = KeyType::ec_p256;
  for (auto& [name, certificate] : spec.certificates) certificate.key = KeyType::ec_p256;
  return spec;
}

constexpr std::array<const char*, 6> authority_subjects = {"/CN=My CA",
                                                           "/CN=ca",
                                                           "/CN=Mosquitto Root CA",
                                                           "/C=FR/L=LYON/CN=MQTT CA",
                                                           "/C=GB/O=Example/CN=Root CA",
                                                           "/O=Internet Widgits Pty Ltd/CN=Test CA"};
constexpr std::array<const char*, 6> client_subjects = {"/CN=client",    "/CN=admin",
                                                        "/CN=localhost", "/C=FR/L=PARIS/CN=userclient",
                                                        "/CN=sensor-17", "/O=Internet Widgits Pty Ltd/CN=client"};

// Strangers as they come: signed by a CA of their own or by themselves, with a key of their own or one that the broker
// knows, named as the plan says or otherwise. A broker that turns away one kind alone lets in another.
MaterialsSpec with_other_strangers(MaterialsSpec spec, const Plan& plan, const std::string& seed) {
  if (seed.empty()) return spec;
  const auto own = labs_own(plan);
  for (auto& [name, authority] : spec.authorities) {
    if (own.authorities.contains(name)) continue;
    const auto which = draw_number(seed, "subject of " + name, authority_subjects.size() + 2);
    if (which < authority_subjects.size()) authority.subject = authority_subjects.at(which);
  }
  for (auto& [name, certificate] : spec.certificates) {
    if (own.authorities.contains(certificate.issuer)) continue;
    const auto which = draw_number(seed, "subject of certificate " + name, 2 * client_subjects.size());
    if (which < client_subjects.size()) certificate.subject = client_subjects.at(which);
    if (draw_number(seed, "key of " + name, 2) == 0) certificate.key_of.clear();
    if (draw_number(seed, "issuer of " + name, 3) == 0) certificate.issuer.clear();
  }
  return spec;
}

bool is_given(const std::string& account, const mqtts::GivenMaterials& given) {
  const auto found = given.accounts.find(account);
  if (found == given.accounts.end()) return false;
  const auto& [file, variable] = found->second;
  const auto* password = file.empty() ? std::getenv(variable.c_str()) : nullptr;
  return !file.empty() || (password != nullptr && *password != '\0');
}

}  // namespace

std::vector<std::string> not_given(const Plan& plan, const mqtts::GivenMaterials& given) {
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
      if (const auto* round_trip = std::get_if<RoundTripAction>(&check.action))
        need_account(round_trip->reader_account);
    }
  }
  return {missing.begin(), missing.end()};
}

GivenMaterials::GivenMaterials(const Plan& expanded, const mqtts::GivenMaterials& given, std::string folder,
                               const std::string& seed)
    : materials_(with_other_strangers(with_cheap_keys(expanded.materials), expanded, seed), std::move(folder),
                 in_order_of_need(expanded), from_target(expanded, given, seed)) {}

}  // namespace mqtts::pki
