#include <gmock/gmock.h>

#include "harness/pki/given_materials.h"
#include "tests/pki/given_lab.h"

namespace mqtts::pki {
namespace {

using testing::HasSubstr;

// The plan's zoo: certificates of the lab's CA that only refused clients present.
class GivenZooTest : public GivenMaterialsTest {
 protected:
  GivenZooTest() {
    auto& certificates = plan.materials.certificates;
    certificates["userclient"].subject = "/CN=userclient";
    certificates["expired"] = {
        .issuer = "lab-ca", .subject = "/CN=userclient", .days = 10, .key_of = "userclient", .begins_in_days = -30};
    certificates["early"] = {.issuer = "lab-ca", .subject = "/CN=other", .key_of = "userclient", .begins_in_days = 2};
    certificates["of-a-server"] = {
        .issuer = "lab-ca", .subject = "/CN=userclient", .key_of = "userclient", .extended_usage = {"serverAuth"}};
    certificates["revoked"] = {
        .issuer = "lab-ca", .subject = "/CN=userclient", .key_of = "userclient", .is_revoked = true};
    auto& checks = plan.stages[0].checks;
    checks = {{.id = "in", .client = {.trust = "lab-ca", .certificate = "userclient"}}};
    for (const auto* name : {"expired", "early", "of-a-server", "revoked", "stranger"})
      checks.push_back(
          {.id = name, .client = {.trust = "lab-ca", .certificate = name}, .control = "in", .changed = "certificate"});
  }
};

TEST_F(GivenZooTest, is_made_with_the_key_of_the_labs_ca) {
  given.ca_key = ca_key;
  auto all = materials();
  EXPECT_EQ(verified_by_student(must(all.certificate("expired")).certificate), X509_V_ERR_CERT_HAS_EXPIRED);
  EXPECT_EQ(verified_by_student(must(all.certificate("early")).certificate), X509_V_ERR_CERT_NOT_YET_VALID);
  const auto of_a_server = must(parse_certificate(must(all.certificate("of-a-server")).certificate));
  EXPECT_NE(X509_check_purpose(of_a_server.get(), X509_PURPOSE_SSL_CLIENT, 0), 1);
  for (const auto* name : {"expired", "early", "of-a-server"})
    EXPECT_EQ(must(all.certificate(name)).key.file, given.identities["userclient"].key_file) << name;
  // It differs from the client that is let in as the plan says, and in nothing else.
  EXPECT_EQ(subject_of(*must(parse_certificate(must(all.certificate("expired")).certificate))), "/CN=student");
  EXPECT_EQ(subject_of(*must(parse_certificate(must(all.certificate("early")).certificate))), "/CN=other");
}

TEST_F(GivenZooTest, is_missing_without_that_key_and_says_so) {
  auto all = materials();
  for (const auto* name : {"expired", "early", "of-a-server"}) {
    const auto why = all.certificate(name).error();
    EXPECT_EQ(why.kind, ErrorKind::missing_material) << name;
    EXPECT_EQ(to_english(why.what),
              std::string("the target file does not give the key of the lab's CA, which must sign ") + name);
    EXPECT_THAT(to_english(why.hint), HasSubstr("materials.ca_key"));
  }
}

// The broker's list is there already: it would let a fresh certificate in.
TEST_F(GivenZooTest, has_no_fresh_certificate_that_a_broker_could_know_as_revoked) {
  given.ca_key = ca_key;
  auto all = materials();
  const auto why = all.certificate("revoked").error();
  EXPECT_EQ(why.kind, ErrorKind::missing_material);
  EXPECT_THAT(to_english(why.hint), HasSubstr("materials.identities.revoked"));

  given.identities["revoked"] = given.identities["userclient"];
  const TemporaryFolder fresh;
  ProvidedMaterials given_one(plan, given, fresh.path());
  EXPECT_EQ(must(given_one.certificate("revoked")).certificate.file, given.identities["userclient"].certificate_file);
}

// Else a broker that does what it should would fail the check.
TEST_F(GivenZooTest, is_not_taken_from_a_target_that_gives_another) {
  for (const auto* name : {"expired", "early", "of-a-server"}) given.identities[name] = given.identities["userclient"];
  auto all = materials();
  EXPECT_EQ(to_english(all.certificate("expired").error().what),
            "the certificate in " + (student / "client.crt") + " has not expired, as it has in the plan");
  EXPECT_THAT(to_english(all.certificate("early").error().what), HasSubstr("is valid already"));
  EXPECT_THAT(to_english(all.certificate("of-a-server").error().what), HasSubstr("is of use to a client"));
}

// Its certificate signs nothing, and any other stranger's will do.
TEST_F(GivenZooTest, makes_a_stranger_though_the_target_names_the_ca_of_one) {
  const auto theirs = authority("/CN=Theirs");
  given.authorities["stranger-ca"] = student.write("stranger-ca.crt", to_pem(*theirs.certificate));
  auto all = materials();
  const auto stranger = must(all.certificate("stranger"));
  EXPECT_EQ(verify(*must(parse_certificate(stranger.certificate)),
                   *must(parse_certificate(must(all.authority("stranger-ca")).certificate))),
            X509_V_OK);
  EXPECT_NE(verified_by_student(stranger.certificate), X509_V_OK);

  const auto leaf = signed_by(theirs, {.subject = "/CN=userclient"});
  given.identities["stranger"] = {student.write("stranger.crt", to_pem(*leaf.certificate)),
                                  student.write("stranger.key", to_pem(*leaf.key))};
  const TemporaryFolder fresh;
  ProvidedMaterials complete(plan, given, fresh.path());
  EXPECT_EQ(must(complete.certificate("stranger")).certificate.file, student / "stranger.crt");
  EXPECT_EQ(must(complete.authority("stranger-ca")).certificate.file, student / "stranger-ca.crt");
}

TEST_F(GivenMaterialsTest, takes_no_file_of_the_plan_from_the_target) {
  const auto theirs = authority("/CN=Theirs");
  const auto leaf = signed_by(theirs, {.subject = "/CN=leaf"});
  const auto ca_file = student.write("theirs.crt", to_pem(*theirs.certificate));
  plan.materials.authorities["lab-ca"].files = {.certificate = ca_file, .key = {}};
  plan.materials.certificates["userclient"].files = {student.write("leaf.crt", to_pem(*leaf.certificate)),
                                                     student.write("leaf.key", to_pem(*leaf.key))};
  given.identities.clear();
  auto all = materials();
  EXPECT_EQ(must(all.authority("lab-ca")).certificate.file, ca_file);
  EXPECT_EQ(must(all.certificate("userclient")).certificate.file, student / "leaf.crt");
}

}  // namespace
}  // namespace mqtts::pki
