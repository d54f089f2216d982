// Certificates of every kind that a plan may ask for, as the openssl program sees them.
#include <optional>
#include <utility>

#include <gmock/gmock.h>

#include "harness/pki/minted_materials.h"
#include "tests/pki/support.h"

namespace mqtts::pki {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr auto ec = KeyType::ec_p256;

class MintedZoo : public testing::Test {
 protected:
  MintedZoo() {
    folder_.emplace();
    spec_.authorities = {{"root", {.subject = "/CN=Root", .key = ec}},
                         {"issuing", {.subject = "/CN=Issuing", .key = ec, .issuer = "root"}},
                         {"lower", {.subject = "/CN=Lower", .key = ec, .issuer = "issuing"}},
                         {"same-name", {.subject = "/CN=other than root's", .key = ec, .like = "root"}}};
  }

  MintedMaterials& materials() {
    if (!made_) made_.emplace(spec_, folder_->path(), std::vector<std::string>{});
    return *made_;
  }
  Identity certificate(const CertificateSpec& spec) {
    made_.reset();
    spec_.certificates = {{"it", spec}};
    folder_.emplace();
    return must(materials().certificate("it"));
  }
  std::string text_of(const Pem& pem) { return run_shell("openssl x509 -noout -text -in " + pem.file).output; }
  std::string file_of(const std::string& authority) { return must(materials().authority(authority)).certificate.file; }
  std::string verified(const Identity& leaf, const std::string& more) {
    return run_shell("openssl verify -CAfile " + file_of("root") + " " + more + " " + leaf.certificate.file).output;
  }

  MaterialsSpec spec_;

 private:
  std::optional<TemporaryFolder> folder_;  // of one run alone
  std::optional<MintedMaterials> made_;
};

TEST_F(MintedZoo, has_no_extension_that_the_plan_does_not_say) {
  EXPECT_THAT(text_of(certificate({.issuer = "root", .subject = "/CN=x", .key = ec}).certificate),
              AllOf(HasSubstr("Version: 1 "), Not(HasSubstr("X509v3"))));
}

TEST_F(MintedZoo, has_the_names_and_usages_that_the_plan_says) {
  const auto text = text_of(certificate({.issuer = "root",
                                         .subject = "/CN=x",
                                         .key = ec,
                                         .names = {"DNS:192.0.2.9", "IP:::1", "192.0.2.1", "b.example"},
                                         .extended_usage = {"serverAuth", "anyExtendedKeyUsage"},
                                         .usage = {"digitalSignature", "keyAgreement"},
                                         .is_ca = true})
                                .certificate);
  EXPECT_THAT(text, HasSubstr("DNS:192.0.2.9, IP Address:0:0:0:0:0:0:0:1, IP Address:192.0.2.1, DNS:b.example"));
  EXPECT_THAT(text, HasSubstr("TLS Web Server Authentication, Any Extended Key Usage"));
  EXPECT_THAT(text, HasSubstr("X509v3 Key Usage: critical\n                Digital Signature, Key Agreement"));
  EXPECT_THAT(text, HasSubstr("X509v3 Basic Constraints: critical\n                CA:TRUE"));
}

TEST_F(MintedZoo, has_keys_of_every_type) {
  const std::pair<KeyType, const char*> types[] = {{KeyType::rsa_1024, "Public-Key: (1024 bit)"},
                                                   {KeyType::rsa_4096, "Public-Key: (4096 bit)"},
                                                   {KeyType::ec_p384, "NIST CURVE: P-384"},
                                                   {KeyType::ed25519, "Public Key Algorithm: ED25519"}};
  for (const auto& [type, shown] : types) {
    const auto made = certificate({.issuer = "root", .subject = "/CN=x", .key = type});
    EXPECT_THAT(text_of(made.certificate), HasSubstr(shown));
    EXPECT_TRUE(key_matches_certificate(*must(parse_key(made.key)), *must(parse_certificate(made.certificate))));
  }
}

TEST_F(MintedZoo, is_signed_with_the_digest_that_the_plan_says) {
  const std::pair<SignatureDigest, const char*> digests[] = {{SignatureDigest::sha1, "ecdsa-with-SHA1\n"},
                                                             {SignatureDigest::sha384, "ecdsa-with-SHA384\n"},
                                                             {SignatureDigest::sha512, "ecdsa-with-SHA512\n"}};
  for (const auto& [digest, shown] : digests)
    EXPECT_THAT(text_of(certificate({.issuer = "root", .subject = "/CN=x", .key = ec, .digest = digest}).certificate),
                HasSubstr(shown));
  spec_.authorities["rsa"] = {.subject = "/CN=RSA", .digest = SignatureDigest::sha1};
  spec_.authorities["ed"] = {.subject = "/CN=Ed", .key = KeyType::ed25519};
  EXPECT_THAT(
      text_of(
          certificate({.issuer = "rsa", .subject = "/CN=x", .key = ec, .digest = SignatureDigest::md5}).certificate),
      HasSubstr("md5WithRSAEncryption"));
  EXPECT_THAT(text_of(must(materials().authority("rsa")).certificate), HasSubstr("sha1WithRSAEncryption"));
  EXPECT_THAT(text_of(certificate({.issuer = "ed", .subject = "/CN=x", .key = ec}).certificate),
              HasSubstr("Signature Algorithm: ED25519"));
}

TEST_F(MintedZoo, is_valid_when_the_plan_says) {
  auto made = certificate({.issuer = "root", .subject = "/CN=x", .days = 10, .key = ec, .begins_in_days = -30});
  EXPECT_THAT(verified(made, ""), HasSubstr("certificate has expired"));
  constexpr long day = 24 * 60 * 60;
  const auto root = must(parse_certificate(must(materials().authority("root")).certificate));
  const auto in_the_past = must(parse_certificate(made.certificate));
  EXPECT_EQ(verify(*in_the_past, *root, -21 * day), X509_V_ERR_CERT_NOT_YET_VALID) << "as the root";
  made = certificate({.issuer = "root", .subject = "/CN=x", .days = 10, .key = ec, .begins_in_days = 2});
  EXPECT_THAT(verified(made, ""), HasSubstr("certificate is not yet valid"));
  const auto later = must(parse_certificate(made.certificate));
  EXPECT_EQ(verify(*later, *must(parse_certificate(must(materials().authority("root")).certificate)), 3 * day),
            X509_V_OK);
}

TEST_F(MintedZoo, has_expired_and_is_not_yet_valid_by_the_hosts_clock_too) {
  using std::chrono::hours;
  const auto past = validity_of(-30, 10, {.least = -hours(72), .most = -hours(71)});
  EXPECT_EQ(past.not_after, -hours(72) - hours(24) * 20);
  const auto future = validity_of(2, 10, {.least = hours(71), .most = hours(72)});
  EXPECT_EQ(future.not_before, hours(72) + hours(24) * 2);
  EXPECT_EQ(validity_of(0, 7, {}).not_before, valid_for(7).not_before);
}

TEST_F(MintedZoo, carries_the_intermediates_that_lead_to_its_root) {
  const auto made = certificate({.issuer = "lower", .subject = "/CN=x", .key = ec});
  EXPECT_EQ(parse_certificates(made.certificate).size(), 3U);
  EXPECT_EQ(parse_certificates(must(materials().authority("lower")).certificate).size(), 3U);
  EXPECT_THAT(verified(made, "-untrusted " + made.certificate.file), HasSubstr(": OK"));
  EXPECT_THAT(verified(made, ""), HasSubstr("unable to get local issuer certificate"));
  EXPECT_EQ(parse_certificates(certificate({.issuer = "root", .subject = "/CN=x", .key = ec}).certificate).size(), 1U);
}

TEST_F(MintedZoo, imitates_an_authority_by_its_name) {
  const auto made = certificate({.issuer = "same-name", .subject = "/CN=x", .key = ec});
  EXPECT_THAT(text_of(made.certificate), HasSubstr("Issuer: CN = Root\n"));
  EXPECT_THAT(verified(made, ""), HasSubstr("certificate signature failure"));
}

// A broker must come to its signature to refuse it.
TEST_F(MintedZoo, is_forged_with_the_intermediates_of_what_it_imitates) {
  spec_.certificates = {{"good", {.issuer = "issuing", .subject = "/CN=x", .key = ec}},
                        {"bad", {.issuer = "issuing", .subject = "/CN=x", .key = ec, .is_revoked = true}}};
  const auto forged = must(materials().forged("bad", "good"));
  EXPECT_THAT(verified(forged, "-untrusted " + forged.certificate.file), HasSubstr("certificate signature failure"));
}

TEST_F(MintedZoo, signs_itself) {
  EXPECT_THAT(text_of(certificate({.issuer = "", .subject = "/CN=x", .key = ec}).certificate),
              AllOf(HasSubstr("Issuer: CN = x\n"), HasSubstr("CA:TRUE")));
  const auto made = certificate({.issuer = "", .subject = "/CN=x", .key = ec, .extended_usage = {"clientAuth"}});
  EXPECT_THAT(text_of(made.certificate), AllOf(HasSubstr("Issuer: CN = x\n"), Not(HasSubstr("CA:TRUE"))));
  EXPECT_THAT(verified(made, ""), HasSubstr("self-signed certificate"));
}

TEST_F(MintedZoo, is_revoked_by_its_issuers_list) {
  spec_.certificates = {{"good", {.issuer = "root", .subject = "/CN=x", .key = ec}},
                        {"bad", {.issuer = "root", .subject = "/CN=x", .key = ec, .is_revoked = true}},
                        {"elsewhere", {.issuer = "issuing", .subject = "/CN=x", .key = ec, .is_revoked = true}}};
  const TemporaryFolder lists;
  const auto checked = [&](const char* name, int days) {
    const auto list = lists.write("list", must(materials().revocation_list("root", days)).text);
    return verified(must(materials().certificate(name)), "-crl_check -CRLfile " + list);
  };
  EXPECT_THAT(checked("good", 30), HasSubstr(": OK"));
  EXPECT_THAT(checked("bad", 30), HasSubstr("certificate revoked"));
  EXPECT_THAT(checked("good", -2), HasSubstr("CRL has expired"));
  EXPECT_THAT(run_shell("openssl crl -noout -text -in " + (lists / "list")).output,
              AllOf(HasSubstr("Serial Number"), Not(HasSubstr("CRL extensions"))));
  EXPECT_EQ(materials().revocation_list("nobody", 1).error().kind, ErrorKind::invalid_input);
}

TEST_F(MintedZoo, is_a_file_where_the_plan_names_one) {
  const TemporaryFolder theirs;
  const auto ca = authority("/CN=Theirs");
  const auto leaf = signed_by(ca, {.subject = "/CN=leaf"});
  spec_.authorities["theirs"].files = {theirs.write("ca.crt", to_pem(*ca.certificate)),
                                       theirs.write("ca.key", to_pem(*ca.key))};
  const ExistingFiles files{theirs.write("a.crt", to_pem(*leaf.certificate)), theirs.write("a.key", to_pem(*leaf.key))};
  spec_.certificates = {{"read", {.issuer = "theirs", .subject = "", .is_revoked = true, .files = files}},
                        {"minted", {.issuer = "theirs", .subject = "/CN=m", .key_of = "read"}}};
  EXPECT_EQ(must(materials().certificate("read")).certificate.file, files.certificate);
  EXPECT_EQ(must(materials().certificate("read")).certificate.shown, files.certificate);
  const auto minted = must(materials().certificate("minted"));
  EXPECT_EQ(minted.key.text, to_pem(*leaf.key));
  EXPECT_EQ(verify(*must(parse_certificate(minted.certificate)), *ca.certificate), X509_V_OK);
  EXPECT_THAT(must(materials().revocation_list("theirs", 1)).text, HasSubstr("BEGIN X509 CRL"));
  EXPECT_FALSE(materials().forged("read", "minted"));

  theirs.write("a.key", to_pem(*ca.key));
  const TemporaryFolder fresh;
  MintedMaterials others(spec_, fresh.path(), {});
  EXPECT_THAT(to_english(others.certificate("read").error().what), HasSubstr("does not belong to the certificate"));
}

}  // namespace
}  // namespace mqtts::pki
