#include "harness/pki/dates.h"

#include <ctime>
#include <memory>
#include <optional>

#include <openssl/pem.h>

#include "harness/util/openssl.h"
#include "tests/pki/support.h"

namespace mqtts::pki {
namespace {

constexpr std::int64_t day = 86400;

// An empty revocation list of `issuer`, made now; of no known end if `seconds` is none.
std::string revocation_list(const Party& issuer, std::optional<long> seconds) {
  const std::unique_ptr<X509_CRL, FreeWith<X509_CRL_free>> list(X509_CRL_new());
  const std::unique_ptr<ASN1_TIME, FreeWith<ASN1_TIME_free>> now(ASN1_TIME_set(nullptr, std::time(nullptr)));
  X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(issuer.certificate.get()));
  X509_CRL_set1_lastUpdate(list.get(), now.get());
  if (seconds) {
    const std::unique_ptr<ASN1_TIME, FreeWith<ASN1_TIME_free>> end(X509_gmtime_adj(nullptr, *seconds));
    X509_CRL_set1_nextUpdate(list.get(), end.get());
  }
  X509_CRL_sign(list.get(), issuer.key.get(), EVP_sha256());
  const BioPtr memory(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509_CRL(memory.get(), list.get());
  char* data = nullptr;
  const auto size = BIO_get_mem_data(memory.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

TEST(Dates, of_a_certificate_are_those_that_it_was_made_with) {
  const auto lab = authority("/CN=Lab CA");
  const auto broker = signed_by(lab, {.subject = "/CN=broker", .validity = valid_for(30)});
  const auto now = std::time(nullptr);
  const auto dates = dates_in(to_pem(*broker.certificate) + to_pem(*lab.certificate));
  ASSERT_EQ(dates.size(), 2u);
  EXPECT_EQ(dates[0].subject, "/CN=broker");
  EXPECT_NEAR(static_cast<double>(dates[0].not_before), static_cast<double>(now - 3600), 60);
  EXPECT_NEAR(static_cast<double>(dates[0].not_after.value()), static_cast<double>(now + 30 * day), 60);
  EXPECT_EQ(dates[1].subject, "/CN=Lab CA");
}

TEST(Dates, of_a_revocation_list_are_its_updates) {
  const auto lab = authority("/CN=Lab CA");
  const auto dates = dates_in(revocation_list(lab, day) + revocation_list(lab, std::nullopt));
  ASSERT_EQ(dates.size(), 2u);
  EXPECT_EQ(dates[0].subject, "/CN=Lab CA");
  EXPECT_NEAR(static_cast<double>(dates[0].not_after.value()), static_cast<double>(dates[0].not_before + day), 5);
  EXPECT_FALSE(dates[1].not_after);
}

TEST(Dates, are_read_past_what_is_no_certificate) {
  const auto lab = authority("/CN=Lab CA");
  const auto whole = to_pem(*lab.certificate);
  EXPECT_EQ(dates_in(to_pem(*lab.key) + "some words\n" + whole).size(), 1u);
  EXPECT_EQ(dates_in("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" + whole).size(), 1u);
  EXPECT_TRUE(dates_in(whole.substr(0, whole.size() / 2)).empty());
  EXPECT_TRUE(dates_in("").empty());
}

TEST(Dates, leave_no_error_behind) {
  dates_in("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  EXPECT_EQ(openssl_errors(), "");
}

}  // namespace
}  // namespace mqtts::pki
