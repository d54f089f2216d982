#include "harness/pki/labs_own.h"

#include <algorithm>
#include <optional>

namespace mqtts::pki {
namespace {

struct Names {
  std::set<std::string> authorities;
  std::set<std::string> accounts;
};

// What stages put on the host.
Names put_by_stages(const Plan& plan) {
  Names put;
  const auto& certificates = plan.materials.certificates;
  for (const auto& stage : plan.stages) {
    for (const auto& file : stage.files) {
      put.accounts.insert(file.accounts.begin(), file.accounts.end());
      const auto certificate = certificates.find(file.material);
      const bool is_authority = file.content == FileContent::authority_certificate || certificate == certificates.end();
      const auto& authority = is_authority ? file.material : certificate->second.issuer;
      if (plan.materials.authorities.contains(authority)) put.authorities.insert(authority);
    }
  }
  return put;
}

// What clients have that must be let in.
Names relied_on(const Plan& plan) {
  Names relied;
  const auto add_client = [&](const std::optional<std::string>& certificate,
                              const std::optional<std::string>& account) {
    if (account) relied.accounts.insert(*account);
    const auto spec = certificate ? plan.materials.certificates.find(*certificate) : plan.materials.certificates.end();
    if (spec != plan.materials.certificates.end()) relied.authorities.insert(spec->second.issuer);
  };
  for (const auto& stage : plan.stages) {
    for (const auto& check : stage.checks) {
      if (check.is_negative()) continue;
      if (check.client.trust) relied.authorities.insert(*check.client.trust);
      add_client(check.client.certificate, check.client.account);
      for (const auto& [role, spec] : check.probe.roles) add_client(spec.certificate, spec.account);
    }
  }
  return relied;
}

bool gives_authority(const MaterialSources& given, const std::string& name) {
  return given.authorities.contains(name) || given.not_there.contains("authorities." + name);
}

bool gives_ca(const MaterialSources& given) { return !given.ca.empty() || given.not_there.contains("ca"); }

bool gives_account(const MaterialSources& given, const std::string& name) {
  return given.accounts.contains(name) || given.not_there.contains("accounts." + name);
}

bool gives_identity(const MaterialSources& given, const std::string& name) {
  return given.identities.contains(name) || given.not_there.contains("identities." + name);
}

// A refused client presents a certificate of that authority, and it is not given.
bool lacks_a_certificate(const Plan& plan, const MaterialSources& given, const std::string& authority) {
  return std::ranges::any_of(plan.materials.certificates, [&](const auto& entry) {
    const auto& [name, spec] = entry;
    return spec.issuer == authority && spec.files.certificate.empty() && !gives_identity(given, name) &&
           only_refused_clients_present(name, plan);
  });
}

}  // namespace

bool only_refused_clients_present(const std::string& certificate, const Plan& plan) {
  bool is_presented = false;
  for (const auto& stage : plan.stages) {
    for (const auto& check : stage.checks) {
      const auto presents = [&](const auto& role) { return role.second.certificate == certificate; };
      const bool has_it = check.client.certificate == certificate || std::ranges::any_of(check.probe.roles, presents);
      if (has_it && !check.is_negative()) return false;
      is_presented = is_presented || has_it;
    }
  }
  return is_presented;
}

LabsOwn labs_own(const Plan& plan, const MaterialSources& given, Configuration configuration) {
  const bool is_applied = configuration == Configuration::applied;
  const auto put = put_by_stages(plan);
  const auto relied = relied_on(plan);
  const auto& materials = plan.materials;
  LabsOwn own;
  for (const auto& [name, authority] : materials.authorities) {
    const bool is_needed = put.authorities.contains(name) || relied.authorities.contains(name);
    // The certificate of a stranger's CA signs nothing: where more is needed than is given, it is all made afresh.
    const bool is_given = gives_authority(given, name) && (is_needed || !lacks_a_certificate(plan, given, name));
    const bool is_known = (is_needed && authority.files.certificate.empty()) || is_given;
    const bool is_fresh = is_applied && (put.authorities.contains(name) || !(is_given || gives_ca(given)));
    if (is_known && !is_fresh) own.authorities.insert(name);
  }
  for (const auto& [name, unused] : materials.accounts) {
    const bool is_given = gives_account(given, name);
    const bool lacks_password = relied.accounts.contains(name) && materials.random_accounts.contains(name);
    const bool is_known = put.accounts.contains(name) || lacks_password || is_given;
    const bool is_fresh = is_applied && (put.accounts.contains(name) || !is_given);
    if (is_known && !is_fresh) own.accounts.insert(name);
  }
  for (const auto& [name, certificate] : materials.certificates)
    if (gives_identity(given, name) && !own.authorities.contains(certificate.issuer) &&
        !put.authorities.contains(certificate.issuer))
      own.identities.insert(name);
  return own;
}

std::vector<std::string> replaced_by_stages(const Plan& plan, const MaterialSources& given) {
  const auto own = labs_own(plan, given, Configuration::applied);
  const auto& materials = plan.materials;
  std::vector<std::string> replaced;
  if (gives_ca(given) && own.authorities.empty()) replaced.emplace_back("ca");
  for (const auto& [name, unused] : materials.authorities)
    if (gives_authority(given, name) && !own.authorities.contains(name)) replaced.push_back("authorities." + name);
  for (const auto& [name, certificate] : materials.certificates)
    if (gives_identity(given, name) && !own.authorities.contains(certificate.issuer) && !own.identities.contains(name))
      replaced.push_back("identities." + name);
  for (const auto& [name, unused] : materials.accounts)
    if (gives_account(given, name) && !own.accounts.contains(name)) replaced.push_back("accounts." + name);
  return replaced;
}

}  // namespace mqtts::pki
