#include "harness/wire/paho_materials.h"

#include <dlfcn.h>

#include <algorithm>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/ssl.h>

#include "harness/wire/pem_objects.h"

namespace mqtts::wire {
namespace {

struct Parsed {
  std::string file;
  std::string text;
  std::vector<CertificatePtr> certificates;  // empty: OpenSSL's own function reads the file
  KeyPtr key;                                // null: likewise
};

// OpenSSL itself reads a revocation list, or a certificate with trust settings of its own.
bool holds_certificates_only(std::string_view text) {
  return text.find("X509 CRL-----") == std::string_view::npos && text.find("TRUSTED CERT") == std::string_view::npos;
}

// The latest ones come first.
class Materials {
 public:
  void add(const Pem& pem) {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find(known_, pem.file, [](const auto& it) { return it->file; });
    if (found != known_.end() && (*found)->text == pem.text) return known_.splice(known_.begin(), known_, found);
    if (found != known_.end()) known_.erase(found);
    auto parsed = std::make_shared<Parsed>(Parsed{pem.file, pem.text, {}, nullptr});
    if (holds_certificates_only(pem.text)) parsed->certificates = read_certificates(pem.text);
    if (parsed->certificates.empty()) parsed->key = read_key(pem.text);
    known_.push_front(std::move(parsed));
    if (known_.size() > most_files) known_.pop_back();
  }
  std::shared_ptr<const Parsed> find(const char* file) {
    const std::lock_guard lock(mutex_);
    const auto found =
        std::ranges::find_if(known_, [&](const auto& it) { return file != nullptr && it->file == file; });
    return found == known_.end() ? nullptr : *found;
  }

 private:
  static constexpr std::size_t most_files = 256;

  std::mutex mutex_;
  std::list<std::shared_ptr<const Parsed>> known_;
};

Materials& known_materials() {
  static auto& materials = *new Materials;  // never destroyed: Paho's threads may outlive main()
  return materials;
}

// Returns OpenSSL's own function of that name.
template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

void hand_over_materials(const Client& client) {
  if (client.trust) known_materials().add(*client.trust);
  if (!client.identity) return;
  known_materials().add(client.identity->certificate);
  known_materials().add(client.identity->key);
}

}  // namespace mqtts::wire

using mqtts::wire::known_materials;

extern "C" {

int SSL_CTX_use_certificate_chain_file(SSL_CTX* context, const char* file) {
  static const auto openssls = mqtts::wire::real<decltype(SSL_CTX_use_certificate_chain_file)>(__func__);
  const auto known = known_materials().find(file);
  if (!known || known->certificates.empty()) return openssls(context, file);
  if (SSL_CTX_use_certificate(context, known->certificates.front().get()) != 1 ||
      SSL_CTX_clear_chain_certs(context) != 1)
    return openssls(context, file);
  for (std::size_t i = 1; i < known->certificates.size(); ++i)
    if (SSL_CTX_add1_chain_cert(context, known->certificates[i].get()) != 1) return openssls(context, file);
  return 1;
}

int SSL_CTX_use_PrivateKey_file(SSL_CTX* context, const char* file, int type) {
  static const auto openssls = mqtts::wire::real<decltype(SSL_CTX_use_PrivateKey_file)>(__func__);
  const auto known = known_materials().find(file);
  if (!known || !known->key || SSL_CTX_use_PrivateKey(context, known->key.get()) != 1)
    return openssls(context, file, type);
  return 1;
}

int SSL_CTX_load_verify_locations(SSL_CTX* context, const char* file, const char* folder) {
  static const auto openssls = mqtts::wire::real<decltype(SSL_CTX_load_verify_locations)>(__func__);
  const auto known = folder == nullptr ? known_materials().find(file) : nullptr;
  if (!known || known->certificates.empty()) return openssls(context, file, folder);
  for (const auto& each : known->certificates)
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), each.get()) != 1) return openssls(context, file, folder);
  return 1;
}

}  // extern "C"
