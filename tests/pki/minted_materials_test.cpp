#include "harness/pki/minted_materials.h"

#include <sys/stat.h>

#include <set>
#include <thread>

#include <gmock/gmock.h>

#include "tests/pki/support.h"

namespace mqtts::pki {
namespace {

using testing::ElementsAre;
using testing::IsSubsetOf;

// The lab's set, with keys that cost nothing.
MaterialsSpec lab_spec() {
  constexpr auto ec = KeyType::ec_p256;
  return {
      .authorities = {{"lab-ca", {.subject = "/C=FR/L=PARIS/CN=Lab CA", .days = 1826, .key = ec}},
                      {"stranger-ca", {.subject = "/CN=Stranger CA", .key = ec}}},
      .certificates = {{"server", {.issuer = "lab-ca", .subject = "/CN=127.0.0.1", .key = ec}},
                       {"userclient", {.issuer = "lab-ca", .subject = "/CN=userclient", .key = ec}},
                       {"stranger", {.issuer = "stranger-ca", .subject = "/CN=userclient", .key_of = "userclient"}}},
      .accounts = {{"userclient", "secret"}}};
}

int verify_identity(const Identity& leaf, const Identity& root) {
  return verify(*must(parse_certificate(leaf.certificate)), *must(parse_certificate(root.certificate)));
}

std::set<std::string> names_in(const TemporaryFolder& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) names.insert(entry.path().filename());
  return names;
}

TEST(MintedMaterials, are_signed_as_the_plan_says) {
  const TemporaryFolder folder;
  MintedMaterials materials(lab_spec(), folder.path(), {});
  const auto lab = must(materials.authority("lab-ca"));
  const auto stranger_ca = must(materials.authority("stranger-ca"));
  const auto server = must(materials.certificate("server"));
  const auto client = must(materials.certificate("userclient"));
  const auto stranger = must(materials.certificate("stranger"));
  EXPECT_EQ(verify_identity(server, lab), X509_V_OK);
  EXPECT_EQ(verify_identity(client, lab), X509_V_OK);
  EXPECT_EQ(verify_identity(stranger, stranger_ca), X509_V_OK);
  EXPECT_EQ(verify_identity(stranger, lab), X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
  for (const auto& identity : {lab, stranger_ca, server, client, stranger}) {
    EXPECT_TRUE(
        key_matches_certificate(*must(parse_key(identity.key)), *must(parse_certificate(identity.certificate))));
  }
  EXPECT_EQ(stranger.key.file, client.key.file);
  EXPECT_NE(server.key.text, client.key.text);
  EXPECT_EQ(must(materials.account("userclient")).password, "secret");
}

TEST(MintedMaterials, forge_an_issuer_by_its_name_only) {
  const TemporaryFolder folder;
  MintedMaterials materials(lab_spec(), folder.path(), {});
  const auto lab = must(materials.authority("lab-ca"));
  const auto forged = must(materials.forged("stranger", "userclient"));
  const auto certificate = must(parse_certificate(forged.certificate));
  EXPECT_EQ(X509_NAME_cmp(X509_get_issuer_name(certificate.get()),
                          X509_get_subject_name(must(parse_certificate(lab.certificate)).get())),
            0);
  EXPECT_EQ(verify_identity(forged, lab), X509_V_ERR_CERT_SIGNATURE_FAILURE);
  EXPECT_TRUE(key_matches_certificate(*must(parse_key(forged.key)), *certificate));
  EXPECT_EQ(must(materials.forged("stranger", "userclient")).certificate.text, forged.certificate.text);
  EXPECT_FALSE(materials.forged("nobody", "userclient"));
}

// The trusted CA's own signature would be no forgery.
TEST(MintedMaterials, forge_what_the_imitated_authority_itself_has_signed) {
  const TemporaryFolder folder;
  auto spec = lab_spec();
  spec.certificates["revoked"] = {.issuer = "lab-ca", .subject = "/CN=userclient", .key_of = "userclient"};
  spec.certificates["revoked"].is_revoked = true;
  MintedMaterials materials(spec, folder.path(), {});
  EXPECT_EQ(verify_identity(must(materials.forged("revoked", "userclient")), must(materials.authority("lab-ca"))),
            X509_V_ERR_CERT_SIGNATURE_FAILURE);
}

TEST(MintedMaterials, are_the_same_whenever_asked_for) {
  const TemporaryFolder folder;
  MintedMaterials materials(lab_spec(), folder.path(), {});
  EXPECT_EQ(must(materials.certificate("server")).certificate.text,
            must(materials.certificate("server")).certificate.text);
  EXPECT_EQ(must(materials.authority("lab-ca")).certificate.text, must(materials.authority("lab-ca")).certificate.text);
}

TEST(MintedMaterials, lie_in_files_that_only_we_can_read) {
  const TemporaryFolder folder;
  MintedMaterials materials(lab_spec(), folder.path(), {});
  for (const auto* name : {"server", "userclient", "stranger"}) {
    const auto identity = must(materials.certificate(name));
    EXPECT_EQ(content_of(identity.certificate.file), identity.certificate.text);
    EXPECT_EQ(content_of(identity.key.file), identity.key.text);
  }
  EXPECT_THAT(names_in(folder),
              ElementsAre("authority.lab-ca.crt", "authority.lab-ca.key", "authority.stranger-ca.crt",
                          "authority.stranger-ca.key", "certificate.server.crt", "certificate.server.key",
                          "certificate.stranger.crt", "certificate.userclient.crt", "certificate.userclient.key"));
  for (const auto& name : names_in(folder)) {
    struct stat facts {};
    ASSERT_EQ(stat((folder / name).c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 07777, 0600U) << name;
  }
}

TEST(MintedMaterials, stay_in_their_folder_whatever_they_are_called) {
  const TemporaryFolder folder;
  constexpr auto ec = KeyType::ec_p256;
  MintedMaterials materials({.authorities = {{"../x", {.subject = "/CN=a", .key = ec}}, {"%2e%2e/x", {"/CN=b", 1, ec}}},
                             .certificates = {{"../x", {.issuer = "../x", .subject = "/CN=c", .key = ec}}}},
                            folder.path(), {});
  EXPECT_TRUE(materials.authority("../x"));
  EXPECT_TRUE(materials.authority("%2e%2e/x"));
  EXPECT_TRUE(materials.certificate("../x"));
  EXPECT_EQ(names_in(folder).size(), 6U);
}

TEST(MintedMaterials, can_be_asked_for_by_many_threads_at_once) {
  const TemporaryFolder folder;
  MintedMaterials materials(lab_spec(), folder.path(), {});
  std::vector<std::string> seen(8);
  {
    std::vector<std::jthread> threads;
    for (auto& text : seen) {
      threads.emplace_back([&] {
        for (const auto* name : {"stranger", "server", "userclient"}) {
          text += must(materials.certificate(name)).certificate.text;
        }
        text += must(materials.authority("lab-ca")).certificate.text + must(materials.account("userclient")).password;
      });
    }
  }
  for (const auto& text : seen) EXPECT_EQ(text, seen.front());
}

TEST(MintedMaterials, that_nobody_named_are_an_error) {
  const TemporaryFolder folder;
  MintedMaterials materials(lab_spec(), folder.path(), {"nobody"});
  EXPECT_EQ(materials.authority("server").error().kind, ErrorKind::invalid_input);
  EXPECT_EQ(to_english(materials.certificate("nobody").error().what), "the plan's materials do not know nobody");
  EXPECT_EQ(materials.account("nobody").error().kind, ErrorKind::invalid_input);
}

TEST(MintedMaterials, with_a_bad_subject_are_an_error_each_time) {
  const TemporaryFolder folder;
  auto spec = lab_spec();
  spec.authorities["lab-ca"].subject = "Lab CA";
  MintedMaterials materials(spec, folder.path(), {});
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(materials.authority("lab-ca").error().kind, ErrorKind::invalid_input);
    EXPECT_EQ(materials.certificate("server").error().kind, ErrorKind::invalid_input);
  }
  EXPECT_TRUE(materials.authority("stranger-ca"));
}

TEST(MintedMaterials, never_write_over_a_file_of_somebody_elses) {
  const TemporaryFolder folder;
  const auto file = folder.write("certificate.server.crt", "mine\n");
  MintedMaterials materials(lab_spec(), folder.path(), {});
  EXPECT_EQ(to_english(materials.certificate("server").error().what), file + " cannot be written");
  EXPECT_EQ(content_of(file), "mine\n");
}

TEST(MintedMaterials, lend_one_key_along_a_row_of_key_of_and_survive_a_ring) {
  const TemporaryFolder folder;
  auto spec = lab_spec();
  spec.certificates["second"] = {.issuer = "stranger-ca", .subject = "/CN=x", .key_of = "stranger"};
  spec.certificates["ring-a"] = {.issuer = "lab-ca", .subject = "/CN=x", .key = KeyType::ec_p256, .key_of = "ring-b"};
  spec.certificates["ring-b"] = {.issuer = "lab-ca", .subject = "/CN=x", .key = KeyType::ec_p256, .key_of = "ring-a"};
  MintedMaterials materials(spec, folder.path(), {});
  EXPECT_EQ(must(materials.certificate("second")).key.file, folder / "certificate.userclient.key");
  EXPECT_TRUE(materials.certificate("ring-a"));
  EXPECT_TRUE(materials.certificate("ring-b"));
}

TEST(MintedMaterials, tell_how_long_minting_took) {
  const TemporaryFolder folder;
  MintedMaterials materials(lab_spec(), folder.path(), {});
  EXPECT_TRUE(materials.certificate("server"));
  EXPECT_GT(materials.minting_seconds(), 0);
}

TEST(MintedMaterials, make_first_what_is_wanted_first) {
  const TemporaryFolder folder;
  MaterialsSpec spec;
  for (unsigned i = 0; i < 16 * std::max(1U, std::thread::hardware_concurrency()); ++i) {
    spec.authorities[std::to_string(100 + i)] = {.subject = "/CN=x"};
  }
  const auto last = spec.authorities.rbegin()->first;
  const auto last_but_one = std::next(spec.authorities.rbegin())->first;
  const MintedMaterials materials(spec, folder.path(), {last});
  // Looked for on the disk: to ask for it would be to hurry it.
  const auto soon = Deadline::in(std::chrono::seconds(30));
  while (!names_in(folder).contains("authority." + last + ".key")) {
    ASSERT_FALSE(soon.passed());
    std::this_thread::yield();
  }
  EXPECT_FALSE(names_in(folder).contains("authority." + last_but_one + ".key"));
}

TEST(OrderOfNeed, follows_the_stages_with_issuers_first) {
  Plan plan{.materials = lab_spec()};
  CheckSpec check{.client = {.trust = "lab-ca", .certificate = "userclient"}};
  check.probe = {.kind = "deliver", .roles = {{"reader", {.certificate = "stranger"}}}};
  plan.stages = {{.id = "open"},
                 {.id = "tls", .files = {{.content = FileContent::private_key, .material = "server"}}},
                 {.id = "client-certificate", .checks = {check}}};
  EXPECT_THAT(in_order_of_need(plan),
              ElementsAre("lab-ca", "server", "lab-ca", "lab-ca", "userclient", "stranger-ca", "stranger"));
}

}  // namespace
}  // namespace mqtts::pki
