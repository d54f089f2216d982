#include "harness/pki/rsa_key.h"

#include <openssl/core_names.h>
#include <openssl/rsa.h>

namespace mqtts::pki {
namespace {

using SecretPtr = std::unique_ptr<BIGNUM, FreeWith<BN_clear_free>>;
using ProgressPtr = std::unique_ptr<BN_GENCB, FreeWith<BN_GENCB_free>>;

// OpenSSL calls this between the steps of its search for a prime; 0 ends the search.
int keep_searching(int, int, BN_GENCB* progress) {
  const auto* stop = static_cast<const std::stop_token*>(BN_GENCB_get_arg(progress));
  return stop->stop_requested() ? 0 : 1;
}

// The two highest bits are set, so that the product of two primes has exactly twice as many bits.
SecretPtr make_prime(int bits, std::stop_token stop, BN_CTX* context) {
  const ProgressPtr progress(BN_GENCB_new());
  SecretPtr prime(BN_secure_new());
  if (!progress || !prime) return nullptr;
  BN_GENCB_set(progress.get(), keep_searching, &stop);
  do {
    if (BN_generate_prime_ex2(prime.get(), bits, 0, nullptr, nullptr, progress.get(), context) != 1) return nullptr;
  } while (BN_mod_word(prime.get(), RSA_F4) == 1);  // the exponent must have an inverse
  BN_set_flags(prime.get(), BN_FLG_CONSTTIME);
  return prime;
}

struct RsaNumbers {
  SecretPtr p, q, less_p{BN_secure_new()}, less_q{BN_secure_new()}, d, inverse;
  SecretPtr product{BN_secure_new()}, divisor{BN_secure_new()}, lambda{BN_secure_new()};
  SecretPtr d_p{BN_secure_new()}, d_q{BN_secure_new()};
  BignumPtr n{BN_new()}, e{BN_new()};
};

// d is the inverse of e modulo the least common multiple of p - 1 and q - 1 (RFC 8017, 3.2).
bool compute(RsaNumbers& of, BN_CTX* context) {
  if (!of.less_p || !of.less_q || !of.product || !of.divisor || !of.lambda || !of.d_p || !of.d_q || !of.n || !of.e)
    return false;
  if (BN_set_word(of.e.get(), RSA_F4) != 1 || BN_mul(of.n.get(), of.p.get(), of.q.get(), context) != 1 ||
      BN_sub(of.less_p.get(), of.p.get(), BN_value_one()) != 1 ||
      BN_sub(of.less_q.get(), of.q.get(), BN_value_one()) != 1 ||
      BN_mul(of.product.get(), of.less_p.get(), of.less_q.get(), context) != 1 ||
      BN_gcd(of.divisor.get(), of.less_p.get(), of.less_q.get(), context) != 1 ||
      BN_div(of.lambda.get(), nullptr, of.product.get(), of.divisor.get(), context) != 1) {
    return false;
  }
  BN_set_flags(of.lambda.get(), BN_FLG_CONSTTIME);
  of.d.reset(BN_mod_inverse(nullptr, of.e.get(), of.lambda.get(), context));
  of.inverse.reset(BN_mod_inverse(nullptr, of.q.get(), of.p.get(), context));
  return of.d && of.inverse && BN_mod(of.d_p.get(), of.d.get(), of.less_p.get(), context) == 1 &&
         BN_mod(of.d_q.get(), of.d.get(), of.less_q.get(), context) == 1;
}

KeyPtr to_key(const RsaNumbers& of) {
  const ParameterBuilderPtr builder(OSSL_PARAM_BLD_new());
  if (!builder) return nullptr;
  const std::pair<const char*, const BIGNUM*> numbers[] = {
      {OSSL_PKEY_PARAM_RSA_N, of.n.get()},           {OSSL_PKEY_PARAM_RSA_E, of.e.get()},
      {OSSL_PKEY_PARAM_RSA_D, of.d.get()},           {OSSL_PKEY_PARAM_RSA_FACTOR1, of.p.get()},
      {OSSL_PKEY_PARAM_RSA_FACTOR2, of.q.get()},     {OSSL_PKEY_PARAM_RSA_EXPONENT1, of.d_p.get()},
      {OSSL_PKEY_PARAM_RSA_EXPONENT2, of.d_q.get()}, {OSSL_PKEY_PARAM_RSA_COEFFICIENT1, of.inverse.get()},
  };
  for (const auto& [name, number] : numbers) {
    if (OSSL_PARAM_BLD_push_BN(builder.get(), name, number) != 1) return nullptr;
  }
  const ParametersPtr parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  const KeyContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* key = nullptr;
  if (parameters && context && EVP_PKEY_fromdata_init(context.get()) == 1) {
    EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, parameters.get());
  }
  return KeyPtr(key);
}

}  // namespace

KeyPtr make_rsa(int bits, const std::stop_token& stop) {
  const BignumContextPtr context(BN_CTX_secure_new());
  if (!context) return nullptr;
  RsaNumbers numbers;
  numbers.p = make_prime(bits / 2, stop, context.get());
  if (numbers.p) numbers.q = make_prime(bits / 2, stop, context.get());
  if (!numbers.p || !numbers.q || !compute(numbers, context.get())) return nullptr;
  return to_key(numbers);
}

}  // namespace mqtts::pki
