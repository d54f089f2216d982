#include "harness/wire/certificates.h"

#include <algorithm>
#include <array>
#include <ctime>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "harness/util/digest.h"
#include "harness/util/openssl.h"
#include "harness/util/seeded_random.h"

namespace mqtts::wire {
namespace {

constexpr int longest_chain = 16;
constexpr int longest_serial = 64;         // bytes
constexpr std::size_t longest_name = 500;  // bytes; X.520 allows an attribute 64 characters, mostly

struct ErrorName {
  int error;
  std::string_view name;
};

constexpr ErrorName error_names[] = {
    {X509_V_OK, "ok"},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, "unable_to_get_issuer_certificate"},
    {X509_V_ERR_CERT_SIGNATURE_FAILURE, "certificate_signature_failure"},
    {X509_V_ERR_CERT_NOT_YET_VALID, "certificate_not_yet_valid"},
    {X509_V_ERR_CERT_HAS_EXPIRED, "certificate_has_expired"},
    {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "self_signed_certificate"},
    {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, "self_signed_certificate_in_chain"},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, "unable_to_get_local_issuer_certificate"},
    {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, "unable_to_verify_leaf_signature"},
    {X509_V_ERR_CERT_CHAIN_TOO_LONG, "certificate_chain_too_long"},
    {X509_V_ERR_CERT_REVOKED, "certificate_revoked"},
    {X509_V_ERR_INVALID_CA, "invalid_ca_certificate"},
    {X509_V_ERR_INVALID_PURPOSE, "invalid_purpose"},
    {X509_V_ERR_EE_KEY_TOO_SMALL, "certificate_key_too_weak"},
    {X509_V_ERR_CA_KEY_TOO_SMALL, "ca_key_too_weak"},
    {X509_V_ERR_CA_MD_TOO_WEAK, "signature_digest_too_weak"},
    {X509_V_ERR_HOSTNAME_MISMATCH, "hostname_mismatch"},
    {X509_V_ERR_IP_ADDRESS_MISMATCH, "ip_address_mismatch"},
};

std::string name_text(const X509_NAME* name) {
  const BioPtr out(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253);
  char* text = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &text);
  const std::string_view whole(text, static_cast<std::size_t>(std::max(0L, size)));
  if (whole.size() <= longest_name) return std::string(whole);
  return std::string(whole.substr(0, longest_name)).append("...");  // RFC 2253's text is ASCII: cuts no character
}

std::string time_text(const ASN1_TIME* time) {
  std::tm moment{};
  if (ASN1_TIME_to_tm(time, &moment) != 1) return {};
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &moment)};
}

// A valid one has at most 20 bytes (RFC 5280 section 4.1.2.2); shows the beginning of a longer one.
std::string serial_text(const X509* certificate) {
  const auto* serial = X509_get0_serialNumber(certificate);
  const auto size = std::min(ASN1_STRING_length(serial), longest_serial);
  auto text = to_hex(ASN1_STRING_get0_data(serial), static_cast<std::size_t>(size));
  text.erase(0, std::min(text.find_first_not_of('0'), text.size() - 1));
  return (ASN1_STRING_type(serial) & V_ASN1_NEG) != 0 ? "-" + text : text;
}

// Returns the key fingerprint of the certificate of the chain that signed the first one: found by the signature, since
// a server may append an unrelated certificate.
std::string signer_of_first(const STACK_OF(X509) * chain) {
  X509* first = sk_X509_value(chain, 0);
  for (int i = 0; i < std::min(sk_X509_num(chain), longest_chain); ++i) {
    X509* each = sk_X509_value(chain, i);
    if (X509_NAME_cmp(X509_get_subject_name(each), X509_get_issuer_name(first)) != 0) continue;
    if (X509_verify(first, X509_get0_pubkey(each)) == 1) return sha256_of_public_key(*each);
  }
  ERR_clear_error();
  return {};
}

}  // namespace

bool is_ip_address(const std::string& name) {
  ASN1_OCTET_STRING* address = a2i_IPADDRESS(name.c_str());
  ASN1_OCTET_STRING_free(address);
  return address != nullptr;
}

bool has_alternative_server_names(const X509& leaf) {
  const GeneralNamesPtr names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&leaf, NID_subject_alt_name, nullptr, nullptr)));
  // An extension that cannot be read, or is duplicated, does not permit the use of the CN.
  if (!names) return X509_get_ext_by_NID(&leaf, NID_subject_alt_name, -1) >= 0;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const int type = sk_GENERAL_NAME_value(names.get(), i)->type;
    if (type == GEN_DNS || type == GEN_IPADD) return true;
  }
  return false;
}

NameCheck check_name(X509& leaf, const std::string& name) {
  const bool is_ip = is_ip_address(name);
  const bool has_alternatives = has_alternative_server_names(leaf);
  bool found = false;
  if (has_alternatives && is_ip)
    found = X509_check_ip_asc(&leaf, name.c_str(), 0) == 1;
  else if (has_alternatives)
    found = X509_check_host(&leaf, name.data(), name.size(), X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, nullptr) == 1;
  else
    // "*.0.0.1" is no pattern for addresses.
    found = X509_check_host(&leaf, name.data(), name.size(), is_ip ? X509_CHECK_FLAG_NO_WILDCARDS : 0, nullptr) == 1;
  if (!found) return {is_ip ? X509_V_ERR_IP_ADDRESS_MISMATCH : X509_V_ERR_HOSTNAME_MISMATCH, {}};
  return {X509_V_OK, has_alternatives ? "subjectAltName" : "commonName"};
}

std::string verify_error_name(int error) {
  const auto* row = std::ranges::find(error_names, error, &ErrorName::error);
  return row == std::end(error_names) ? "verify_error_" + std::to_string(error) : std::string(row->name);
}

std::vector<PeerCertificate> describe(const STACK_OF(X509) * chain) {
  std::vector<PeerCertificate> certificates;
  for (int i = 0; i < std::min(sk_X509_num(chain), longest_chain); ++i) {
    const X509* each = sk_X509_value(chain, i);
    certificates.push_back({.subject = name_text(X509_get_subject_name(each)),
                            .issuer = name_text(X509_get_issuer_name(each)),
                            .serial = serial_text(each),
                            .sha256 = sha256_of_certificate(*each),
                            .key_sha256 = sha256_of_public_key(*each),
                            .not_before = time_text(X509_get0_notBefore(each)),
                            .not_after = time_text(X509_get0_notAfter(each))});
  }
  if (!certificates.empty()) certificates.front().issuer_key_sha256 = signer_of_first(chain);
  return certificates;
}

}  // namespace mqtts::wire
