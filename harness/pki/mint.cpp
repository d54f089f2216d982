#include "harness/pki/mint.h"

#include <openssl/rsa.h>

#include "harness/pki/subject.h"

namespace mqtts::pki {
namespace {

// Called by OpenSSL between the steps of its search for primes; 0 ends it.
int keep_searching(EVP_PKEY_CTX* context) {
  const auto* stop = static_cast<const std::stop_token*>(EVP_PKEY_CTX_get_app_data(context));
  return stop->stop_requested() ? 0 : 1;
}

KeyPtr make_rsa_2048(std::stop_token stop) {
  const KeyContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  if (!context || EVP_PKEY_keygen_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), 2048) != 1) {
    return nullptr;
  }
  EVP_PKEY_CTX_set_app_data(context.get(), &stop);
  EVP_PKEY_CTX_set_cb(context.get(), keep_searching);
  EVP_PKEY* key = nullptr;
  EVP_PKEY_generate(context.get(), &key);
  return KeyPtr(key);
}

bool set_random_serial(X509& certificate) {
  const BignumPtr serial(BN_new());
  return serial && BN_rand(serial.get(), 159, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(&certificate)) != nullptr;
}

bool set_validity(X509& certificate, Validity validity) {
  return X509_gmtime_adj(X509_getm_notBefore(&certificate), validity.not_before.count()) != nullptr &&
         X509_gmtime_adj(X509_getm_notAfter(&certificate), validity.not_after.count()) != nullptr;
}

// Adds an extension in openssl.cnf's words. `issuer` is what the authorityKeyIdentifier is taken from.
bool add_extension(X509& certificate, X509& issuer, int nid, const char* value) {
  X509V3_CTX context{};
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, &issuer, &certificate, nullptr, nullptr, 0);
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  constexpr int append = -1;
  return extension && X509_add_ext(&certificate, extension.get(), append) == 1;
}

bool add_purposes(X509& certificate, const std::vector<Purpose>& purposes) {
  std::string words;
  for (const auto purpose : purposes) {
    if (!words.empty()) words += ',';
    words += purpose == Purpose::client_authentication ? "clientAuth" : "serverAuth";
  }
  return words.empty() || add_extension(certificate, certificate, NID_ext_key_usage, words.c_str());
}

// Encodes each name by itself: in openssl.cnf's words a comma in a name would begin another one.
bool add_alternative_names(X509& certificate, const std::vector<std::string>& names) {
  if (names.empty()) return true;
  const GeneralNamesPtr encoded(GENERAL_NAMES_new());
  for (const auto& name : names) {
    const std::unique_ptr<ASN1_OCTET_STRING, FreeWith<ASN1_OCTET_STRING_free>> address(a2i_IPADDRESS(name.c_str()));
    GeneralNamePtr one(a2i_GENERAL_NAME(nullptr, nullptr, nullptr, address ? GEN_IPADD : GEN_DNS, name.c_str(), 0));
    if (!one || sk_GENERAL_NAME_push(encoded.get(), one.get()) == 0) return false;
    one.release();  // NOLINT(bugprone-unused-return-value): the list owns it now
  }
  constexpr int not_critical = 0;
  return X509_add1_ext_i2d(&certificate, NID_subject_alt_name, encoded.get(), not_critical, X509V3_ADD_DEFAULT) == 1;
}

tl::unexpected<Error> not_made(const std::string& subject) {
  return failure(ErrorKind::invalid_input,
                 msg("the certificate of {subject} could not be made", {{"subject", subject}}), {}, openssl_words());
}

// All but the issuer's name, the extensions and the signature.
Result<CertificatePtr> begin(const std::string& subject, Validity validity, EVP_PKEY& key) {
  const auto name = parse_subject(subject);
  if (!name) return tl::unexpected(name.error());
  CertificatePtr certificate(X509_new());
  if (!certificate || !set_random_serial(*certificate) || !set_validity(*certificate, validity) ||
      X509_set_subject_name(certificate.get(), name->get()) != 1 || X509_set_pubkey(certificate.get(), &key) != 1) {
    return not_made(subject);
  }
  return certificate;
}

bool add_requested_extensions(X509& certificate, const CertificateRequest& request) {
  const bool plain = request.alternative_names.empty() && request.purposes.empty();
  return X509_set_version(&certificate, plain ? X509_VERSION_1 : X509_VERSION_3) == 1 &&
         add_alternative_names(certificate, request.alternative_names) && add_purposes(certificate, request.purposes);
}

bool sign(X509& certificate, const X509_NAME* issuer, EVP_PKEY& issuer_key) {
  return X509_set_issuer_name(&certificate, issuer) == 1 && X509_sign(&certificate, &issuer_key, EVP_sha256()) > 0;
}

}  // namespace

Result<KeyPtr> make_key(KeyType type, const std::stop_token& stop) {
  auto key = type == KeyType::rsa_2048 ? make_rsa_2048(stop) : KeyPtr(EVP_EC_gen("P-256"));
  if (key) return key;
  const auto words = openssl_words();
  if (stop.stop_requested()) return failure(ErrorKind::interrupted, msg("the making of a key was stopped"));
  return failure(ErrorKind::local, msg("OpenSSL could not make a key"), {}, words);
}

Result<CertificatePtr> make_authority(const std::string& subject, Validity validity, EVP_PKEY& key) {
  auto made = begin(subject, validity, key);
  if (!made) return made;
  auto& certificate = **made;
  // The subject's identifier first: the authority's is read from it.
  if (X509_set_version(&certificate, X509_VERSION_3) != 1 ||
      !add_extension(certificate, certificate, NID_subject_key_identifier, "hash") ||
      !add_extension(certificate, certificate, NID_authority_key_identifier, "keyid:always,issuer") ||
      !add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:true") ||
      !sign(certificate, X509_get_subject_name(&certificate), key)) {
    return not_made(subject);
  }
  return made;
}

Result<CertificatePtr> make_certificate(const CertificateRequest& request, EVP_PKEY& key, const Issuer& issuer) {
  auto made = begin(request.subject, request.validity, key);
  if (!made) return made;
  if (!add_requested_extensions(**made, request) ||
      !sign(**made, X509_get_subject_name(&issuer.certificate), issuer.key)) {
    return not_made(request.subject);
  }
  return made;
}

Result<CertificatePtr> make_self_signed(const CertificateRequest& request, EVP_PKEY& key) {
  auto made = begin(request.subject, request.validity, key);
  if (!made) return made;
  if (!add_requested_extensions(**made, request) || !sign(**made, X509_get_subject_name(made->get()), key)) {
    return not_made(request.subject);
  }
  return made;
}

}  // namespace mqtts::pki
