#include "harness/pki/strangers.h"

#include <set>

#include <gtest/gtest.h>

#include "harness/pki/subject.h"
#include "tests/pki/given_lab.h"

namespace mqtts::pki {
namespace {

TEST_F(GivenMaterialsTest, no_stranger_is_called_as_the_labs_ca_by_chance) {
  for (const std::string name : {"/CN=ca", "/CN=My CA", "/CN=Stranger CA", "/CN=userclient", "/CN=localhost"}) {
    const auto ca = authority(name);
    const auto server = signed_by(ca, {.subject = "/CN=admin"});
    given.ca = student.write("ca.crt", to_pem(*ca.certificate));
    given.identities = {
        {"server", {student.write("s.crt", to_pem(*server.certificate)), student.write("s.key", to_pem(*server.key))}}};
    for (int i = 0; i < 100; ++i) {
      const TemporaryFolder of_its_own;
      ProvidedMaterials all(plan, given, of_its_own.path(), {.seed = "seed " + std::to_string(i)});
      const auto stranger_ca = must(parse_certificate(must(all.authority("stranger-ca")).certificate));
      const auto stranger = must(parse_certificate(must(all.certificate("stranger")).certificate));
      const auto* own = X509_get_subject_name(ca.certificate.get());
      ASSERT_NE(X509_NAME_cmp(X509_get_subject_name(stranger_ca.get()), own), 0) << name << i;
      ASSERT_NE(X509_NAME_cmp(X509_get_issuer_name(stranger.get()), own), 0) << name << i;
      ASSERT_NE(subject_of(*stranger), "/CN=admin") << i;
    }
  }
}

TEST_F(GivenMaterialsTest, a_stranger_whom_the_plan_calls_as_the_labs_ca_keeps_that_name) {
  plan.materials.authorities["stranger-ca"].subject = plan.materials.authorities["lab-ca"].subject;
  for (int i = 0; i < 20; ++i) {
    const TemporaryFolder of_its_own;
    ProvidedMaterials all(plan, given, of_its_own.path(), {.seed = "seed " + std::to_string(i)});
    EXPECT_EQ(subject_of(*must(parse_certificate(must(all.authority("stranger-ca")).certificate))), "/CN=Lab CA");
  }
}

TEST_F(GivenMaterialsTest, draws_strangers_from_the_seed_and_nothing_that_the_labs_ca_signs) {
  given.identities.clear();
  given.ca_key = ca_key;
  const TemporaryFolder other_folder;
  ProvidedMaterials one(plan, given, folder.path(), {.seed = "seed"});
  ProvidedMaterials two(plan, given, other_folder.path(), {.seed = "seed"});
  EXPECT_EQ(must(one.authority("stranger-ca")).key.text, must(two.authority("stranger-ca")).key.text);
  EXPECT_NE(must(one.certificate("userclient")).key.text, must(two.certificate("userclient")).key.text)
      << "whoever reads the seed could log in";
  const auto serial = [](Materials& all) {
    const auto certificate = must(parse_certificate(must(all.authority("stranger-ca")).certificate));
    return std::unique_ptr<BIGNUM, FreeWith<BN_free>>(
        ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate.get()), nullptr));
  };
  EXPECT_EQ(BN_cmp(serial(one).get(), serial(two).get()), 0);
}

TEST_F(GivenMaterialsTest, draws_strangers_of_every_kind_and_none_that_the_labs_ca_has_signed) {
  std::set<std::string> subjects;
  int signed_by_themselves = 0;
  int with_a_known_key = 0;
  constexpr int strangers = 40;
  for (int i = 0; i < strangers; ++i) {
    const TemporaryFolder of_its_own;
    ProvidedMaterials all(plan, given, of_its_own.path(), {.seed = "seed " + std::to_string(i)});
    const auto stranger = must(all.certificate("stranger"));
    const auto certificate = must(parse_certificate(stranger.certificate));
    EXPECT_NE(verified_by_student(stranger.certificate), X509_V_OK);
    EXPECT_TRUE(key_matches_certificate(*must(parse_key(stranger.key)), *certificate));
    subjects.insert(subject_of(*certificate));
    if (X509_self_signed(certificate.get(), 1) == 1) ++signed_by_themselves;
    if (stranger.key.file == given.identities["userclient"].key_file) ++with_a_known_key;
  }
  EXPECT_GT(subjects.size(), 3U);
  EXPECT_GT(signed_by_themselves, strangers / 8);
  EXPECT_LT(signed_by_themselves, strangers * 5 / 8);
  EXPECT_GT(with_a_known_key, strangers / 4);
  EXPECT_LT(with_a_known_key, strangers * 3 / 4);
}

TEST_F(GivenMaterialsTest, draws_others_from_another_seed) {
  const TemporaryFolder other_folder;
  ProvidedMaterials one(plan, given, folder.path(), {.seed = "seed"});
  ProvidedMaterials two(plan, given, other_folder.path(), {.seed = "another"});
  EXPECT_NE(must(one.authority("stranger-ca")).key.text, must(two.authority("stranger-ca")).key.text);
}

// A broker that does not look at who has signed, but at a name or an algorithm, must not be able to tell them apart.
TEST(StrangersLike, differ_from_the_labs_client_in_nothing_but_who_has_signed_them) {
  for (const auto kind : {KeyType::rsa_2048, KeyType::ec_p256}) {
    const auto key = must(make_key(kind));
    const auto ca = must(make_authority("/CN=Lab CA", valid_for(10), *key));
    const auto own_key = must(make_key(KeyType::ec_p256));
    const std::string subject = "/C=FR/L=PARIS/O=A\\/B/CN=user\\+client";
    const auto client = must(make_certificate({.subject = subject}, *own_key, {*ca, *key}));

    MaterialsSpec spec;
    spec.authorities = {{"lab-ca", {.subject = "/CN=Lab CA", .key = KeyType::ec_p256}},
                        {"stranger-ca", {.subject = "/CN=Stranger CA", .key = KeyType::ec_p256}}};
    spec.certificates = {{"userclient", {.issuer = "lab-ca", .subject = "/CN=userclient"}},
                         {"stranger", {.issuer = "stranger-ca", .subject = "/CN=userclient", .key_of = "userclient"}},
                         {"other", {.issuer = "stranger-ca", .subject = "/CN=other"}}};
    const auto made = with_strangers_like(to_pem(*client), spec, {"lab-ca"});
    EXPECT_EQ(X509_NAME_cmp(must(parse_subject(made.certificates.at("stranger").subject)).get(),
                            X509_get_subject_name(client.get())),
              0);
    EXPECT_EQ(made.authorities.at("stranger-ca").key, kind);
    EXPECT_EQ(made.authorities.at("lab-ca").key, KeyType::ec_p256);
    EXPECT_EQ(made.certificates.at("other").subject, "/CN=other") << "the plan has its reasons";
    EXPECT_EQ(made.certificates.at("userclient").subject, "/CN=userclient");
  }
}

TEST_F(GivenMaterialsTest, a_stranger_of_one_broker_bears_the_given_clients_name) {
  const auto ca = authority("/CN=Some CA");
  const auto client = signed_by(ca, {.subject = "/C=FR/L=PARIS/CN=userclient"});
  given.ca = student.write("ca.crt", to_pem(*ca.certificate));
  given.identities["userclient"] = {student.write("u.crt", to_pem(*client.certificate)),
                                    student.write("u.key", to_pem(*client.key))};
  ProvidedMaterials all(plan, given, student.path());
  const auto stranger = must(parse_certificate(must(all.certificate("stranger")).certificate));
  EXPECT_EQ(X509_NAME_cmp(X509_get_subject_name(stranger.get()), X509_get_subject_name(client.certificate.get())), 0);
  EXPECT_EQ(X509_verify(stranger.get(), X509_get0_pubkey(ca.certificate.get())), 0);
}

}  // namespace
}  // namespace mqtts::pki
