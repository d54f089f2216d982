#include "harness/pki/given_materials.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "harness/pki/ca_bundle.h"
#include "harness/pki/given_files.h"
#include "harness/pki/labs_own.h"
#include "harness/pki/pem.h"
#include "harness/pki/strangers.h"
#include "harness/util/openssl.h"

namespace mqtts::pki {
namespace {

// Returns true if it has not expired and a CA in `ca_file`, unless that is unusable, has signed it.
bool is_good(const Identity& identity, const std::string& ca_file) {
  const auto certificate = parse_certificate(identity.certificate);
  if (!certificate || X509_cmp_current_time(X509_get0_notAfter(certificate->get())) != 1) return false;
  const CaBundle cas(ca_file);
  return cas.empty() || cas.signer_of(identity);
}

// Whether the plan says that a client may use it.
bool is_for_clients(const CertificateSpec& spec) {
  const auto& usage = spec.extended_usage;
  const auto has = [&](const char* word) { return std::ranges::find(usage, word) != usage.end(); };
  return usage.empty() || has("clientAuth") || has("anyExtendedKeyUsage");
}

// Checks that a certificate that is to be refused for its dates, or for its usage, has them.
Result<Identity> as_planned(Identity identity, const CertificateSpec& spec) {
  const auto certificate = parse_certificate(identity.certificate);
  if (!certificate) return tl::unexpected(certificate.error());
  const bool expired = X509_cmp_current_time(X509_get0_notAfter(certificate->get())) != 1;
  const bool begun = X509_cmp_current_time(X509_get0_notBefore(certificate->get())) == -1;
  const std::map<std::string, std::string> file{{"file", identity.certificate.file}};
  const auto hint = msg("name the certificate that the plan means, or none");
  if (spec.begins_in_days + spec.days < 0 && !expired)
    return failure(ErrorKind::local, msg("the certificate in {file} has not expired, as it has in the plan", file),
                   hint);
  if (spec.begins_in_days > 0 && begun)
    return failure(ErrorKind::local,
                   msg("the certificate in {file} is valid already, and not yet so in the plan", file), hint);
  if (is_for_clients(spec)) return for_clients(std::move(identity));
  if (!for_clients(identity)) return identity;
  return failure(ErrorKind::local,
                 msg("the certificate in {file} is of use to a client, and of none in the plan", file), hint);
}

// What the target gives for a certificate of the plan.
struct Found {
  Result<Identity> own;              // the first that is there, or why it is unusable
  std::optional<Identity> stand_in;  // if that is not good: the first other one that is
  bool is_brokers_own = false;       // what a stage puts on the host as the broker's, which clients borrow
};

bool is_brokers_own(const std::string& certificate_file, const Plan& plan, const MaterialSources& given) {
  return std::ranges::any_of(plan.stages, [&](const StageSpec& stage) {
    return std::ranges::any_of(stage.files, [&](const FileSpec& file) {
      const auto own = given.identities.find(file.material);
      return own != given.identities.end() && own->second.certificate_file == certificate_file;
    });
  });
}

// None: nothing is given. The only one that is there may be the server's, and not for clients: then it is unusable.
std::optional<Found> found_identity(const std::string& name, const Plan& plan, const MaterialSources& given) {
  const auto first = given.identities.find(name);
  if (first == given.identities.end()) return std::nullopt;
  std::vector<GivenIdentity> all{first->second};
  if (const auto others = given.alternatives.find(name); others != given.alternatives.end())
    all.insert(all.end(), others->second.begin(), others->second.end());
  const auto& spec = plan.materials.certificates.at(name);
  const auto ca_file = authority_file(spec.issuer, given);
  std::optional<Found> found;
  for (const auto& files : all) {
    if (files.certificate_file.empty() || files.key_file.empty()) continue;
    auto read = as_of_host(read_identity(files.certificate_file, files.key_file).and_then([&](Identity&& it) {
      return as_planned(std::move(it), spec);
    }),
                           given);
    const bool is_usable = read && is_good(*read, ca_file);
    if (!found)
      found = Found{std::move(read), {}, is_brokers_own(files.certificate_file, plan, given)};
    else if (is_usable)
      found->stand_in = *std::move(read);
    if (is_usable) break;
  }
  return found;
}

bool has_entry(const std::string& authority, const MaterialSources& given) {
  return given.authorities.contains(authority) || given.not_there.contains("authorities." + authority);
}

// `ca_key`: see usable_ca_key.
Error why_no_identity(const std::string& name, const Plan& plan, const MaterialSources& given,
                      const Result<std::string>& ca_key) {
  if (auto why = why_not_there("identities." + name, given)) return *std::move(why);
  const auto& spec = plan.materials.certificates.at(name);
  if (spec.is_revoked)
    return {
        ErrorKind::missing_material,
        msg("the target file does not give the revoked certificate {name} and its key", {{"name", name}}),
        msg("put one that the broker's revocation list holds at materials.identities.{name} in the target file: one "
            "that is made now is in no list",
            {{"name", name}}),
        {}};
  if (!ca_key) return ca_key.error();
  if (only_refused_clients_present(name, plan) && !has_entry(spec.issuer, given))
    return {ErrorKind::missing_material,
            msg("the target file does not give the key of the lab's CA, which must sign {name}", {{"name", name}}),
            msg("put its path at materials.ca_key in the target file: with it, that certificate is made for each run"),
            {}};
  return {ErrorKind::missing_material,
          msg("the target file does not give the certificate and key of {name}", {{"name", name}}),
          msg("put them at materials.identities.{name} in the target file, or the key of the lab's CA at "
              "materials.ca_key",
              {{"name", name}}),
          {}};
}

// Whether a broker has no other reason to refuse it than its CA: it is in time, and neither its key nor its signature
// is weaker than OpenSSL's level 2 demands (SSL_CTX_set_security_level(3)).
bool is_sound(const X509& certificate) {
  constexpr int least_bits = 112;
  int signature_bits = 0;
  auto& it = const_cast<X509&>(certificate);  // OpenSSL computes what it caches
  return X509_cmp_current_time(X509_get0_notBefore(&certificate)) == -1 &&
         X509_cmp_current_time(X509_get0_notAfter(&certificate)) == 1 &&
         EVP_PKEY_get_security_bits(X509_get0_pubkey(&certificate)) >= least_bits &&
         X509_get_signature_info(&it, nullptr, nullptr, &signature_bits, nullptr) == 1 && signature_bits >= least_bits;
}

// A stranger that the target gives must be one: the plan says that the lab's CA has not signed it, and its signer is to
// be the only reason to refuse it. `own`: the plan's authorities that are no stranger's.
Result<Identity> as_stranger(Result<Identity> identity, const std::set<std::string>& own,
                             const MaterialSources& given) {
  if (!identity) return identity;
  const std::map<std::string, std::string> file{{"file", identity->certificate.file}};
  const auto hint = msg("name the certificate of another CA, or none: then it is made for each run");
  for (const auto& authority : own)
    if (CaBundle(authority_file(authority, given)).signer_of(*identity))
      return failure(ErrorKind::local,
                     msg("the lab's CA has signed the certificate in {file}, which is a stranger's in the plan", file),
                     hint);
  const auto certificate = parse_certificate(identity->certificate);
  if (certificate && is_sound(**certificate)) return identity;
  return failure(ErrorKind::local,
                 msg("a broker may refuse the certificate in {file} for its dates or its weak key, and not as a "
                     "stranger's, which it is in the plan",
                     file),
                 hint);
}

// The plan's authorities that are no stranger's, whatever the target names.
std::set<std::string> labs_authorities(const Plan& plan, MaterialSources given, Configuration configuration) {
  given.authorities.clear();
  return labs_own(plan, given, configuration).authorities;
}

// `ca_key`: see usable_ca_key. It is the key of `ca`, and of no authority that has an entry of its own.
bool can_issue(const std::string& authority, const MaterialSources& given, const Result<std::string>& ca_key) {
  return ca_key && !ca_key->empty() && !has_entry(authority, given);
}

std::string issuer_of(const Identity& identity) {
  const auto certificate = parse_certificate(identity.certificate);
  const BioPtr out(BIO_new(BIO_s_mem()));
  if (!certificate || !out) return {};
  X509_NAME_print_ex(out.get(), X509_get_issuer_name(certificate->get()), 0, XN_FLAG_RFC2253);
  char* text = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(std::max(0L, size))};
}

// Why a client's certificate is not of the CA that its plan says: none in the CA's file has signed it, or another one
// there than has signed the plan's other certificates of that CA. The first is the host's own where the host gives the
// file: a broker's cafile may hold more.
Message why_foreign(const std::string& name, const Identity& identity, const Plan& plan, const MaterialSources& given) {
  const auto& certificates = plan.materials.certificates;
  const auto& issuer = certificates.at(name).issuer;
  const auto ca_file = authority_file(issuer, given);
  const CaBundle cas(ca_file);
  if (cas.empty()) return {};
  const auto signer = cas.signer_of(identity);
  const bool is_of_others = std::ranges::any_of(certificates, [&](const auto& other) {
    const auto& [other_name, spec] = other;
    if (other_name == name || spec.issuer != issuer) return false;
    const auto found = found_identity(other_name, plan, given);
    const auto others_signer = found && found->own ? cas.signer_of(*found->own) : std::nullopt;
    return others_signer && others_signer != signer;
  });
  const bool is_of_another = given.from_host.contains(ca_file) && signer != std::size_t{0};
  if (signer && !is_of_others && !is_of_another) return {};
  return msg("{issuer} has signed the certificate in {file}, and not the CA in {ca}",
             {{"issuer", issuer_of(identity)},
              {"file", place_of(identity.certificate.file, given)},
              {"ca", place_of(ca_file, given)}});
}

// A certificate that was fetched may be kept, a private key stays where it is.
Identity named(Identity identity, const std::string& kept, const MaterialSources& given) {
  const bool is_fetched = given.from_host.contains(identity.certificate.file);
  identity.certificate.shown = is_fetched && !kept.empty() ? kept + ".crt" : place_of(identity.certificate.file, given);
  if (!identity.key.empty()) identity.key.shown = place_of(identity.key.file, given);
  return identity;
}

Provided from_target(const Plan& plan, const MaterialSources& given, const GivenOptions& options) {
  const auto own = labs_own(plan, given, options.configuration);
  const auto labs = labs_authorities(plan, given, options.configuration);
  Provided in_hand{.seed = options.seed, .names = kept_names(plan, options.kept_in)};
  const auto ca_key = usable_ca_key(given);
  for (const auto& name : own.authorities)
    in_hand.authorities.emplace(name, given_authority(name, given, ca_key.value_or("")).map([&](Identity&& it) {
      return named(std::move(it), kept_stem(options.kept_in, name), given);
    }));
  for (const auto& name : own.accounts) in_hand.accounts.emplace(name, given_account(name, given));
  for (const auto& [name, certificate] : plan.materials.certificates) {
    const auto& issuer = certificate.issuer;
    const bool is_strangers =
        own.identities.contains(name) || (own.authorities.contains(issuer) && !labs.contains(issuer));
    if (!is_strangers && !own.authorities.contains(issuer)) continue;
    if (!certificate.files.certificate.empty() && !given.identities.contains(name)) continue;
    auto found = found_identity(name, plan, given);
    if (found && is_strangers) found->own = as_stranger(std::move(found->own), labs, given);
    // One that is there and of no use answers for itself: another one is only issued where that is set aside. The
    // broker's own is only lent, and rightly of no use where it is for servers alone.
    const bool is_lacking = !found || (!found->own && found->own.error().kind == ErrorKind::missing_material &&
                                       found->is_brokers_own && !found->stand_in);
    const bool can_be_made = !certificate.is_revoked && can_issue(issuer, given, ca_key);
    if (is_lacking && !is_strangers && can_be_made) continue;  // it is minted
    if (!found) {
      in_hand.certificates.emplace(name, tl::unexpected(why_no_identity(name, plan, given, ca_key)));
      continue;
    }
    const auto kept = kept_stem(options.kept_in, name, plan.materials.authorities.contains(name) ? "client" : "");
    // One `ca` for several authorities does not tell which of them it is.
    const bool is_known_ca = !is_strangers && (labs.size() == 1 || given.authorities.contains(issuer));
    in_hand.certificates.emplace(name, std::move(found->own).map([&, &of = name](Identity&& it) {
      if (is_known_ca) it.foreign = why_foreign(of, it, plan, given);
      return named(std::move(it), kept, given);
    }));
    if (found->stand_in)
      in_hand.stand_ins.emplace(name,
                                named(*std::move(found->stand_in), kept_stem(options.kept_in, name, "other"), given));
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

// The given certificates whose keys others of the plan have, too, in PEM.
std::map<std::string, std::string> given_models(const Plan& plan, const MaterialSources& given) {
  std::map<std::string, std::string> models;
  for (const auto& [name, certificate] : plan.materials.certificates) {
    if (certificate.key_of.empty() || models.contains(certificate.key_of)) continue;
    const auto found = found_identity(certificate.key_of, plan, given);
    if (found && found->own) models.emplace(certificate.key_of, found->own->certificate.text);
  }
  return models;
}

// Draws a class's strangers; for a single broker the stranger is the lab's own client with another signer. Where the
// harness applies the stages, all is as the plan says.
MaterialsSpec strangers_of(const Plan& plan, const MaterialSources& given, const GivenOptions& options) {
  const auto& [seed, configuration, kept_in] = options;
  if (configuration == Configuration::applied) return plan.materials;
  const auto own = labs_own(plan, given, configuration).authorities;
  auto spec = with_subjects_of(given_models(plan, given), with_cheap_keys(plan.materials), own);
  if (!seed.empty()) return with_other_strangers(std::move(spec), own, names_of(given), seed);
  for (const auto& [name, certificate] : plan.materials.certificates) {
    if (own.contains(certificate.issuer)) continue;
    if (certificate.key_of.empty()) continue;
    const auto found = found_identity(certificate.key_of, plan, given);
    if (found && found->own) return with_strangers_like(found->own->certificate.text, std::move(spec), own);
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
  const auto own = labs_own(plan, given, Configuration::as_it_stands);
  const auto& certificates = plan.materials.certificates;
  std::set<std::string> missing;
  const auto need_account = [&](const std::optional<std::string>& name) {
    if (name && own.accounts.contains(*name) && !is_given(*name, given)) missing.insert("accounts." + *name);
  };
  for (const auto& stage : plan.stages) {
    for (const auto& check : stage.checks) {
      const auto& client = check.client;
      if (client.trust && own.authorities.contains(*client.trust) && authority_file(*client.trust, given).empty())
        missing.insert("ca");
      const auto certificate = client.certificate ? certificates.find(*client.certificate) : certificates.end();
      if (certificate != certificates.end() && own.authorities.contains(certificate->second.issuer) &&
          !given.identities.contains(certificate->first) && !can_issue(certificate->second.issuer, given, given.ca_key))
        missing.insert("identities." + certificate->first);
      need_account(client.account);
      for (const auto& [role, spec] : check.probe.roles) need_account(spec.account);
    }
  }
  return {missing.begin(), missing.end()};
}

ProvidedMaterials::ProvidedMaterials(const Plan& expanded, const MaterialSources& given, std::string folder,
                                     const GivenOptions& options)
    : materials_(strangers_of(expanded, given, options), std::move(folder), in_order_of_need(expanded),
                 from_target(expanded, given, options)) {}

}  // namespace mqtts::pki
