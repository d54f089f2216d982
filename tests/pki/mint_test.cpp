#include "harness/pki/mint.h"

#include <cstdlib>
#include <regex>
#include <set>

#include <gmock/gmock.h>

#include "tests/pki/support.h"

namespace mqtts::pki {
namespace {

using std::chrono::hours;
using testing::HasSubstr;
using testing::Not;

// Names as OpenSSL 3.2 and later print them, without spaces.
std::string described_by_openssl(const X509& certificate) {
  const TemporaryFolder folder;
  return std::regex_replace(
      run_shell("openssl x509 -noout -text -in " + folder.write("x.crt", to_pem(certificate))).output,
      std::regex(" = "), "=");
}

Ran verified_by_openssl(const X509& leaf, const X509& root) {
  const TemporaryFolder folder;
  return run_shell("openssl verify -CAfile " + folder.write("ca.crt", to_pem(root)) + " " +
                   folder.write("x.crt", to_pem(leaf)));
}

// The host's clock is `ahead` of ours.
ClockSkew skew(std::chrono::seconds ahead) {
  return {ahead - std::chrono::seconds(1), ahead + std::chrono::seconds(1)};
}

TEST(Validity, is_by_our_clock_and_by_the_hosts) {
  for (const auto ahead : {-hours(24 * 400), -hours(2), -hours(0), hours(2), hours(24 * 400)}) {
    const auto ours = valid_for(1, skew(ahead));
    for (const auto now : {std::chrono::seconds(0), std::chrono::seconds(ahead)}) {
      EXPECT_LE(ours.not_before, now - hours(1)) << ahead.count();
      EXPECT_GE(ours.not_after, now + hours(24)) << ahead.count();
    }
  }
  EXPECT_EQ(valid_for(1).not_before, -hours(1));
  EXPECT_EQ(valid_for(1).not_after, hours(24));
}

TEST(Authority, is_what_openssl_req_makes_with_v3_ca) {
  const auto ca = authority("/C=FR/L=PARIS/CN=Lab CA");
  const auto text = described_by_openssl(*ca.certificate);
  EXPECT_THAT(text, HasSubstr("Version: 3 (0x2)"));
  EXPECT_THAT(text, HasSubstr("Issuer: C=FR, L=PARIS, CN=Lab CA"));
  EXPECT_THAT(text, HasSubstr("Subject: C=FR, L=PARIS, CN=Lab CA"));
  const auto* own_id = X509_get0_subject_key_id(ca.certificate.get());
  const auto* issuer_id = X509_get0_authority_key_id(ca.certificate.get());
  ASSERT_TRUE(own_id != nullptr && issuer_id != nullptr);
  EXPECT_EQ(ASN1_OCTET_STRING_cmp(own_id, issuer_id), 0);
  EXPECT_THAT(text, HasSubstr("X509v3 Basic Constraints: critical\n                CA:TRUE"));
  EXPECT_EQ(verified_by_openssl(*ca.certificate, *ca.certificate).exit_code, 0);
}

TEST(Certificate, is_what_openssl_x509_req_makes_version_1_without_extensions) {
  const auto ca = authority("/CN=Lab CA", KeyType::rsa_2048);
  const auto leaf = signed_by(ca, {.subject = "/C=FR/L=PARIS/CN=192.168.33.10"});
  const auto text = described_by_openssl(*leaf.certificate);
  EXPECT_THAT(text, HasSubstr("Version: 1 (0x0)"));
  EXPECT_THAT(text, HasSubstr("Signature Algorithm: sha256WithRSAEncryption"));
  EXPECT_THAT(text, HasSubstr("Issuer: CN=Lab CA"));
  EXPECT_THAT(text, HasSubstr("Subject: C=FR, L=PARIS, CN=192.168.33.10"));
  EXPECT_THAT(text, Not(HasSubstr("X509v3")));
  const auto verified = verified_by_openssl(*leaf.certificate, *ca.certificate);
  EXPECT_EQ(verified.exit_code, 0) << verified.output;
  EXPECT_EQ(verify(*leaf.certificate, *ca.certificate), X509_V_OK);
}

TEST(Certificate, has_a_random_positive_serial_of_159_bits) {
  const auto ca = authority("/CN=Lab CA");
  std::set<std::string> serials;
  for (int i = 0; i < 50; ++i) {
    const auto leaf = must(make_certificate({.subject = "/CN=x"}, *ca.key, ca.as_issuer()));
    const BignumPtr serial(ASN1_INTEGER_to_BN(X509_get0_serialNumber(leaf.get()), nullptr));
    EXPECT_EQ(BN_is_negative(serial.get()), 0);
    EXPECT_EQ(BN_num_bits(serial.get()), 159);
    const std::unique_ptr<char, FreeWith<[](char* text) { OPENSSL_free(text); }>> hex(BN_bn2hex(serial.get()));
    serials.insert(hex.get());
  }
  EXPECT_EQ(serials.size(), 50U);
}

TEST(Certificate, holds_from_an_hour_ago_for_its_days) {
  const auto ca = authority("/CN=Lab CA");
  const auto leaf = signed_by(ca, {.subject = "/CN=x", .validity = valid_for(360)});
  int days = 0;
  int seconds = 0;
  ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notBefore(leaf.certificate.get()));
  EXPECT_EQ(days, 0);
  EXPECT_NEAR(seconds, -3600, 60);
  ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(leaf.certificate.get()));
  EXPECT_NEAR(days * 86400 + seconds, 360 * 86400, 60);
  constexpr long broker_clock_lags = -59L * 60;
  EXPECT_EQ(verify(*leaf.certificate, *ca.certificate, broker_clock_lags), X509_V_OK);
}

TEST(Certificate, can_be_expired_or_not_yet_valid) {
  const auto ca = authority("/CN=Lab CA");
  const auto expired = signed_by(ca, {.subject = "/CN=x", .validity = {-hours(48), -hours(24)}});
  EXPECT_EQ(verify(*expired.certificate, *ca.certificate), X509_V_ERR_CERT_HAS_EXPIRED);
  const auto early = signed_by(ca, {.subject = "/CN=x", .validity = {hours(24), hours(48)}});
  EXPECT_EQ(verify(*early.certificate, *ca.certificate), X509_V_ERR_CERT_NOT_YET_VALID);
}

TEST(Certificate, can_hold_beyond_2050_and_2106) {
  const auto ca = authority("/CN=Lab CA");
  const auto leaf = signed_by(ca, {.subject = "/CN=x", .validity = valid_for(100 * 365)});
  EXPECT_EQ(verify(*leaf.certificate, *ca.certificate), X509_V_OK);
}

TEST(Certificate, of_a_stranger_does_not_verify) {
  const auto ca = authority("/CN=Lab CA");
  const auto stranger = authority("/CN=Stranger CA");
  const auto leaf = signed_by(stranger, {.subject = "/CN=userclient"});
  EXPECT_EQ(verify(*leaf.certificate, *ca.certificate), X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
  EXPECT_NE(verified_by_openssl(*leaf.certificate, *ca.certificate).exit_code, 0);
}

TEST(Certificate, of_an_authority_of_the_same_name_does_not_verify) {
  const auto ca = authority("/CN=Lab CA");
  const auto twin = authority("/CN=Lab CA");
  EXPECT_EQ(X509_NAME_cmp(X509_get_subject_name(twin.certificate.get()), X509_get_subject_name(ca.certificate.get())),
            0);
  EXPECT_NE(X509_cmp(twin.certificate.get(), ca.certificate.get()), 0);
  const auto leaf = signed_by(twin, {.subject = "/CN=userclient"});
  EXPECT_EQ(verify(*leaf.certificate, *twin.certificate), X509_V_OK);
  EXPECT_EQ(verify(*leaf.certificate, *ca.certificate), X509_V_ERR_CERT_SIGNATURE_FAILURE);
}

TEST(SelfSigned, does_not_verify_against_the_authority_but_against_itself) {
  const auto ca = authority("/CN=Lab CA");
  const auto key = must(make_key(KeyType::ec_p256));
  const auto client = must(make_self_signed({.subject = "/CN=userclient"}, *key));
  EXPECT_EQ(verify(*client, *ca.certificate), X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
  EXPECT_EQ(verify(*client, *client), X509_V_OK);
  EXPECT_THAT(described_by_openssl(*client), HasSubstr("Version: 1 (0x0)"));
}

TEST(Extensions, name_hosts_and_addresses) {
  const auto ca = authority("/CN=Lab CA");
  const auto leaf =
      signed_by(ca, {.subject = "/CN=x", .alternative_names = {"broker.lab", "192.0.2.1", "2001:db8::1"}});
  EXPECT_THAT(described_by_openssl(*leaf.certificate), HasSubstr("Version: 3 (0x2)"));
  auto* certificate = leaf.certificate.get();
  EXPECT_EQ(X509_check_host(certificate, "broker.lab", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_host(certificate, "other.lab", 0, 0, nullptr), 0);
  EXPECT_EQ(X509_check_ip_asc(certificate, "192.0.2.1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(certificate, "2001:db8::1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(certificate, "192.0.2.2", 0), 0);
}

TEST(Extensions, never_split_a_name_at_a_comma) {
  const auto ca = authority("/CN=Lab CA");
  const auto leaf = signed_by(ca, {.subject = "/CN=x", .alternative_names = {"a,DNS:broker.lab"}});
  EXPECT_EQ(X509_check_host(leaf.certificate.get(), "broker.lab", 0, 0, nullptr), 0);
}

TEST(Extensions, limit_the_purpose) {
  const auto ca = authority("/CN=Lab CA");
  const auto may = [&](const std::vector<Purpose>& purposes, int purpose) {
    const auto leaf = signed_by(ca, {.subject = "/CN=x", .purposes = purposes});
    return X509_check_purpose(leaf.certificate.get(), purpose, 0) == 1;
  };
  EXPECT_TRUE(may({Purpose::client_authentication}, X509_PURPOSE_SSL_CLIENT));
  EXPECT_FALSE(may({Purpose::client_authentication}, X509_PURPOSE_SSL_SERVER));
  EXPECT_TRUE(may({Purpose::server_authentication}, X509_PURPOSE_SSL_SERVER));
  EXPECT_FALSE(may({Purpose::server_authentication}, X509_PURPOSE_SSL_CLIENT));
  EXPECT_TRUE(may({Purpose::server_authentication, Purpose::client_authentication}, X509_PURPOSE_SSL_CLIENT));
}

TEST(Requests, with_a_bad_subject_are_invalid_input) {
  const auto ca = authority("/CN=Lab CA");
  EXPECT_EQ(make_authority("CN=x", valid_for(1), *ca.key).error().kind, ErrorKind::invalid_input);
  EXPECT_EQ(make_certificate({.subject = "CN=x"}, *ca.key, ca.as_issuer()).error().kind, ErrorKind::invalid_input);
  EXPECT_EQ(make_self_signed({.subject = "CN=x"}, *ca.key).error().kind, ErrorKind::invalid_input);
}

TEST(Keys, are_of_the_wanted_type) {
  const auto rsa = must(make_key(KeyType::rsa_2048));
  EXPECT_EQ(EVP_PKEY_is_a(rsa.get(), "RSA"), 1);
  EXPECT_EQ(EVP_PKEY_get_bits(rsa.get()), 2048);
  const auto ec = must(make_key(KeyType::ec_p256));
  EXPECT_EQ(EVP_PKEY_is_a(ec.get(), "EC"), 1);
  EXPECT_EQ(EVP_PKEY_get_bits(ec.get()), 256);
}

TEST(Keys, are_abandoned_when_a_stop_is_requested) {
  std::stop_source stop;
  stop.request_stop();
  const auto key = make_key(KeyType::rsa_2048, stop.get_token());
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().kind, ErrorKind::interrupted);
}

}  // namespace
}  // namespace mqtts::pki
