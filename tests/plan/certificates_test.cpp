// Every field of an authority and of a certificate.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/plan/expand.h"
#include "harness/plan/schemas.h"
#include "tests/plan/good_plan.h"
#include "tests/support/schema_check.h"
#include "tests/support/temporary_folder.h"

namespace mqtts::plan {
namespace {

using testing::ElementsAre;

std::string with_materials(const std::string& authorities, const std::string& certificates,
                           const std::string& file = R"({ "path": "/x", "text": "" })", const char* trust = "root") {
  return R"({ "schema": "mqtts-harness/plan/v1", "name": "x", "materials": { "authorities": {)" + authorities +
         R"(}, "certificates": {)" + certificates + R"(} }, "listeners": { "tls": { "port": 1, "tls": true } },
  "stages": [{ "id": "s", "files": [)" +
         file + R"(], "checks": [{ "id": "c", "client": { "listener": "tls", "trust": ")" + trust +
         R"(" }, "action": { "connect": {} }, "expect": "accepted" }] }] })";
}

TEST(Certificates, are_read_with_all_that_a_plan_may_say_of_them) {
  const auto text = with_materials(
      R"("root": { "subject": "/CN=Root", "key": "rsa:4096", "digest": "sha384" },
         "issuing": { "subject": "/CN=Issuing", "issuer": "root", "key": "ec:P-384", "begins_in_days": -5, "days": 9 },
         "same-name": { "like": "root", "key": "ed25519" }, "same-type": { "like": "root" })",
      R"("server": { "issuer": "issuing", "subject": "/CN=x", "key": "rsa:1024", "digest": "sha1", "ca": false,
                     "san": ["DNS:b.example", "IP:::1", "IP:${broker.address}", "192.0.2.1"],
                     "usage": ["serverAuth", "clientAuth"], "key_usage": ["digitalSignature"] },
         "alone": { "self_signed": true, "subject": "/CN=y", "begins_in_days": 2 },
         "revoked": { "issuer": "root", "subject": "/CN=z", "revoked": true })",
      R"({ "path": "/x", "crl": "root", "crl_days": -3 })");
  EXPECT_EQ(test::schema_says(plan_schema(), text), "");
  const auto loaded = parse_plan(text, "p.json");
  ASSERT_TRUE(loaded.plan) << to_english(loaded.problems.front().message);
  const auto plan = expand(*loaded.plan, {{"broker.address", "192.0.2.7"}}, [] { return std::string(); });
  const auto& authorities = plan.materials.authorities;
  EXPECT_EQ(authorities.at("root").key, KeyType::rsa_4096);
  EXPECT_EQ(authorities.at("root").digest, SignatureDigest::sha384);
  EXPECT_EQ(authorities.at("issuing").issuer, "root");
  EXPECT_EQ(authorities.at("issuing").begins_in_days, -5);
  EXPECT_EQ(authorities.at("issuing").days, 9);
  EXPECT_EQ(authorities.at("same-name").like, "root");
  EXPECT_EQ(authorities.at("same-name").subject, "/CN=Root");
  EXPECT_EQ(authorities.at("same-name").key, KeyType::ed25519);
  EXPECT_EQ(authorities.at("same-type").key, KeyType::rsa_4096) << "another type would be told apart by itself";

  const auto& server = plan.materials.certificates.at("server");
  EXPECT_THAT(server.names, ElementsAre("DNS:b.example", "IP:::1", "IP:192.0.2.7", "192.0.2.1"));
  EXPECT_THAT(server.extended_usage, ElementsAre("serverAuth", "clientAuth"));
  EXPECT_THAT(server.usage, ElementsAre("digitalSignature"));
  EXPECT_EQ(server.is_ca, false);
  EXPECT_EQ(server.digest, SignatureDigest::sha1);
  EXPECT_EQ(server.key, KeyType::rsa_1024);
  const auto& alone = plan.materials.certificates.at("alone");
  EXPECT_EQ(alone.issuer, "");
  EXPECT_EQ(alone.begins_in_days, 2);
  EXPECT_FALSE(alone.is_ca);
  EXPECT_TRUE(plan.materials.certificates.at("revoked").is_revoked);
  EXPECT_EQ(plan.stages[0].files[0].content, FileContent::revocation_list);
  EXPECT_EQ(plan.stages[0].files[0].material, "root");
  EXPECT_EQ(plan.stages[0].files[0].list_days, -3);
}

TEST(Certificates, may_be_files_beside_the_plan) {
  const test::TemporaryFolder folder;
  for (const auto* name : {"ca.crt", "a.crt", "a.key"}) folder.write(name, "");
  const auto text =
      with_materials(R"("root": { "certificate_file": "ca.crt" })",
                     R"("client": { "certificate_file": "./a.crt", "key_file": "a.key", "issuer": "root" })");
  EXPECT_EQ(test::schema_says(plan_schema(), text), "");
  const auto loaded = load_plan(folder.write("p.json", text));
  ASSERT_TRUE(loaded.plan) << to_english(loaded.problems.front().message);
  EXPECT_EQ(loaded.plan->materials.authorities.at("root").files.certificate, folder / "ca.crt");
  EXPECT_EQ(loaded.plan->materials.certificates.at("client").files.certificate, folder / "a.crt");
  EXPECT_EQ(loaded.plan->materials.certificates.at("client").files.key, folder / "a.key");
  EXPECT_EQ(loaded.plan->materials.certificates.at("client").issuer, "root");
}

// Whoever verifies a server needs its root: an intermediate alone is nothing to OpenSSL.
TEST(Certificates, of_intermediates_are_nothing_to_trust) {
  const auto loaded = parse_plan(with_materials(R"("root": { "subject": "/CN=Root" },
      "issuing": { "subject": "/CN=Issuing", "issuer": "root" })",
                                                "", R"({ "path": "/x", "text": "" })", "issuing"),
                                 "p.json");
  ASSERT_EQ(loaded.problems.size(), 1U);
  EXPECT_EQ(to_english(loaded.problems[0].message),
            "\"issuing\" is an intermediate authority: trust the root above it");
}

}  // namespace
}  // namespace mqtts::plan
