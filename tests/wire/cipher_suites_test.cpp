#include "harness/wire/cipher_suites.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>
#include <openssl/ssl.h>

namespace mqtts::wire {
namespace {

bool is_weak_name(std::string_view name) { return is_weak({0, name}); }

TEST(CipherSuites, stand_in_a_table_once_and_in_order) {
  std::set<std::uint16_t> numbers;
  std::set<std::string_view> names;
  for (const auto suites : {suites_to_tls_1_2(), suites_of_tls_1_3()})
    for (const auto& suite : suites) {
      EXPECT_TRUE(numbers.insert(suite.number).second) << suite.name;
      EXPECT_TRUE(names.insert(suite.name).second) << suite.name;
      EXPECT_TRUE(suite.name.starts_with("TLS_")) << suite.name;
    }
  EXPECT_TRUE(std::ranges::is_sorted(suites_to_tls_1_2(), {}, &CipherSuite::number));
}

// The installed OpenSSL has a part of them, under the same numbers.
TEST(CipherSuites, are_those_of_openssl) {
  int found = 0;
  for (const auto suites : {suites_to_tls_1_2(), suites_of_tls_1_3()})
    for (const auto& suite : suites)
      if (const auto name = openssl_suite_name(suite.number); !name.empty()) ++found;
  EXPECT_GT(found, 100);

  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_cipher_list(context, "ALL:COMPLEMENTOFALL:@SECLEVEL=0");
  const auto* all = SSL_CTX_get_ciphers(context);
  for (int i = 0; i < sk_SSL_CIPHER_num(all); ++i) {
    const auto* cipher = sk_SSL_CIPHER_value(all, i);
    EXPECT_EQ(suite_name(SSL_CIPHER_get_protocol_id(cipher)), SSL_CIPHER_standard_name(cipher));
    const bool has_no_encryption = SSL_CIPHER_get_cipher_nid(cipher) == NID_undef;
    const bool is_anonymous = SSL_CIPHER_get_auth_nid(cipher) == NID_auth_null;
    if (has_no_encryption || is_anonymous) {
      EXPECT_TRUE(is_weak_name(SSL_CIPHER_standard_name(cipher))) << SSL_CIPHER_standard_name(cipher);
    }
  }
  SSL_CTX_free(context);
}

TEST(CipherSuites, are_weak_by_what_they_are_made_of) {
  for (const auto* name :
       {"TLS_RSA_WITH_NULL_SHA256", "TLS_DH_anon_WITH_AES_128_CBC_SHA", "TLS_RSA_EXPORT_WITH_RC4_40_MD5",
        "TLS_ECDHE_RSA_WITH_RC4_128_SHA", "TLS_RSA_WITH_DES_CBC_SHA", "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
        "TLS_RSA_WITH_IDEA_CBC_SHA", "TLS_KRB5_EXPORT_WITH_RC2_CBC_40_SHA", "TLS_KRB5_WITH_IDEA_CBC_MD5",
        "TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA", "TLS_SHA256_SHA256"})
    EXPECT_TRUE(is_weak_name(name)) << name;
  for (const auto* name :
       {"TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256",
        "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_RSA_WITH_CAMELLIA_256_CBC_SHA"})
    EXPECT_FALSE(is_weak_name(name)) << name;
}

TEST(CipherSuites, have_names) {
  EXPECT_EQ(suite_name(0xC02F), "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
  EXPECT_EQ(suite_name(0xFEFE), "0xFEFE");
  EXPECT_EQ(openssl_suite_name(0xC02F), "ECDHE-RSA-AES128-GCM-SHA256");
  EXPECT_EQ(openssl_suite_name(0xFEFE), "");
}

}  // namespace
}  // namespace mqtts::wire
