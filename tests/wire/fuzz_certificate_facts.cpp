// Certificates that a server may send: anything that OpenSSL can read. The facts must neither crash nor grow without
// bound, and a weakness must be one of them.
#include <cstdlib>
#include <vector>

#include "harness/util/openssl.h"
#include "harness/wire/certificate_facts.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace mqtts;
  STACK_OF(X509)* chain = sk_X509_new_null();
  std::vector<CertificatePtr> all;
  const unsigned char* at = data;
  for (auto left = static_cast<long>(size); left > 0 && all.size() < 20; left = static_cast<long>(data + size - at)) {
    CertificatePtr next(d2i_X509(nullptr, &at, left));
    if (!next) break;
    sk_X509_push(chain, next.get());
    all.push_back(std::move(next));
  }
  const auto facts = wire::certificate_facts(chain, "broker.example");
  for (const auto& [name, value] : facts)
    if (to_text(value).size() > 40'000) std::abort();
  for (const auto& weakness : wire::weaknesses_in(facts))
    if (facts.at(weakness.first) != weakness.second) std::abort();
  sk_X509_free(chain);
  openssl_errors();
  return 0;
}
