#include "harness/pki/rsa_key.h"

#include <gtest/gtest.h>
#include <openssl/core_names.h>

#include "harness/util/openssl.h"

namespace mqtts::pki {
namespace {

BignumPtr number(const KeyPtr& key, const char* name) {
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(key.get(), name, &number);
  return BignumPtr(number);
}

TEST(RsaKey, has_the_bits_that_are_asked_for_and_the_usual_exponent) {
  for (const int bits : {1024, 1024, 2048, 2048, 2048, 4096}) {
    const auto key = make_rsa(bits, {});
    ASSERT_TRUE(key) << openssl_errors();
    EXPECT_EQ(EVP_PKEY_is_a(key.get(), "RSA"), 1);
    EXPECT_EQ(EVP_PKEY_get_bits(key.get()), bits);
    EXPECT_EQ(BN_get_word(number(key, OSSL_PKEY_PARAM_RSA_E).get()), 65537U);
  }
}

// EVP_PKEY_check proves that the factors are primes and that all numbers belong to each other.
TEST(RsaKey, stands_openssl_own_check) {
  const auto key = make_rsa(2048, {});
  ASSERT_TRUE(key) << openssl_errors();
  const KeyContextPtr context(EVP_PKEY_CTX_new(key.get(), nullptr));
  EXPECT_EQ(EVP_PKEY_check(context.get()), 1) << openssl_errors();
}

TEST(RsaKey, is_another_each_time) {
  const auto one = make_rsa(2048, {});
  const auto other = make_rsa(2048, {});
  ASSERT_TRUE(one && other);
  EXPECT_NE(EVP_PKEY_eq(one.get(), other.get()), 1);
}

TEST(RsaKey, is_not_made_once_a_stop_is_requested) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(make_rsa(2048, stop.get_token()));
}

}  // namespace
}  // namespace mqtts::pki
