#include "harness/pki/given_materials.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "harness/pki/ca_bundle.h"
#include "harness/pki/labs_own.h"
#include "harness/pki/material_files.h"
#include "harness/pki/pem.h"
#include "harness/pki/strangers.h"
#include "harness/util/openssl.h"
#include "harness/util/shell_quote.h"

namespace mqtts::pki {
namespace {

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

// `ca_key`: file of the key of `ca`, or empty.
Result<Identity> given_authority(const std::string& name, const MaterialSources& given, const std::string& ca_key) {
  if (const auto own = given.authorities.find(name); own != given.authorities.end())
    return as_of_host(read_identity(own->second, {}), given);
  if (const auto why = why_not_there("authorities." + name, given)) return tl::unexpected(*why);
  if (!given.ca.empty()) return as_of_host(read_identity(given.ca, ca_key), given);
  if (const auto why = why_not_there("ca", given)) return tl::unexpected(*why);
  return failure(
      ErrorKind::missing_material,
      msg("the target file does not give the certificate of the CA {name}", {{"name", name}}),
      msg("put its path at materials.ca in the target file, or at materials.authorities.{name}", {{"name", name}}));
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

// Returns the file of an authority's certificate; empty if it is not given.
std::string authority_file(const std::string& name, const MaterialSources& given) {
  const auto own = given.authorities.find(name);
  return own == given.authorities.end() ? given.ca : own->second;
}

// Returns true if it has not expired and a CA in `ca_file`, unless that is unusable, has signed it.
bool is_good(const Identity& identity, const std::string& ca_file) {
  const auto certificate = parse_certificate(identity.certificate);
  if (!certificate || X509_cmp_current_time(X509_get0_notAfter(certificate->get())) != 1) return false;
  const CaBundle cas(ca_file);
  return cas.empty() || cas.signer_of(identity);
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
  const auto ca_file = authority_file(plan.materials.certificates.at(name).issuer, given);
  std::optional<Found> found;
  for (const auto& files : all) {
    if (files.certificate_file.empty() || files.key_file.empty()) continue;
    auto read = as_of_host(read_identity(files.certificate_file, files.key_file).and_then(for_clients), given);
    const bool is_usable = read && is_good(*read, ca_file);
    if (!found)
      found = Found{std::move(read), {}, is_brokers_own(files.certificate_file, plan, given)};
    else if (is_usable)
      found->stand_in = *std::move(read);
    if (is_usable) break;
  }
  return found;
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
  std::error_code ignored;
  if (std::filesystem::status(file, ignored).type() == std::filesystem::file_type::not_found)
    return failure(
        ErrorKind::local,
        msg("{file} is missing on this machine; it must hold the password of {name}, on one line that its owner "
            "alone may read. Here: `(umask 077; cat >{word})`, then the password, Enter and Ctrl-D",
            {{"file", file}, {"name", name}, {"word", shell_word(file)}}));
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
  return ca_key && !ca_key->empty() && !given.authorities.contains(authority) &&
         !given.not_there.contains("authorities." + authority);
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

// Where the user finds a file: on the broker's host, if it was fetched from there.
std::string place_of(const std::string& file, const MaterialSources& given) {
  const auto found = given.from_host.find(file);
  return found == given.from_host.end() ? file : found->second;
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
    auto found = found_identity(name, plan, given);
    if (found && is_strangers) found->own = as_stranger(std::move(found->own), labs, given);
    // One that is there and of no use answers for itself: another one is only issued where that is set aside. The
    // broker's own is only lent, and rightly of no use where it is for servers alone.
    const bool is_lacking = !found || (!found->own && found->own.error().kind == ErrorKind::missing_material &&
                                       found->is_brokers_own && !found->stand_in);
    if (is_lacking && !is_strangers && can_issue(issuer, given, ca_key)) continue;  // it is minted
    if (!found) {
      in_hand.certificates.emplace(name, tl::unexpected(why_no_identity(name, given, ca_key)));
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

// Draws a class's strangers; for a single broker the stranger is the lab's own client with another signer. Where the
// harness applies the stages, all is as the plan says.
MaterialsSpec strangers_of(const Plan& plan, const MaterialSources& given, const GivenOptions& options) {
  const auto& [seed, configuration, kept_in] = options;
  if (configuration == Configuration::applied) return plan.materials;
  const auto own = labs_own(plan, given, configuration).authorities;
  auto spec = with_cheap_keys(plan.materials);
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
