#include "harness/wire/certificate_facts.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "harness/util/openssl.h"
#include "harness/wire/certificates.h"

namespace mqtts::wire {
namespace {

constexpr int most_certificates = 16;
constexpr int most_names = 100;
constexpr int longest_name_shown = 255;  // bytes; as long as a DNS name can be (RFC 1035 section 2.3.4)
constexpr double least_strength = 112;   // bits; NIST SP 800-57 part 1, table 4: enough until 2030

struct Digest {
  int nid;
  int bits;
  bool is_weak;  // collisions are known, or within reach
};

constexpr Digest digests[] = {
    {NID_md2, 128, true},         {NID_md4, 128, true},         {NID_md5, 128, true},       {NID_mdc2, 128, true},
    {NID_sha, 160, true},         {NID_sha1, 160, true},        {NID_ripemd160, 160, true}, {NID_md5_sha1, 160, true},
    {NID_sha224, 224, false},     {NID_sha256, 256, false},     {NID_sha384, 384, false},   {NID_sha512, 512, false},
    {NID_sha512_224, 224, false}, {NID_sha512_256, 256, false}, {NID_sha3_224, 224, false}, {NID_sha3_256, 256, false},
    {NID_sha3_384, 384, false},   {NID_sha3_512, 512, false},   {NID_sm3, 256, false},
};

struct KeyName {
  int type;
  std::string_view name;
};

constexpr KeyName key_names[] = {{EVP_PKEY_RSA, "rsa"},         {EVP_PKEY_RSA_PSS, "rsa-pss"}, {EVP_PKEY_EC, "ec"},
                                 {EVP_PKEY_ED25519, "ed25519"}, {EVP_PKEY_ED448, "ed448"},     {EVP_PKEY_DSA, "dsa"}};

bool is_issued_by_itself(const X509& certificate) {
  return X509_NAME_cmp(X509_get_subject_name(&certificate), X509_get_issuer_name(&certificate)) == 0;
}

// Returns the leaf, and the certificates of the chain that lead from it to its root: a server may append unrelated
// ones.
std::vector<X509*> path_of(const STACK_OF(X509) * chain) {
  std::vector<X509*> left;
  for (int i = 0; i < std::min(sk_X509_num(chain), most_certificates); ++i) left.push_back(sk_X509_value(chain, i));
  if (left.empty()) return left;
  std::vector<X509*> path{left.front()};
  left.erase(left.begin());
  while (!left.empty() && !is_issued_by_itself(*path.back())) {
    const auto is_named = [&](X509* each) {
      return X509_NAME_cmp(X509_get_subject_name(each), X509_get_issuer_name(path.back())) == 0;
    };
    const auto has_signed = [&](X509* each) {
      return is_named(each) && X509_verify(path.back(), X509_get0_pubkey(each)) == 1;
    };
    auto next = std::ranges::find_if(left, has_signed);
    if (next == left.end()) next = std::ranges::find_if(left, is_named);  // by an algorithm that we do not know
    if (next == left.end()) break;
    path.push_back(*next);
    left.erase(next);
  }
  ERR_clear_error();
  return path;
}

void add_dates(const X509& leaf, Facts& facts) {
  const auto* not_before = X509_get0_notBefore(&leaf);
  const auto* not_after = X509_get0_notAfter(&leaf);
  facts["certificate.dates_valid"] = X509_cmp_current_time(not_before) == -1 && X509_cmp_current_time(not_after) == 1;
  constexpr double day = 24 * 60 * 60;
  int days = 0;
  int seconds = 0;
  if (ASN1_TIME_diff(&days, &seconds, nullptr, not_after) == 1)
    facts["certificate.days_left"] = std::floor(days + seconds / day);
  if (ASN1_TIME_diff(&days, &seconds, nullptr, not_before) == 1 && (days > 0 || seconds > 0))
    facts["certificate.days_until_valid"] = std::ceil(days + seconds / day);
}

// Of a curve that is written out and has no name, the strength is whatever its maker wants.
bool has_known_strength(const EVP_PKEY& key) {
  const auto* row = std::ranges::find(key_names, EVP_PKEY_get_base_id(&key), &KeyName::type);
  if (row == std::end(key_names)) return false;
  std::array<char, 80> curve{};
  std::size_t size = 0;
  return row->type != EVP_PKEY_EC || EVP_PKEY_get_group_name(&key, curve.data(), curve.size(), &size) == 1;
}

void add_key(const std::vector<X509*>& path, Facts& facts) {
  const auto* key = X509_get0_pubkey(path.front());
  if (key == nullptr) return;
  const auto* row = std::ranges::find(key_names, EVP_PKEY_get_base_id(key), &KeyName::type);
  if (row == std::end(key_names)) return;
  facts["certificate.key_type"] = std::string(row->name);
  facts["certificate.key_bits"] = static_cast<double>(EVP_PKEY_get_bits(key));
  std::optional<double> least;
  bool all_known = true;
  for (const auto* each : path) {
    const auto* its = X509_get0_pubkey(each);
    if (its == nullptr || !has_known_strength(*its)) {
      all_known = false;
      continue;
    }
    const double strength = EVP_PKEY_get_security_bits(its);
    least = least ? std::min(*least, strength) : strength;
  }
  if (least && (all_known || *least < least_strength)) facts["certificate.strength_bits"] = *least;
}

std::string algorithm_name(int nid) {
  const auto* name = nid == NID_undef ? nullptr : OBJ_nid2ln(nid);
  return name == nullptr ? std::string() : std::string(name);
}

// None: of an algorithm that we do not know. Ed25519 and Ed448 have their own.
std::optional<Digest> digest_of(X509& certificate) {
  int digest = NID_undef;
  int key = NID_undef;
  X509_get_signature_info(&certificate, &digest, &key, nullptr, nullptr);
  if (key == NID_ED25519 || key == NID_ED448) return Digest{NID_undef, 512, false};
  const auto* row = std::ranges::find(digests, digest, &Digest::nid);
  return row == std::end(digests) ? std::nullopt : std::optional(*row);
}

// What a root has signed is only itself: nobody relies on it.
void add_signatures(const std::vector<X509*>& path, Facts& facts) {
  if (auto name = algorithm_name(X509_get_signature_nid(path.front())); !name.empty())
    facts["certificate.signature"] = std::move(name);
  std::optional<int> least;
  bool all_known = true;
  bool one_weak = false;
  for (auto* each : path) {
    if (each != path.front() && is_issued_by_itself(*each)) continue;
    const auto digest = digest_of(*each);
    all_known = all_known && digest;
    if (!digest) continue;
    one_weak = one_weak || digest->is_weak;
    least = std::min(least.value_or(digest->bits), digest->bits);
  }
  if (!all_known && !one_weak) return;
  facts["certificate.signature_weak"] = one_weak;
  facts["certificate.signature_digest_bits"] = static_cast<double>(*least);
}

// RFC 5280 sections 4.2.1.3, 4.2.1.9 and 4.2.1.12; as OpenSSL's clients demand it, which take anyExtendedKeyUsage, too,
// to be a server's.
void add_usage(X509& leaf, Facts& facts) {
  if ((X509_get_extension_flags(&leaf) & EXFLAG_INVALID) != 0) return;
  constexpr std::uint32_t of_servers = XKU_SSL_SERVER | XKU_ANYEKU;
  constexpr std::uint32_t of_tls = KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT | KU_KEY_AGREEMENT;
  // Both have all bits where the extension is absent.
  facts["certificate.serves"] =
      (X509_get_extended_key_usage(&leaf) & of_servers) != 0 && (X509_get_key_usage(&leaf) & of_tls) != 0;
  constexpr int by_basic_constraints = 1;
  facts["certificate.is_ca"] = X509_check_ca(&leaf) == by_basic_constraints;
}

// Shows bytes that are no printable ASCII as "?".
std::string shown_text(const ASN1_STRING* text) {
  std::string shown(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                    static_cast<std::size_t>(std::min(ASN1_STRING_length(text), longest_name_shown)));
  for (char& each : shown)
    if (each < ' ' || each > '~') each = '?';
  return shown;
}

// Of 4 bytes, or 16; else empty.
std::string address_text(const ASN1_OCTET_STRING* address) {
  const int size = ASN1_STRING_length(address);
  if (size != 4 && size != 16) return {};
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = size == 4 ? AF_INET : AF_INET6;
  if (::inet_ntop(family, ASN1_STRING_get0_data(address), text.data(), text.size()) == nullptr) return {};
  return text.data();
}

std::vector<std::string> alternative_names(const X509& leaf) {
  std::vector<std::string> names;
  const GeneralNamesPtr all(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&leaf, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; i < sk_GENERAL_NAME_num(all.get()) && names.size() < most_names; ++i) {
    const auto* each = sk_GENERAL_NAME_value(all.get(), i);
    if (each->type == GEN_DNS) names.push_back(shown_text(each->d.dNSName));
    if (each->type == GEN_IPADD) names.push_back(address_text(each->d.iPAddress));
  }
  return names;
}

std::vector<std::string> common_names(const X509& leaf) {
  std::vector<std::string> names;
  const auto* subject = X509_get_subject_name(&leaf);
  for (int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1); at >= 0 && names.size() < most_names;
       at = X509_NAME_get_index_by_NID(subject, NID_commonName, at))
    names.push_back(shown_text(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at))));
  return names;
}

void add_names(X509& leaf, const std::string& name, Facts& facts) {
  facts["certificate.name_valid"] = check_name(leaf, name).error == X509_V_OK;
  const bool has_alternatives = has_alternative_server_names(leaf);
  auto names = has_alternatives ? alternative_names(leaf) : common_names(leaf);
  if (names.empty()) return;
  facts["certificate.name_in"] = std::string(has_alternatives ? "subjectAltName" : "commonName");
  facts["certificate.names"] = std::move(names);
}

bool is(const Facts& facts, std::string_view name, const FactValue& value) {
  const auto found = facts.find(name);
  return found != facts.end() && found->second == value;
}

bool is_below(const Facts& facts, std::string_view name, double limit) {
  const auto found = facts.find(name);
  const auto* number = found == facts.end() ? nullptr : std::get_if<double>(&found->second);
  return number != nullptr && *number < limit;
}

}  // namespace

Facts certificate_facts(const STACK_OF(X509) * chain, const std::string& name) {
  Facts facts;
  const auto path = path_of(chain);
  if (path.empty()) return facts;
  auto& leaf = *path.front();
  add_dates(leaf, facts);
  add_key(path, facts);
  add_signatures(path, facts);
  add_usage(leaf, facts);
  add_names(leaf, name, facts);
  ERR_clear_error();  // what cannot be read is an answer
  return facts;
}

Facts weaknesses_in(const Facts& facts) {
  Facts weak;
  const auto keep_if = [&](bool is_weak, std::initializer_list<std::string_view> names) {
    for (const auto name : names)
      if (const auto found = facts.find(name); is_weak && found != facts.end()) weak.insert(*found);
  };
  keep_if(is(facts, "certificate.dates_valid", false),
          {"certificate.dates_valid", "certificate.days_left", "certificate.days_until_valid"});
  keep_if(is_below(facts, "certificate.strength_bits", least_strength), {"certificate.strength_bits"});
  keep_if(is(facts, "certificate.signature_weak", true),
          {"certificate.signature_weak", "certificate.signature_digest_bits"});
  keep_if(is(facts, "certificate.serves", false), {"certificate.serves"});
  keep_if(is(facts, "certificate.is_ca", true), {"certificate.is_ca"});
  keep_if(is(facts, "certificate.name_valid", false), {"certificate.name_valid"});
  keep_if(is(facts, "certificate.name_in", std::string("commonName")), {"certificate.name_in"});
  return weak;
}

}  // namespace mqtts::wire
