#include <algorithm>
#include <list>
#include <mutex>

#include <openssl/err.h>

#include "harness/util/openssl.h"
#include "harness/wire/pem_objects.h"
#include "harness/wire/tls.h"

namespace mqtts::wire {
namespace {

Result<void> trust(SSL_CTX& context, const Pem& pem) {
  const auto authorities = read_certificates(pem.text);
  if (authorities.empty())
    return failure(ErrorKind::local, msg("{file} holds no certificate to trust", {{"file", pem.file}}),
                   msg("It must be a PEM file that begins with -----BEGIN CERTIFICATE-----"));
  for (const auto& each : authorities) X509_STORE_add_cert(SSL_CTX_get_cert_store(&context), each.get());
  return {};
}

Result<void> present(SSL_CTX& context, const Identity& identity) {
  auto certificates = read_certificates(identity.certificate.text);
  if (certificates.empty() || SSL_CTX_use_certificate(&context, certificates.front().get()) != 1)
    return failure(ErrorKind::local,
                   msg("{file} holds no certificate that can be presented", {{"file", identity.certificate.file}}), {},
                   openssl_reasons());
  for (std::size_t i = 1; i < certificates.size(); ++i)
    if (SSL_CTX_add0_chain_cert(&context, certificates[i].get()) == 1) (void)certificates[i].release();

  const auto key = read_key(identity.key.text);
  if (!key)
    return failure(ErrorKind::local, msg("{file} holds no private key that can be read", {{"file", identity.key.file}}),
                   msg("It must be a PEM file without a passphrase"), openssl_reasons());
  if (SSL_CTX_use_PrivateKey(&context, key.get()) != 1 || SSL_CTX_check_private_key(&context) != 1)
    return failure(ErrorKind::local,
                   msg("The key {key} does not belong to the certificate {certificate}",
                       {{"key", identity.key.file}, {"certificate", identity.certificate.file}}),
                   msg("Give the key that the certificate was requested with"), openssl_reasons());
  return {};
}

// All inputs of a context.
struct Ingredients {
  std::optional<std::string> trust;
  std::optional<std::string> certificate;
  std::optional<std::string> key;
  TlsOffer offer{};
  int lowest = 0;
  int highest = 0;
  bool strict = false;
  bool operator==(const Ingredients&) const = default;
};

Ingredients ingredients_of(const Client& client, TlsOffer offer, const TlsVersions& versions) {
  Ingredients all{.offer = offer, .lowest = versions.lowest, .highest = versions.highest, .strict = client.strict};
  if (client.trust) all.trust = client.trust->text;
  if (client.identity) {
    all.certificate = client.identity->certificate.text;
    all.key = client.identity->key.text;
  }
  return all;
}

// Level of Debian and Ubuntu: 112 bits, RSA and DH of 2048 bits, no SHA-1 (SSL_CTX_set_security_level(3)).
constexpr int level_of_real_clients = 2;

// The latest ones come first.
class Cache {
 public:
  SslContextPtr find(const Ingredients& ingredients) {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find(kept_, ingredients, &Kept::ingredients);
    if (found == kept_.end()) return nullptr;
    kept_.splice(kept_.begin(), kept_, found);
    return one_more(*found->context);
  }
  void keep(Ingredients ingredients, SSL_CTX& context) {
    const std::lock_guard lock(mutex_);
    kept_.push_front({std::move(ingredients), one_more(context)});
    if (kept_.size() > most_contexts) kept_.pop_back();
  }

 private:
  struct Kept {
    Ingredients ingredients;
    SslContextPtr context;
  };
  static SslContextPtr one_more(SSL_CTX& context) {
    SSL_CTX_up_ref(&context);
    return SslContextPtr(&context);
  }
  static constexpr std::size_t most_contexts = 128;

  std::mutex mutex_;
  std::list<Kept> kept_;
};

}  // namespace

Result<SslContextPtr> make_tls_context(const Client& client, TlsOffer offer, const TlsVersions& versions) {
  ERR_clear_error();
  const bool all = offer == TlsOffer::everything;
  const auto lowest = all ? versions.lowest : std::max(versions.lowest, TLS1_2_VERSION);
  SslContextPtr context(SSL_CTX_new(TLS_client_method()));
  // Set first, so that a small key of ours is accepted, too.
  if (!context ||
      (all && (SSL_CTX_set_cipher_list(context.get(), all_ciphers) != 1 ||
               SSL_CTX_set_ciphersuites(context.get(), all_tls_1_3_ciphers) != 1)) ||
      SSL_CTX_set_min_proto_version(context.get(), lowest) != 1 ||
      SSL_CTX_set_max_proto_version(context.get(), versions.highest) != 1)
    return failure(ErrorKind::local, msg("OpenSSL cannot be set up"), {}, openssl_reasons());
  SSL_CTX_set_options(context.get(), SSL_OP_LEGACY_SERVER_CONNECT);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_cert_verify_callback(context.get(), TlsStream::on_verify, nullptr);
  SSL_CTX_set_keylog_callback(context.get(), TlsStream::on_key);
  if (client.trust)
    if (auto trusted = trust(*context, *client.trust); !trusted) return tl::make_unexpected(trusted.error());
  if (client.identity)
    if (auto presented = present(*context, *client.identity); !presented) return tl::make_unexpected(presented.error());
  if (all && client.strict) SSL_CTX_set_security_level(context.get(), level_of_real_clients);
  return context;
}

Result<SslContextPtr> shared_tls_context(const Client& client, TlsOffer offer, const TlsVersions& versions) {
  static auto& cache = *new Cache;  // never destroyed: a thread may outlive main()
  auto ingredients = ingredients_of(client, offer, versions);
  if (auto context = cache.find(ingredients)) return context;
  auto context = make_tls_context(client, offer, versions);
  if (context) cache.keep(std::move(ingredients), **context);
  return context;
}

}  // namespace mqtts::wire
