#include "harness/pki/given_materials.h"

#include <cstdlib>
#include <set>
#include <utility>

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

Result<Identity> given_authority(const mqtts::GivenMaterials& given) {
  if (!given.ca.empty()) return read_identity(given.ca, given.ca_key);
  return failure(ErrorKind::missing_material, msg("the target file does not give the certificate of the lab's CA"),
                 msg("put its path at materials.ca in the target file"));
}

Result<Identity> given_identity(const std::string& name, const mqtts::GivenMaterials& given) {
  const auto found = given.identities.find(name);
  if (found != given.identities.end() && !found->second.certificate_file.empty() && !found->second.key_file.empty()) {
    return read_identity(found->second.certificate_file, found->second.key_file);
  }
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
    return failure(
        ErrorKind::missing_material, msg("the target file does not give the password of {name}", {{"name", name}}),
        msg("put a password_file or a password_env at materials.accounts.{name} in the target file", {{"name", name}}));
  }
  const auto& [file, variable] = found->second;
  if (!file.empty()) return password_from_file(name, file);
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
  for (const auto& name : own.authorities) in_hand.authorities.emplace(name, given_authority(given));
  for (const auto& name : own.accounts) in_hand.accounts.emplace(name, given_account(name, given));
  for (const auto& [name, certificate] : plan.materials.certificates) {
    const bool can_be_minted = !given.identities.contains(name) && !given.ca_key.empty();
    if (own.authorities.contains(certificate.issuer) && !can_be_minted) {
      in_hand.certificates.emplace(name, given_identity(name, given));
    }
  }
  return in_hand;
}

}  // namespace

GivenMaterials::GivenMaterials(const Plan& expanded, const mqtts::GivenMaterials& given, std::string folder,
                               const std::string& seed)
    : materials_(expanded.materials, std::move(folder), in_order_of_need(expanded),
                 from_target(expanded, given, seed)) {}

}  // namespace mqtts::pki
