#include "harness/wire/certificates.h"

#include <gtest/gtest.h>

#include "harness/model/reasons.h"
#include "harness/pki/mint.h"
#include "harness/util/digest.h"
#include "harness/util/seeded_random.h"

namespace mqtts::wire {
namespace {

NameCheck check(const std::string& subject, const std::vector<std::string>& alternative_names,
                const std::string& name) {
  const auto key = *pki::make_key(KeyType::ec_p256);
  const auto leaf = *pki::make_self_signed({.subject = subject, .alternative_names = alternative_names}, *key);
  return check_name(*leaf, name);
}

TEST(check_name, finds_an_address_in_the_subject_alternative_name) {
  const auto found = check("/CN=other", {"127.0.0.1"}, "127.0.0.1");
  EXPECT_EQ(found.error, X509_V_OK);
  EXPECT_EQ(found.match, "subjectAltName");
}

TEST(check_name, finds_a_host_in_the_subject_alternative_name) {
  EXPECT_EQ(check("/CN=other", {"broker.example"}, "broker.example").match, "subjectAltName");
  EXPECT_EQ(check("/CN=other", {"*.lab.example"}, "broker.lab.example").match, "subjectAltName");
}

TEST(check_name, falls_back_to_the_common_name_without_any_alternative_name) {
  EXPECT_EQ(check("/CN=127.0.0.1", {}, "127.0.0.1").match, "commonName");
  EXPECT_EQ(check("/CN=broker.example", {}, "broker.example").match, "commonName");
}

TEST(check_name, does_not_fall_back_where_there_is_an_alternative_name) {
  EXPECT_EQ(check("/CN=127.0.0.1", {"10.0.0.1"}, "127.0.0.1").error, X509_V_ERR_IP_ADDRESS_MISMATCH);
  EXPECT_EQ(check("/CN=127.0.0.1", {"other.example"}, "127.0.0.1").error, X509_V_ERR_IP_ADDRESS_MISMATCH);
  EXPECT_EQ(check("/CN=broker.example", {"10.0.0.1"}, "broker.example").error, X509_V_ERR_HOSTNAME_MISMATCH);
}

// RFC 6125 section 6.4.4: an e-mail address names no server.
TEST(check_name, falls_back_to_the_common_name_beside_an_alternative_name_that_names_no_server) {
  const auto key = *pki::make_key(KeyType::ec_p256);
  for (const auto* other : {"email:admin@broker.example", "URI:https://broker.example/"}) {
    const auto leaf = *pki::make_self_signed({.subject = "/CN=127.0.0.1"}, *key);
    const ExtensionPtr names(X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, other));
    ASSERT_EQ(X509_add_ext(leaf.get(), names.get(), -1), 1);
    EXPECT_EQ(check_name(*leaf, "127.0.0.1").match, "commonName") << other;
    EXPECT_EQ(check_name(*leaf, "127.0.0.2").error, X509_V_ERR_IP_ADDRESS_MISMATCH) << other;
  }
}

TEST(check_name, takes_no_pattern_for_an_address) {
  EXPECT_EQ(check("/CN=*.0.0.1", {}, "127.0.0.1").error, X509_V_ERR_IP_ADDRESS_MISMATCH);
}

TEST(check_name, finds_an_ipv6_address) { EXPECT_EQ(check("/CN=other", {"::1"}, "::1").match, "subjectAltName"); }

TEST(check_name, refuses_another_name) {
  const auto refused = check("/CN=other", {}, "broker.example");
  EXPECT_EQ(refused.error, X509_V_ERR_HOSTNAME_MISMATCH);
  EXPECT_EQ(refused.match, "");
}

TEST(verify_error_name, is_known_to_plans) {
  for (const int error : {7, 9, 10, 18, 19, 20, 21, 23, 26, 62, 64, 79}) {
    EXPECT_TRUE(is_known_reason(verify_error_name(error))) << verify_error_name(error);
  }
  EXPECT_EQ(verify_error_name(33), "verify_error_33");
}

TEST(describe, tells_serial_and_key_as_openssl_does) {
  const auto key = *pki::make_key(KeyType::ec_p256);
  const auto one = *pki::make_self_signed({.subject = "/CN=one"}, *key);
  const auto two = *pki::make_self_signed({.subject = "/CN=two"}, *key);
  ASN1_INTEGER_set(X509_get_serialNumber(one.get()), 0x0a0b);
  ASN1_INTEGER_set(X509_get_serialNumber(two.get()), 0);
  STACK_OF(X509)* chain = sk_X509_new_null();
  sk_X509_push(chain, one.get());
  sk_X509_push(chain, two.get());
  const auto described = describe(chain);
  sk_X509_free(chain);
  EXPECT_EQ(described[0].serial, "a0b");
  EXPECT_EQ(described[1].serial, "0");
  EXPECT_EQ(described[0].key_sha256, described[1].key_sha256);

  unsigned char* der = nullptr;
  const auto size = i2d_PUBKEY(key.get(), &der);
  std::array<unsigned char, 32> digest{};
  EVP_Digest(der, static_cast<std::size_t>(size), digest.data(), nullptr, EVP_sha256(), nullptr);
  OPENSSL_free(der);
  EXPECT_EQ(described[0].key_sha256, to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()}));
}

TEST(describe, tells_names_dates_and_fingerprint) {
  const auto key = *pki::make_key(KeyType::ec_p256);
  const auto leaf = *pki::make_self_signed({.subject = "/C=FR/CN=\xc3\xa9t\xc3\xa9"}, *key);
  STACK_OF(X509)* chain = sk_X509_new_null();
  for (int i = 0; i < 20; ++i) sk_X509_push(chain, leaf.get());
  const auto described = describe(chain);
  sk_X509_free(chain);
  ASSERT_EQ(described.size(), 16U);
  EXPECT_EQ(described[0].subject, "CN=\\C3\\A9t\\C3\\A9,C=FR");
  EXPECT_EQ(described[0].issuer, described[0].subject);
  EXPECT_EQ(described[0].sha256.size(), 64U);
  EXPECT_EQ(described[0].not_before.size(), std::string("2026-11-22T15:17:23Z").size());
}

}  // namespace
}  // namespace mqtts::wire
