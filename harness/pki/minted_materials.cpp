#include "harness/pki/minted_materials.h"

#include <set>
#include <utility>

#include <fmt/format.h>

#include "harness/pki/certificate_request.h"
#include "harness/pki/given_files.h"
#include "harness/pki/material_files.h"
#include "harness/pki/pem.h"
#include "harness/pki/revocation_list.h"
#include "harness/util/seeded_random.h"

namespace mqtts::pki {
namespace {

// A name may be any text that JSON allows.
std::string as_file_name(const std::string& name) {
  std::string stem;
  for (const auto letter : name) {
    const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                       (letter >= '0' && letter <= '9') || letter == '-' || letter == '_';
    stem += plain ? std::string(1, letter) : fmt::format("%{:02x}", static_cast<unsigned char>(letter));
  }
  return stem;
}

// Names an authority or a certificate, which may have the same name; also the stem of its files.
std::string item(const std::string& kind, const std::string& name) { return kind + "." + as_file_name(name); }
std::string authority_item(const std::string& name) { return item("authority", name); }
std::string certificate_item(const std::string& name) { return item("certificate", name); }

std::string authority_seed(const std::string& name, const Provided& in_hand) {
  return in_hand.seed.empty() ? "" : derive(in_hand.seed, authority_item(name));
}

std::string certificate_seed(const std::string& name, const MaterialsSpec& spec, const Provided& in_hand) {
  const bool is_strangers = !in_hand.authorities.contains(spec.certificates.at(name).issuer);
  return in_hand.seed.empty() || !is_strangers ? "" : derive(in_hand.seed, certificate_item(name));
}

// Returns the certificate whose key pair `name` uses: that of its key_of, or itself if that one cannot be had.
std::string key_owner(const std::string& name, const MaterialsSpec& spec, const Provided& in_hand) {
  auto owner = name;
  std::set<std::string> seen;
  while (seen.insert(owner).second) {
    const auto held = in_hand.certificates.find(owner);
    if (held != in_hand.certificates.end()) return held->second ? owner : name;
    const auto found = spec.certificates.find(owner);
    if (found == spec.certificates.end()) return name;
    if (found->second.key_of.empty()) return owner;
    owner = found->second.key_of;
  }
  return name;  // key_of forms a cycle
}

std::vector<KeyRequest> key_orders(const MaterialsSpec& spec, const Provided& in_hand,
                                   const std::vector<std::string>& wanted_first) {
  std::vector<KeyRequest> orders;
  std::set<std::string> ordered;
  const auto order = [&](const std::string& item, KeyType type, const std::string& seed) {
    if (ordered.insert(item).second) orders.push_back({item, type, seed});
  };
  const auto order_for = [&](const std::string& name) {
    const auto authority = spec.authorities.find(name);
    if (authority != spec.authorities.end() && authority->second.files.certificate.empty() &&
        !in_hand.authorities.contains(name)) {
      order(authority_item(name), authority->second.key, authority_seed(name, in_hand));
    }
    const auto certificate = spec.certificates.find(name);
    if (certificate != spec.certificates.end() && certificate->second.files.certificate.empty() &&
        !in_hand.certificates.contains(name)) {
      const auto owner = key_owner(name, spec, in_hand);
      if (!in_hand.certificates.contains(owner) && spec.certificates.at(owner).files.key.empty())
        order(certificate_item(owner), spec.certificates.at(owner).key, certificate_seed(owner, spec, in_hand));
    }
  };
  for (const auto& name : wanted_first) order_for(name);
  for (const auto& [name, unused] : spec.authorities) order_for(name);
  for (const auto& [name, unused] : spec.certificates) order_for(name);
  return orders;
}

// `kept`: see kept_stem(). `followed_by`: certificates in PEM that follow it in its file.
Result<Identity> write_identity(const std::string& stem, const std::string& kept, const CertificatePtr& certificate,
                                const Pem& key, const std::string& followed_by = {}) {
  return write_pem(stem + ".crt", to_pem(*certificate) + followed_by).map([&](Pem&& written) {
    if (!kept.empty()) written.shown = kept + ".crt";
    return Identity{.certificate = std::move(written), .key = key};
  });
}

template <class T>
Result<T> unknown(const std::string& name) {
  return failure(ErrorKind::invalid_input, msg("the plan's materials do not know {name}", {{"name", name}}));
}

// Returns the certificates of an intermediate authority and of those above it, without the root, which whoever verifies
// them has. Empty for a root.
std::string intermediates_of(const Identity& authority) {
  std::string text;
  for (const auto& each : parse_certificates(authority.certificate))
    if (X509_NAME_cmp(X509_get_subject_name(each.get()), X509_get_issuer_name(each.get())) != 0) text += to_pem(*each);
  return text;
}

Result<Identity> read_existing(const ExistingFiles& files) {
  return read_identity(files.certificate, files.key).map([](Identity&& it) {
    it.certificate.shown = it.certificate.file;
    it.key.shown = it.key.file;
    return std::move(it);
  });
}

tl::unexpected<Error> no_ca_key() {
  return failure(ErrorKind::missing_material, msg("the target file does not give the key of the lab's CA"),
                 msg("put its path at materials.ca_key in the target file"));
}

// Tells a certificate's kept files from those of an authority of the same name.
std::string apart(const std::string& name, const MaterialsSpec& spec) {
  return spec.authorities.contains(name) ? "client" : "";
}

}  // namespace

KeptNames kept_names(const Plan& plan, const std::string& folder) {
  KeptNames names{.folder = folder};
  for (const auto& stage : plan.stages)
    for (const auto& file : stage.files)
      if (file.content == FileContent::private_key) names.keys_on_host.emplace(file.material, file.path);
  return names;
}

std::string kept_stem(const std::string& folder, const std::string& name, const std::string& more) {
  if (folder.empty()) return {};
  return folder + "/" + as_file_name(name) + (more.empty() ? "" : "." + more);
}

std::vector<std::string> in_order_of_need(const Plan& plan) {
  const auto& certificates = plan.materials.certificates;
  std::vector<std::string> names;
  const auto& authorities = plan.materials.authorities;
  const auto need = [&](const std::string& name) {
    std::vector<std::string> path{name};
    if (const auto found = certificates.find(name); found != certificates.end()) path.push_back(found->second.issuer);
    // The readers of plans let no authority be above itself.
    for (auto above = authorities.find(path.back()); above != authorities.end() && !above->second.issuer.empty();
         above = authorities.find(path.back()))
      path.push_back(above->second.issuer);
    names.insert(names.end(), path.rbegin(), path.rend());
  };
  const auto may_need = [&](const std::optional<std::string>& name) {
    if (name) need(*name);
  };
  for (const auto& stage : plan.stages) {
    for (const auto& file : stage.files) need(file.material);
    for (const auto& check : stage.checks) {
      may_need(check.client.trust);
      may_need(check.client.certificate);
      for (const auto& [role, spec] : check.probe.roles) may_need(spec.certificate);
    }
  }
  return names;
}

MintedMaterials::MintedMaterials(MaterialsSpec spec, std::string folder, const std::vector<std::string>& wanted_first,
                                 Provided in_hand)
    : spec_(std::move(spec)),
      folder_(std::move(folder)),
      in_hand_(std::move(in_hand)),
      generator_(folder_, key_orders(spec_, in_hand_, wanted_first)) {
  for (const auto& [name, unused] : spec_.authorities) authorities_[name];
  for (const auto& [name, unused] : spec_.certificates) {
    certificates_[name];
    forged_[name];
    issued_[name];
  }
}

Result<Identity> MintedMaterials::authority(const std::string& name) {
  if (const auto held = in_hand_.authorities.find(name); held != in_hand_.authorities.end()) return held->second;
  const auto spec = spec_.authorities.find(name);
  if (spec == spec_.authorities.end()) return unknown<Identity>(name);
  return authorities_.at(name).get([&] { return mint_authority(name, spec->second); });
}

Result<Identity> MintedMaterials::certificate(const std::string& name) {
  if (const auto held = in_hand_.certificates.find(name); held != in_hand_.certificates.end()) return held->second;
  const auto spec = spec_.certificates.find(name);
  if (spec == spec_.certificates.end()) return unknown<Identity>(name);
  return certificates_.at(name).get([&] { return mint_certificate(name, spec->second); });
}

Result<Credentials> MintedMaterials::account(const std::string& name) {
  if (const auto held = in_hand_.accounts.find(name); held != in_hand_.accounts.end()) return held->second;
  const auto account = spec_.accounts.find(name);
  if (account == spec_.accounts.end()) return unknown<Credentials>(name);
  return Credentials{.user_name = name, .password = account->second};
}

Result<Identity> MintedMaterials::forged(const std::string& name, const std::string& like) {
  const auto spec = spec_.certificates.find(name);
  if (spec == spec_.certificates.end()) return unknown<Identity>(name);
  return forged_.at(name).get([&] { return forge(name, spec->second, like); });
}

Result<Identity> MintedMaterials::issued(const std::string& name) {
  const auto spec = spec_.certificates.find(name);
  if (spec == spec_.certificates.end()) return unknown<Identity>(name);
  return issued_.at(name).get([&] { return issue(name, spec->second); });
}

Result<Pem> MintedMaterials::revocation_list(const std::string& issuer_name, int days) {
  const auto issuer = authority(issuer_name);
  if (!issuer) return tl::unexpected(issuer.error());
  if (issuer->key.empty()) return no_ca_key();
  const auto its_certificate = parse_certificate(issuer->certificate);
  if (!its_certificate) return tl::unexpected(its_certificate.error());
  const auto key = parse_key(issuer->key);
  if (!key) return tl::unexpected(key.error());
  std::vector<CertificatePtr> revoked;
  for (const auto& [name, spec] : spec_.certificates) {
    if (!spec.is_revoked || spec.issuer != issuer_name) continue;
    const auto parsed =
        certificate(name).and_then([](const Identity& it) { return parse_certificate(it.certificate); });
    if (!parsed) return tl::unexpected(parsed.error());
    revoked.emplace_back(X509_dup(parsed->get()));
  }
  return make_revocation_list(revoked, list_validity(days, host_clock_),
                              {.certificate = **its_certificate, .key = **key})
      .map([](std::string&& text) { return Pem{.text = std::move(text), .file = {}}; });
}

Result<Identity> MintedMaterials::mint_authority(const std::string& name, const AuthoritySpec& spec) {
  if (!spec.files.certificate.empty()) return read_existing(spec.files);
  const auto item = authority_item(name);
  const auto pem = generator_.key(item);
  if (!pem) return tl::unexpected(pem.error());
  const auto own_key = parse_key(*pem);
  if (!own_key) return tl::unexpected(own_key.error());
  AuthorityRequest request{.subject = spec.subject,
                           .validity = validity_of(spec.begins_in_days, spec.days, host_clock_),
                           .serial_seed = authority_seed(name, in_hand_),
                           .digest = spec.digest};
  // That of the target has another subject than the plan says.
  const auto imitated =
      spec.like.empty() ? Result<CertificatePtr>(CertificatePtr()) : certificate_of_authority(spec.like);
  if (!imitated) return tl::unexpected(imitated.error());
  if (*imitated) request.name = X509_get_subject_name(imitated->get());
  const auto kept = kept_stem(in_hand_.names.folder, name);
  if (spec.issuer.empty()) {
    const auto made = make_authority(request, **own_key);
    if (!made) return tl::unexpected(made.error());
    return write_identity(folder_ + "/" + item, kept, *made, *pem);
  }
  const auto above = authority(spec.issuer);
  if (!above) return tl::unexpected(above.error());
  const auto made =
      signed_by(*above, [&](const Issuer& issuer) { return make_authority(request, **own_key, &issuer); });
  if (!made) return tl::unexpected(made.error());
  return write_identity(folder_ + "/" + item, kept, *made, *pem, above->certificate.text);
}

Result<CertificatePtr> MintedMaterials::certificate_of_authority(const std::string& name) {
  return authority(name).and_then([](const Identity& it) { return parse_certificate(it.certificate); });
}

// The broker's own keys are nobody else's to keep.
std::string MintedMaterials::shown_key(const std::string& name) const {
  const auto& [folder, keys_on_host] = in_hand_.names;
  if (const auto found = keys_on_host.find(name); found != keys_on_host.end())
    return std::string(on_host) + found->second;
  const auto stem = kept_stem(folder, name, apart(name, spec_));
  return stem.empty() ? stem : stem + ".key";
}

Result<Identity> MintedMaterials::mint_certificate(const std::string& name, const CertificateSpec& spec) {
  if (!spec.files.certificate.empty()) return read_existing(spec.files);
  const auto owner = key_owner(name, spec_, in_hand_);
  const auto held = in_hand_.certificates.find(owner);
  const bool is_held = held != in_hand_.certificates.end();
  const auto& key_file = spec_.certificates.at(owner).files.key;
  const bool is_made = !is_held && key_file.empty();
  auto pem = is_held   ? Result<Pem>(held->second->key)
             : is_made ? generator_.key(certificate_item(owner))
                       : read_pem(key_file);
  if (!pem) return tl::unexpected(pem.error());
  if (!is_held) pem->shown = is_made ? shown_key(owner) : key_file;
  const auto own_key = parse_key(*pem);
  if (!own_key) return tl::unexpected(own_key.error());

  const auto seed = certificate_seed(name, spec_, in_hand_);
  const auto made = spec.issuer.empty() ? sign_itself(spec, seed, **own_key) : sign(spec, seed, **own_key);
  if (!made) return tl::unexpected(made.error());
  const auto kept = kept_stem(in_hand_.names.folder, name, apart(name, spec_));
  if (!in_hand_.authorities.contains(spec.issuer))
    return write_identity(folder_ + "/" + certificate_item(name), kept, *made, *pem, chain_above(spec.issuer));
  // The lab's own CA has signed it: the broker lets it in for as long as it is valid, so its key is not kept.
  if (!is_held) pem->shown.clear();
  return write_identity(folder_ + "/" + certificate_item(name), {}, *made, *pem, chain_above(spec.issuer));
}

Result<Identity> MintedMaterials::issue(const std::string& name, const CertificateSpec& spec) {
  if (const auto found = in_hand_.stand_ins.find(name); found != in_hand_.stand_ins.end()) return found->second;
  const auto key = make_key(KeyType::ec_p256);
  if (!key) return tl::unexpected(key.error());
  const auto made = sign(spec, {}, **key);
  if (!made) return tl::unexpected(made.error());
  const auto stem = folder_ + "/" + item("issued", name);
  const auto pem = write_pem(stem + ".key", to_pem(**key));
  if (!pem) return tl::unexpected(pem.error());
  return write_identity(stem, {}, *made, *pem, chain_above(spec.issuer));  // as in mint_certificate, not kept
}

// The issuer's name in the certificate `like`; where that is not the one that the plan says, the name of the latter.
Result<NamePtr> MintedMaterials::trusted_name(const std::string& like) {
  const auto own = certificate(like);
  const auto spec = spec_.certificates.find(like);
  const bool is_own = (own && own->foreign.empty()) || spec == spec_.certificates.end();
  const auto source = is_own ? own : authority(spec->second.issuer);
  if (!source) return tl::unexpected(source.error());
  return parse_certificate(source->certificate).map([&](const CertificatePtr& it) {
    return NamePtr(X509_NAME_dup(is_own ? X509_get_issuer_name(it.get()) : X509_get_subject_name(it.get())));
  });
}

// Signs with the key of the authority that signed the original; with the certificate's own key where it signed itself,
// or where that authority is the imitated one, whose signature would be no forgery.
Result<Identity> MintedMaterials::forge(const std::string& name, const CertificateSpec& spec, const std::string& like) {
  auto original = certificate(name);
  if (!original) return original;
  if (!spec.files.certificate.empty())
    return failure(ErrorKind::missing_material,
                   msg("{name} is a file that exists already, and is not made", {{"name", name}}));
  const auto own_key = parse_key(original->key);
  if (!own_key) return tl::unexpected(own_key.error());
  const auto imitated = trusted_name(like);
  if (!imitated) return tl::unexpected(imitated.error());
  const auto parsed = parse_certificate(original->certificate);
  if (!parsed) return tl::unexpected(parsed.error());
  const bool is_theirs = X509_NAME_cmp(X509_get_issuer_name(parsed->get()), imitated->get()) == 0;
  const auto signer = spec.issuer.empty() || is_theirs ? original : authority(spec.issuer);
  const auto signing_key = signer.and_then([](const Identity& it) { return parse_key(it.key); });
  if (!signing_key) return tl::unexpected(signing_key.error());
  const auto made = make_forged(request_of(spec, {}, host_clock_), **own_key, **imitated, **signing_key);
  if (!made) return tl::unexpected(made.error());
  const auto model = spec_.certificates.find(like);
  const auto chain = model == spec_.certificates.end() ? std::string() : chain_above(model->second.issuer);
  return write_identity(folder_ + "/" + item("forged", name), kept_stem(in_hand_.names.folder, name, "forged"), *made,
                        original->key, chain);
}

template <class Make>
Result<CertificatePtr> MintedMaterials::signed_by(const Identity& issuer, const Make& make) {
  if (issuer.key.empty()) return no_ca_key();
  const auto certificate = parse_certificate(issuer.certificate);
  if (!certificate) return tl::unexpected(certificate.error());
  const auto key = parse_key(issuer.key);
  if (!key) return tl::unexpected(key.error());
  return make(Issuer{.certificate = **certificate, .key = **key});
}

Result<CertificatePtr> MintedMaterials::sign(const CertificateSpec& spec, const std::string& seed, EVP_PKEY& key) {
  const auto issuer = authority(spec.issuer);
  if (!issuer) return tl::unexpected(issuer.error());
  return signed_by(*issuer,
                   [&](const Issuer& by) { return make_certificate(request_of(spec, seed, host_clock_), key, by); });
}

// As `openssl req -x509`, which makes a CA's; one of which the plan says more, as it says.
Result<CertificatePtr> MintedMaterials::sign_itself(const CertificateSpec& spec, const std::string& seed,
                                                    EVP_PKEY& key) const {
  const auto request = request_of(spec, seed, host_clock_);
  if (!request.extensions.empty() || !request.alternative_names.empty()) return make_self_signed(request, key);
  return make_authority(
      {.subject = spec.subject, .validity = request.validity, .serial_seed = seed, .digest = spec.digest}, key);
}

// What follows a certificate of that authority in its file: empty unless the plan says that another one has signed it.
std::string MintedMaterials::chain_above(const std::string& issuer) {
  const auto spec = spec_.authorities.find(issuer);
  if (spec == spec_.authorities.end() || spec->second.issuer.empty()) return {};
  return authority(issuer).map(intermediates_of).value_or("");
}

}  // namespace mqtts::pki
