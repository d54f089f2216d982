#include "harness/pki/mint.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>

#include "harness/pki/rsa_key.h"
#include "harness/pki/subject.h"
#include "harness/util/openssl.h"
#include "harness/util/seeded_random.h"

namespace mqtts::pki {
namespace {

BignumPtr number_of(const std::string& bytes) {
  return BignumPtr(
      BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()), nullptr));
}

constexpr int serial_bits = 159;

BignumPtr random_serial() {
  BignumPtr serial(BN_new());
  if (serial && BN_rand(serial.get(), serial_bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) != 1) serial.reset();
  return serial;
}

BignumPtr drawn_serial(const std::string& seed) {
  auto serial = number_of(draw(seed, "serial", 20));
  if (serial) {
    BN_mask_bits(serial.get(), serial_bits);
    BN_set_bit(serial.get(), serial_bits - 1);
  }
  return serial;
}

bool set_serial(X509& certificate, const std::string& seed) {
  const auto serial = seed.empty() ? random_serial() : drawn_serial(seed);
  return serial && BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(&certificate)) != nullptr;
}

bool set_validity(X509& certificate, Validity validity) {
  return X509_gmtime_adj(X509_getm_notBefore(&certificate), validity.not_before.count()) != nullptr &&
         X509_gmtime_adj(X509_getm_notAfter(&certificate), validity.not_after.count()) != nullptr;
}

// Adds an extension in openssl.cnf's syntax. `issuer` supplies the authorityKeyIdentifier.
bool add_extension(X509& certificate, X509& issuer, int nid, const char* value) {
  X509V3_CTX context{};
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, &issuer, &certificate, nullptr, nullptr, 0);
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  constexpr int append = -1;
  return extension && X509_add_ext(&certificate, extension.get(), append) == 1;
}

bool add_purposes(X509& certificate, const std::vector<Purpose>& purposes) {
  std::string detail;
  for (const auto purpose : purposes) {
    if (!detail.empty()) detail += ',';
    detail += purpose == Purpose::client_authentication ? "clientAuth" : "serverAuth";
  }
  return detail.empty() || add_extension(certificate, certificate, NID_ext_key_usage, detail.c_str());
}

// How a name is encoded, and what of it is the name.
std::pair<int, std::string> typed_name(const std::string& name) {
  if (name.starts_with("DNS:")) return {GEN_DNS, name.substr(4)};
  if (name.starts_with("IP:")) return {GEN_IPADD, name.substr(3)};
  const std::unique_ptr<ASN1_OCTET_STRING, FreeWith<ASN1_OCTET_STRING_free>> address(a2i_IPADDRESS(name.c_str()));
  return {address ? GEN_IPADD : GEN_DNS, name};
}

// Encodes each name separately: in openssl.cnf's syntax a comma in a name would begin another one.
bool add_alternative_names(X509& certificate, const std::vector<std::string>& names) {
  if (names.empty()) return true;
  const GeneralNamesPtr encoded(GENERAL_NAMES_new());
  for (const auto& name : names) {
    const auto [type, text] = typed_name(name);
    GeneralNamePtr one(a2i_GENERAL_NAME(nullptr, nullptr, nullptr, type, text.c_str(), 0));
    if (!one || sk_GENERAL_NAME_push(encoded.get(), one.get()) == 0) return false;
    one.release();  // NOLINT(bugprone-unused-return-value): the list owns it now
  }
  constexpr int not_critical = 0;
  return X509_add1_ext_i2d(&certificate, NID_subject_alt_name, encoded.get(), not_critical, X509V3_ADD_DEFAULT) == 1;
}

tl::unexpected<Error> not_made(const std::string& subject) {
  return failure(ErrorKind::invalid_input,
                 msg("the certificate of {subject} could not be made", {{"subject", subject}}), {}, openssl_errors());
}

// Sets all but the issuer's name, the extensions and the signature.
Result<CertificatePtr> begin(const std::string& subject, const X509_NAME& name, Validity validity, EVP_PKEY& key,
                             const std::string& serial_seed) {
  CertificatePtr certificate(X509_new());
  if (!certificate || !set_serial(*certificate, serial_seed) || !set_validity(*certificate, validity) ||
      X509_set_subject_name(certificate.get(), &name) != 1 || X509_set_pubkey(certificate.get(), &key) != 1) {
    return not_made(subject);
  }
  return certificate;
}

Result<CertificatePtr> begin(const CertificateRequest& request, EVP_PKEY& key) {
  const auto name = parse_subject(request.subject);
  if (!name) return tl::unexpected(name.error());
  return begin(request.subject, **name, request.validity, key, request.serial_seed);
}

bool add_requested_extensions(X509& certificate, const CertificateRequest& request) {
  const bool plain = request.alternative_names.empty() && request.purposes.empty() && request.extensions.empty();
  return X509_set_version(&certificate, plain ? X509_VERSION_1 : X509_VERSION_3) == 1 &&
         add_alternative_names(certificate, request.alternative_names) && add_purposes(certificate, request.purposes) &&
         std::ranges::all_of(request.extensions, [&](const auto& extension) {
           return add_extension(certificate, certificate, extension.first, extension.second.c_str());
         });
}

const EVP_MD* algorithm_of(SignatureDigest digest) {
  switch (digest) {
    case SignatureDigest::sha256: break;
    case SignatureDigest::sha384: return EVP_sha384();
    case SignatureDigest::sha512: return EVP_sha512();
    case SignatureDigest::sha1: return EVP_sha1();
    case SignatureDigest::md5: return EVP_md5();
  }
  return EVP_sha256();
}

// Ed25519 signs the text itself.
const EVP_MD* algorithm_for(EVP_PKEY& key, SignatureDigest digest) {
  return EVP_PKEY_get_base_id(&key) == EVP_PKEY_ED25519 ? nullptr : algorithm_of(digest);
}

bool sign(X509& certificate, const X509_NAME* issuer, EVP_PKEY& issuer_key, SignatureDigest digest) {
  return X509_set_issuer_name(&certificate, issuer) == 1 &&
         X509_sign(&certificate, &issuer_key, algorithm_for(issuer_key, digest)) > 0;
}

KeyPtr new_key(KeyType type, const std::stop_token& stop) {
  switch (type) {
    case KeyType::rsa_2048: break;
    case KeyType::rsa_1024: return make_rsa(1024, stop);
    case KeyType::rsa_4096: return make_rsa(4096, stop);
    case KeyType::ec_p256: return KeyPtr(EVP_EC_gen("P-256"));
    case KeyType::ec_p384: return KeyPtr(EVP_EC_gen("P-384"));
    case KeyType::ed25519: return KeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  }
  return make_rsa(2048, stop);
}

}  // namespace

Result<KeyPtr> make_key(KeyType type, const std::stop_token& stop) {
  auto key = new_key(type, stop);
  if (key) return key;
  const auto detail = openssl_errors();
  if (stop.stop_requested()) return failure(ErrorKind::interrupted, msg("the making of a key was stopped"));
  return failure(ErrorKind::local, msg("OpenSSL could not make a key"), {}, detail);
}

// The private number is one that the curve allows, and the public point is computed from it (SEC 1, 3.2.1).
Result<KeyPtr> make_key_from(std::string_view seed) {
  const GroupPtr group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  const PointPtr point(group ? EC_POINT_new(group.get()) : nullptr);
  const BignumContextPtr context(BN_CTX_new());
  const BignumPtr most(BN_dup(group ? EC_GROUP_get0_order(group.get()) : nullptr));
  auto number = number_of(draw(seed, "P-256", 40));  // 64 bits more than the curve, so that no number is favoured
  std::array<unsigned char, 65> encoded{};           // 04, x, y
  const bool computed = point && context && most && number && BN_sub_word(most.get(), 1) == 1 &&
                        BN_mod(number.get(), number.get(), most.get(), context.get()) == 1 &&
                        BN_add_word(number.get(), 1) == 1 &&
                        EC_POINT_mul(group.get(), point.get(), number.get(), nullptr, nullptr, context.get()) == 1 &&
                        EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, encoded.data(),
                                           encoded.size(), context.get()) == encoded.size();
  const ParameterBuilderPtr builder(OSSL_PARAM_BLD_new());
  const bool described =
      computed && builder &&
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) == 1 &&
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, number.get()) == 1 &&
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, encoded.data(), encoded.size()) == 1;
  const ParametersPtr parameters(described ? OSSL_PARAM_BLD_to_param(builder.get()) : nullptr);
  const KeyContextPtr maker(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* key = nullptr;
  if (parameters && maker && EVP_PKEY_fromdata_init(maker.get()) == 1)
    EVP_PKEY_fromdata(maker.get(), &key, EVP_PKEY_KEYPAIR, parameters.get());
  if (key != nullptr) return KeyPtr(key);
  return failure(ErrorKind::local, msg("OpenSSL could not make a key"), {}, openssl_errors());
}

Result<CertificatePtr> make_authority(const std::string& subject, Validity validity, EVP_PKEY& key,
                                      const std::string& serial_seed) {
  return make_authority({.subject = subject, .validity = validity, .serial_seed = serial_seed}, key);
}

Result<CertificatePtr> make_authority(const AuthorityRequest& request, EVP_PKEY& key, const Issuer* issuer) {
  const auto parsed = request.name == nullptr ? parse_subject(request.subject) : NamePtr(X509_NAME_dup(request.name));
  if (!parsed) return tl::unexpected(parsed.error());
  auto made = begin(request.subject, **parsed, request.validity, key, request.serial_seed);
  if (!made) return made;
  auto& certificate = **made;
  // The identifier that the extension of the authority's is made of; X509V3_set_ctx changes nothing in it.
  auto& signer = issuer == nullptr ? certificate : const_cast<X509&>(issuer->certificate);
  auto& signing_key = issuer == nullptr ? key : issuer->key;
  // A CA that is given may have no identifier.
  const auto* derived = issuer == nullptr ? "keyid:always,issuer" : "keyid,issuer";
  // The subject's identifier first: the authority's is derived from it.
  if (X509_set_version(&certificate, X509_VERSION_3) != 1 ||
      !add_extension(certificate, certificate, NID_subject_key_identifier, "hash") ||
      !add_extension(certificate, signer, NID_authority_key_identifier, derived) ||
      !add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:true") ||
      !sign(certificate, X509_get_subject_name(&signer), signing_key, request.digest)) {
    return not_made(request.subject);
  }
  return made;
}

Result<CertificatePtr> make_certificate(const CertificateRequest& request, EVP_PKEY& key, const Issuer& issuer) {
  return make_forged(request, key, *X509_get_subject_name(&issuer.certificate), issuer.key);
}

Result<CertificatePtr> make_forged(const CertificateRequest& request, EVP_PKEY& key, const X509_NAME& issuer,
                                   EVP_PKEY& issuer_key) {
  auto made = begin(request, key);
  if (!made) return made;
  if (!add_requested_extensions(**made, request) || !sign(**made, &issuer, issuer_key, request.digest))
    return not_made(request.subject);
  return made;
}

Result<CertificatePtr> make_self_signed(const CertificateRequest& request, EVP_PKEY& key) {
  auto made = begin(request, key);
  if (!made) return made;
  if (!add_requested_extensions(**made, request) ||
      !sign(**made, X509_get_subject_name(made->get()), key, request.digest)) {
    return not_made(request.subject);
  }
  return made;
}

}  // namespace mqtts::pki
