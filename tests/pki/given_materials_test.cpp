#include "harness/pki/given_materials.h"

#include <sys/stat.h>

#include <cstdlib>
#include <set>

#include <gmock/gmock.h>

#include "tests/pki/given_lab.h"

namespace mqtts::pki {
namespace {

using testing::HasSubstr;

TEST_F(GivenMaterialsTest, takes_what_is_the_labs_own_from_the_target) {
  auto all = materials();
  const auto lab = must(all.authority("lab-ca"));
  EXPECT_EQ(lab.certificate.file, given.ca);
  EXPECT_TRUE(lab.key.empty());
  const auto client = must(all.certificate("userclient"));
  EXPECT_EQ(client.certificate.file, given.identities["userclient"].certificate_file);
  EXPECT_EQ(client.certificate.text, content_of(client.certificate.file));
  EXPECT_EQ(client.key.file, given.identities["userclient"].key_file);
  EXPECT_EQ(must(all.account("userclient")).password, "s3cret word");
}

TEST_F(GivenMaterialsTest, mints_what_is_not_the_labs_own) {
  auto all = materials();
  EXPECT_EQ(must(all.authority("stranger-ca")).certificate.file, folder / "authority.stranger-ca.crt");
  EXPECT_EQ(must(all.account("nobody")).password, "random-2");
  const auto stranger = must(all.certificate("stranger"));
  EXPECT_EQ(stranger.certificate.file, folder / "certificate.stranger.crt");
  EXPECT_NE(verified_by_student(stranger.certificate), X509_V_OK);
}

TEST_F(GivenMaterialsTest, takes_a_stranger_that_the_target_names) {
  const auto other = signed_by(authority("/CN=Other CA"), {.subject = "/CN=other"});
  given.accounts["nobody"] = {.password_file = student.write("nobody.pw", "known")};
  given.identities["stranger"] = {student.write("other.crt", to_pem(*other.certificate)),
                                  student.write("other.key", to_pem(*other.key))};
  auto all = materials();
  EXPECT_EQ(must(all.account("nobody")).password, "known");
  EXPECT_EQ(must(all.certificate("stranger")).certificate.file, student / "other.crt");
  EXPECT_EQ(must(all.authority("stranger-ca")).certificate.file, folder / "authority.stranger-ca.crt");
  EXPECT_NE(verified_by_student(must(all.forged("stranger", "userclient")).certificate), X509_V_OK);
}

TEST_F(GivenMaterialsTest, a_stranger_that_the_target_names_is_not_of_the_labs_ca) {
  given.identities["stranger"] = given.identities["userclient"];
  const auto stranger = materials().certificate("stranger");
  ASSERT_FALSE(stranger) << "what should refuse it would let it in";
  EXPECT_EQ(stranger.error().kind, ErrorKind::local);
  EXPECT_THAT(to_english(stranger.error().what), HasSubstr("which is a stranger's in the plan"));
}

// Otherwise a broker that trusts its CA might refuse it, and for another reason.
TEST_F(GivenMaterialsTest, a_stranger_that_the_target_names_has_no_other_fault) {
  using namespace std::chrono_literals;
  const auto other = authority("/CN=Other CA");
  const auto name = [&](const Party& party) {
    given.identities["stranger"] = {student.write("other.crt", to_pem(*party.certificate)),
                                    student.write("other.key", to_pem(*party.key))};
    const TemporaryFolder fresh;
    return ProvidedMaterials(plan, given, fresh.path()).certificate("stranger").has_value();
  };
  EXPECT_TRUE(name(signed_by(other, {.subject = "/CN=other"})));
  EXPECT_FALSE(name(signed_by(other, {.subject = "/CN=other", .validity = {24h, 48h}})));
  EXPECT_FALSE(name(signed_by(other, {.subject = "/CN=other", .validity = {-48h, -24h}})));
}

TEST_F(GivenMaterialsTest, a_stranger_is_compared_with_the_labs_cas_wherever_they_are_given) {
  given.authorities["lab-ca"] = given.ca;
  given.ca.clear();
  given.identities["stranger"] = given.identities["userclient"];
  EXPECT_FALSE(materials().certificate("stranger"));
}

TEST_F(GivenMaterialsTest, a_strangers_ca_does_not_keep_a_clients_from_being_compared_with_the_labs) {
  const auto another = authority("/CN=Another CA");
  const auto client = signed_by(another, {.subject = "/CN=userclient"});
  given.identities["userclient"] = {student.write("another.crt", to_pem(*client.certificate)),
                                    student.write("another.key", to_pem(*client.key))};
  EXPECT_FALSE(must(materials().certificate("userclient")).foreign.empty());
  given.authorities["stranger-ca"] = student.write("stranger-ca.crt", to_pem(*authority("/CN=S").certificate));
  const TemporaryFolder fresh;
  EXPECT_FALSE(must(ProvidedMaterials(plan, given, fresh.path()).certificate("userclient")).foreign.empty());
}

TEST_F(GivenMaterialsTest, lends_a_given_key_to_the_stranger) {
  auto all = materials();
  const auto stranger = must(all.certificate("stranger"));
  EXPECT_EQ(stranger.key.file, given.identities["userclient"].key_file);
  EXPECT_TRUE(key_matches_certificate(*must(parse_key(stranger.key)), *must(parse_certificate(stranger.certificate))));
}

TEST_F(GivenMaterialsTest, makes_the_stranger_a_key_where_none_is_given) {
  given.identities.clear();
  auto all = materials();
  const auto stranger = must(all.certificate("stranger"));
  EXPECT_EQ(stranger.key.file, folder / "certificate.stranger.key");
  EXPECT_TRUE(key_matches_certificate(*must(parse_key(stranger.key)), *must(parse_certificate(stranger.certificate))));
}

TEST_F(GivenMaterialsTest, mints_the_labs_certificates_with_the_labs_key_where_it_is_given) {
  given.ca_key = ca_key;
  auto all = materials();
  EXPECT_EQ(must(all.authority("lab-ca")).key.file, ca_key);
  const auto server = must(all.certificate("server"));
  EXPECT_EQ(server.certificate.file, folder / "certificate.server.crt");
  EXPECT_EQ(verified_by_student(server.certificate), X509_V_OK);
  EXPECT_EQ(must(all.certificate("userclient")).certificate.file, given.identities["userclient"].certificate_file)
      << "a given identity goes before a minted one";
}

TEST_F(GivenMaterialsTest, says_what_to_put_into_the_target_file) {
  given.ca.clear();
  given.identities.clear();
  given.accounts = {};
  auto all = materials();

  const auto ca = all.authority("lab-ca").error();
  EXPECT_EQ(ca.kind, ErrorKind::missing_material);
  EXPECT_THAT(to_english(ca.hint), HasSubstr("materials.ca in the target file"));

  const auto client = all.certificate("userclient").error();
  EXPECT_EQ(client.kind, ErrorKind::missing_material);
  EXPECT_EQ(to_english(client.what), "the target file does not give the certificate and key of userclient");
  EXPECT_THAT(to_english(client.hint), HasSubstr("materials.identities.userclient"));
  EXPECT_THAT(to_english(client.hint), HasSubstr("materials.ca_key"));

  const auto account = all.account("userclient").error();
  EXPECT_EQ(account.kind, ErrorKind::missing_material);
  EXPECT_THAT(to_english(account.hint), HasSubstr("materials.accounts.userclient"));
}

TEST_F(GivenMaterialsTest, takes_the_issuer_of_what_is_on_the_host_for_the_labs_own) {
  for (const auto content : {FileContent::certificate, FileContent::private_key}) {
    plan.stages = {{.files = {{.content = content, .material = "server"}}}};
    EXPECT_EQ(must(materials().authority("lab-ca")).certificate.file, given.ca);
  }
  plan.stages = {{.files = {{.content = FileContent::private_key, .material = "lab-ca"}}}};
  EXPECT_EQ(must(materials().authority("lab-ca")).certificate.file, given.ca);
}

// A plan of somebody who has set the broker up without it.
TEST_F(GivenMaterialsTest, takes_from_the_target_what_clients_need_where_no_stage_puts_anything) {
  plan.stages = {{.checks = {{.id = "in", .client = {.trust = "lab-ca", .certificate = "userclient"}},
                             {.id = "out",
                              .client = {.trust = "lab-ca", .certificate = "stranger", .account = "nobody"},
                              .control = "in",
                              .changed = "certificate"}}}};
  auto all = materials();
  EXPECT_EQ(must(all.authority("lab-ca")).certificate.file, given.ca);
  EXPECT_EQ(must(all.certificate("userclient")).certificate.file, given.identities["userclient"].certificate_file);
  EXPECT_EQ(must(all.account("userclient")).password, "s3cret word") << "named, though no check needs it";
  EXPECT_EQ(all.certificate("server").error().kind, ErrorKind::missing_material);
  EXPECT_EQ(must(all.authority("stranger-ca")).certificate.file, folder / "authority.stranger-ca.crt");
  EXPECT_NE(verified_by_student(must(all.certificate("stranger")).certificate), X509_V_OK);
  EXPECT_EQ(must(all.account("nobody")).password, "random-2");
}

TEST_F(GivenMaterialsTest, a_password_that_the_plan_leaves_open_and_nobody_gives_is_missing) {
  plan.stages = {{.checks = {{.id = "in", .client = {.account = "userclient"}}}}};
  given.accounts.clear();
  EXPECT_EQ(must(materials().account("userclient")).password, "random-1") << "the plan says it";
  plan.materials.random_accounts = {"userclient", "nobody"};
  const TemporaryFolder fresh;
  ProvidedMaterials all(plan, given, fresh.path());
  EXPECT_EQ(all.account("userclient").error().kind, ErrorKind::missing_material);
  EXPECT_EQ(must(all.account("nobody")).password, "random-2") << "only refused clients have it";
}

TEST_F(GivenMaterialsTest, an_authority_may_have_a_certificate_of_its_own) {
  const auto devices = authority("/CN=Device CA");
  const auto device = signed_by(devices, {.subject = "/CN=device"});
  plan.materials.authorities["device-ca"] = {.subject = "/CN=Devices", .key = KeyType::ec_p256};
  plan.materials.certificates["device"] = {.issuer = "device-ca", .subject = "/CN=device", .key = KeyType::ec_p256};
  given.ca_key = ca_key;
  given.authorities["device-ca"] = student.write("device-ca.crt", to_pem(*devices.certificate));
  auto all = materials();
  EXPECT_EQ(must(all.authority("device-ca")).certificate.file, student / "device-ca.crt");
  EXPECT_TRUE(must(all.authority("device-ca")).key.empty()) << "the key is that of `ca`";
  EXPECT_EQ(must(all.authority("lab-ca")).certificate.file, given.ca);
  EXPECT_EQ(all.certificate("device").error().kind, ErrorKind::missing_material) << "the lab's CA must not sign it";

  given.identities["device"] = {student.write("device.crt", to_pem(*device.certificate)),
                                student.write("device.key", to_pem(*device.key))};
  const TemporaryFolder fresh;
  ProvidedMaterials complete(plan, given, fresh.path());
  EXPECT_TRUE(must(complete.certificate("device")).foreign.empty());
}

TEST_F(GivenMaterialsTest, where_stages_are_applied_only_what_they_do_not_put_is_the_targets) {
  plan.materials.authorities["site-ca"] = {.subject = "/CN=Site", .key = KeyType::ec_p256};
  plan.stages[1].checks = {{.id = "in", .client = {.trust = "site-ca", .account = "guest"}}};
  plan.materials.accounts["guest"] = "random-3";
  given.accounts["guest"] = {.password_file = student.write("guest.pw", "known")};
  given.authorities["site-ca"] = given.ca;
  ProvidedMaterials all(plan, given, folder.path(), {.configuration = Configuration::applied});
  EXPECT_EQ(must(all.authority("lab-ca")).certificate.file, folder / "authority.lab-ca.crt");
  EXPECT_EQ(must(all.certificate("userclient")).certificate.file, folder / "certificate.userclient.crt");
  EXPECT_EQ(must(all.account("userclient")).password, "random-1");
  EXPECT_EQ(must(all.authority("site-ca")).certificate.file, given.ca);
  EXPECT_EQ(must(all.account("guest")).password, "known");
}

TEST_F(GivenMaterialsTest, lets_one_ca_stand_for_all_of_the_labs) {
  plan.materials.authorities["second-ca"] = {.subject = "/CN=Second", .key = KeyType::ec_p256};
  plan.stages[0].files.push_back({.content = FileContent::authority_certificate, .material = "second-ca"});
  auto all = materials();
  EXPECT_EQ(must(all.authority("second-ca")).certificate.file, given.ca);
  EXPECT_EQ(must(all.authority("lab-ca")).certificate.file, given.ca);
}

TEST_F(GivenMaterialsTest, takes_a_password_from_the_environment) {
  given.accounts["userclient"] = {.password_env = "MQTTS_TEST_PASSWORD"};
  ASSERT_EQ(setenv("MQTTS_TEST_PASSWORD", "from env", 1), 0);
  EXPECT_EQ(must(materials().account("userclient")).password, "from env");
  ASSERT_EQ(unsetenv("MQTTS_TEST_PASSWORD"), 0);
  const auto account = materials().account("userclient");
  ASSERT_FALSE(account);
  EXPECT_EQ(account.error().kind, ErrorKind::missing_material);
  EXPECT_EQ(to_english(account.error().what), "the environment variable MQTTS_TEST_PASSWORD is not set");
}

TEST_F(GivenMaterialsTest, reads_a_password_without_the_end_of_its_line) {
  for (const std::string text : {"secret", "secret\n", "secret\r\n", "secret\nmore"}) {
    given.accounts["userclient"] = {.password_file = student.write("pw", text)};
    EXPECT_EQ(must(materials().account("userclient")).password, "secret");
  }
}

TEST_F(GivenMaterialsTest, names_a_broken_file) {
  const auto& [certificate, key] = given.identities["userclient"];
  const auto garbage = student.write("garbage", "garbage\n");
  const auto encrypted = student / "encrypted.key";
  ASSERT_EQ(run_shell("openssl pkey -aes128 -passout pass:secret -in " + key + " -out " + encrypted).exit_code, 0);
  const struct {
    GivenIdentity identity;
    std::string message;
  } cases[] = {
      {{student / "missing", key}, student / "missing" + " cannot be read"},
      {{certificate, student / "missing"}, student / "missing" + " cannot be read"},
      {{certificate, student.path()}, student.path() + " cannot be read"},
      {{garbage, key}, "there is no certificate in " + garbage},
      {{certificate, garbage}, "there is no private key in " + garbage},
      {{certificate, encrypted}, "the private key in " + encrypted + " is encrypted"},
      {{certificate, ca_key}, "the key in " + ca_key + " does not belong to the certificate in " + certificate},
  };
  for (const auto& [identity, message] : cases) {
    auto broken = given;
    broken.identities["userclient"] = identity;
    const TemporaryFolder fresh;
    ProvidedMaterials all(plan, broken, fresh.path());
    const auto client = all.certificate("userclient");
    ASSERT_FALSE(client) << message;
    EXPECT_EQ(client.error().kind, ErrorKind::local);
    EXPECT_EQ(to_english(client.error().what), message);
    EXPECT_NE(to_english(client.error().hint), "");
    EXPECT_TRUE(all.authority("lab-ca")) << "the rest can be used";
  }
}

TEST_F(GivenMaterialsTest, reads_a_password_without_a_byte_order_mark) {
  given.accounts["userclient"] = {.password_file = student.write("pw", "\xef\xbb\xbfsecret\r\n")};
  EXPECT_EQ(must(materials().account("userclient")).password, "secret");
}

TEST_F(GivenMaterialsTest, takes_no_password_that_a_zero_byte_would_cut) {
  const std::string words = "the password in " + (student / "pw") + " holds a zero byte, which no client sends whole";
  given.accounts["userclient"] = {.password_file = student.write("pw", std::string("sec\0ret", 7))};
  EXPECT_EQ(to_english(materials().account("userclient").error().what), words);
}

TEST_F(GivenMaterialsTest, says_what_a_missing_password_file_must_hold_and_how_to_write_it) {
  given.accounts["userclient"] = {.password_file = student / "my password"};
  const auto what = to_english(materials().account("userclient").error().what);
  EXPECT_EQ(what,
            (student / "my password") +
                " is missing on this machine; it must hold the password of userclient, on one line that its owner "
                "alone may read. Here: `(umask 077; cat >'" +
                (student / "my password") + "')`, then the password, Enter and Ctrl-D");
}

// A pipe that nobody writes to, and a device without an end.
TEST_F(GivenMaterialsTest, reads_files_only) {
  const auto pipe = student / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  for (const auto& path : {pipe, std::string("/dev/zero")}) {
    given.accounts["userclient"] = {.password_file = path};
    EXPECT_EQ(to_english(materials().account("userclient").error().what), path + " is no file of at most 1 MiB");
  }
}

TEST_F(GivenMaterialsTest, names_a_key_that_is_not_the_cas_and_a_file_without_password) {
  given.ca_key = given.identities["userclient"].key_file;
  given.accounts["userclient"] = {.password_file = student.write("pw", "\nsecond line\n")};
  auto all = materials();
  EXPECT_EQ(to_english(all.authority("lab-ca").error().what),
            "the key in " + given.ca_key + " does not belong to the certificate in " + given.ca);
  EXPECT_EQ(all.certificate("server").error().kind, ErrorKind::local);
  EXPECT_EQ(to_english(all.account("userclient").error().what), "there is no password in " + (student / "pw"));
}

// ---- from the broker's host ---------------------------------------------------------------------

TEST_F(GivenMaterialsTest, tells_why_something_was_not_there_on_the_host) {
  const Error why{ErrorKind::missing_material, msg("it is missing there"), {}, {}};
  given.ca.clear();
  given.identities.clear();
  given.accounts.clear();
  given.not_there = {{"ca", why}, {"identities.userclient", why}, {"accounts.userclient", why}};
  auto all = materials();
  for (const auto& error :
       {all.authority("lab-ca").error(), all.certificate("userclient").error(), all.account("userclient").error()}) {
    EXPECT_EQ(error.kind, ErrorKind::missing_material);
    EXPECT_EQ(to_english(error.what), "it is missing there");
  }
}

TEST_F(GivenMaterialsTest, a_host_that_could_not_be_asked_is_no_missing_material) {
  given.ca.clear();
  given.not_there = {{"ca", {ErrorKind::timeout, msg("no answer"), {}, {}}}};
  EXPECT_EQ(materials().authority("lab-ca").error().kind, ErrorKind::timeout);
}

TEST_F(GivenMaterialsTest, names_a_broken_file_of_the_host_by_its_place_there) {
  given.identities["userclient"].key_file = ca_key;
  given.accounts["userclient"] = {.password_file = student.write("empty", "")};
  given.from_host = {{ca_key, "host:/home/vagrant/client.key"}, {student / "empty", "host:/home/vagrant/pw"}};
  auto all = materials();
  const auto client = all.certificate("userclient").error();
  EXPECT_EQ(client.kind, ErrorKind::missing_material) << "what a student has made wrong is no mistake of ours";
  EXPECT_THAT(to_english(client.what), HasSubstr("the key in host:/home/vagrant/client.key does not belong"));
  EXPECT_EQ(to_english(all.account("userclient").error().what), "there is no password in host:/home/vagrant/pw");
}

TEST_F(GivenMaterialsTest, a_key_of_the_ca_that_has_a_passphrase_was_not_given) {
  const auto encrypted = student / "encrypted.key";
  for (const std::string format : {"pkey -aes128", "ec -aes128"}) {
    ASSERT_EQ(run_shell("openssl " + format + " -passout pass:secret -in " + ca_key + " -out " + encrypted).exit_code,
              0);
    given.ca_key = encrypted;
    const TemporaryFolder fresh;
    ProvidedMaterials all(plan, given, fresh.path());
    EXPECT_TRUE(must(all.authority("lab-ca")).key.empty());
    EXPECT_TRUE(all.certificate("userclient")) << "it is given by itself";
    const auto server = all.certificate("server").error();
    EXPECT_EQ(server.kind, ErrorKind::missing_material);
    EXPECT_EQ(to_english(server.what), "the private key in " + encrypted + " is encrypted");
  }
}

TEST_F(GivenMaterialsTest, a_key_on_the_host_that_is_not_the_cas_was_not_given) {
  const auto strange = given.identities["userclient"].key_file;
  given.ca_key = student.write("fetched", content_of(strange));
  given.from_host = {{given.ca_key, "host:/home/vagrant/ca.key"}};
  auto all = materials();
  EXPECT_TRUE(must(all.authority("lab-ca")).key.empty());
  EXPECT_THAT(to_english(all.certificate("server").error().what), HasSubstr("the key in host:/home/vagrant/ca.key"));
}

TEST_F(GivenMaterialsTest, mints_in_place_of_what_the_host_does_not_have_where_the_cas_key_is_there) {
  given.identities.clear();
  given.not_there = {{"identities.userclient", {ErrorKind::missing_material, msg("it is missing there"), {}, {}}}};
  given.ca_key = ca_key;
  auto all = materials();
  EXPECT_EQ(verified_by_student(must(all.certificate("userclient")).certificate), X509_V_OK);
}

TEST_F(GivenMaterialsTest, a_certificate_that_no_client_can_use_is_none) {
  const auto ca = authority("/CN=Textbook CA");
  const auto server = signed_by(ca, {.subject = "/CN=127.0.0.1", .purposes = {Purpose::server_authentication}});
  given.ca = student.write("textbook.crt", to_pem(*ca.certificate));
  given.identities["userclient"] = {student.write("server.crt", to_pem(*server.certificate)),
                                    student.write("server.key", to_pem(*server.key))};
  given.from_host = {{given.identities["userclient"].certificate_file, "host:/home/vagrant/server.crt"}};
  auto all = materials();
  const auto why = all.certificate("userclient").error();
  EXPECT_EQ(why.kind, ErrorKind::missing_material);
  EXPECT_THAT(to_english(why.what),
              HasSubstr("the certificate in host:/home/vagrant/server.crt is of no use to a client"));

  given.ca_key = student.write("textbook.key", to_pem(*ca.key));
  const TemporaryFolder fresh;
  ProvidedMaterials minting(plan, given, fresh.path());
  EXPECT_FALSE(minting.certificate("userclient")) << "it is there, and answers for itself";
  EXPECT_EQ(verified_by_student(must(minting.issued("userclient")).certificate), X509_V_OK);

  const auto client = signed_by(ca, {.subject = "/CN=me", .purposes = {Purpose::client_authentication}});
  given.alternatives["userclient"] = {
      {student.write("c.crt", to_pem(*client.certificate)), student.write("c.key", to_pem(*client.key))}};
  const TemporaryFolder another;
  ProvidedMaterials choosing(plan, given, another.path());
  EXPECT_EQ(must(choosing.issued("userclient")).certificate.file, student / "c.crt");
}

TEST_F(GivenMaterialsTest, the_first_alternative_is_the_clients_own_and_a_good_one_stands_in_for_it) {
  const auto strange = signed_by(authority("/CN=Another CA"), {.subject = "/CN=student"});
  const auto best = given.identities["userclient"];
  given.identities["userclient"] = {student.write("strange.crt", to_pem(*strange.certificate)),
                                    student.write("strange.key", to_pem(*strange.key))};
  given.alternatives["userclient"] = {{student / "never-written.crt", student / "never-written.key"}, best};
  auto all = materials();
  const auto client = must(all.certificate("userclient"));
  EXPECT_EQ(client.certificate.file, student / "strange.crt") << "what the broker says to it is the student's";
  EXPECT_EQ(to_english(client.foreign), "CN=Another CA has signed the certificate in " + (student / "strange.crt") +
                                            ", and not the CA in " + given.ca);
  const auto stand_in = must(all.issued("userclient"));
  EXPECT_EQ(stand_in.certificate.file, best.certificate_file);
  EXPECT_TRUE(stand_in.foreign.empty());
  const auto forged = must(parse_certificate(must(all.forged("stranger", "userclient")).certificate));
  const auto ca = must(parse_certificate({.text = content_of(given.ca)}));
  EXPECT_EQ(X509_NAME_cmp(X509_get_issuer_name(forged.get()), X509_get_subject_name(ca.get())), 0)
      << "a forger uses the name of the CA that is trusted";
}

TEST_F(GivenMaterialsTest, something_stands_in_for_files_that_do_not_belong_together) {
  const auto best = given.identities["userclient"];
  given.identities["userclient"].key_file = student.write("fetched", content_of(ca_key));
  given.from_host = {{student / "fetched", "host:/home/vagrant/client.key"}};
  given.alternatives["userclient"] = {best};
  auto all = materials();
  EXPECT_EQ(all.certificate("userclient").error().kind, ErrorKind::missing_material);
  EXPECT_EQ(must(all.issued("userclient")).certificate.file, best.certificate_file);
}

TEST_F(GivenMaterialsTest, a_certificate_by_way_of_an_intermediate_ca_is_not_foreign) {
  const auto root = authority("/CN=Root");
  const auto middle = signed_by(root, {.subject = "/CN=Middle"});
  const auto client = signed_by(middle, {.subject = "/CN=student"});
  given.ca = student.write("root.crt", to_pem(*root.certificate));
  given.identities["userclient"] = {
      student.write("chain.crt", to_pem(*client.certificate) + to_pem(*middle.certificate)),
      student.write("chain.key", to_pem(*client.key))};
  EXPECT_TRUE(must(materials().certificate("userclient")).foreign.empty());
  given.identities["userclient"].certificate_file = student.write("leaf.crt", to_pem(*client.certificate));
  const TemporaryFolder fresh;
  ProvidedMaterials leaf_only(plan, given, fresh.path());
  EXPECT_FALSE(must(leaf_only.certificate("userclient")).foreign.empty());
}

// The broker's cafile, handed in as it is.
TEST_F(GivenMaterialsTest, a_second_ca_in_the_cas_file_is_another_ca) {
  const auto lab = authority("/CN=Lab CA");
  const auto another = authority("/CN=Another CA");
  const auto give = [&](const std::string& name, const Party& party) {
    given.identities[name] = {student.write(name + ".crt", to_pem(*party.certificate)),
                              student.write(name + ".key", to_pem(*party.key))};
  };
  given.ca = student.write("both.crt", to_pem(*lab.certificate) + to_pem(*another.certificate));
  give("userclient", signed_by(another, {.subject = "/CN=student"}));
  EXPECT_TRUE(must(materials().certificate("userclient")).foreign.empty()) << "the user has given both";

  give("server", signed_by(lab, {.subject = "/CN=127.0.0.1"}));
  const TemporaryFolder second;
  ProvidedMaterials beside_server(plan, given, second.path());
  EXPECT_FALSE(must(beside_server.certificate("userclient")).foreign.empty()) << "the plan says one CA for both";

  given.identities.erase("server");
  given.from_host = {{given.ca, "host:/home/vagrant/ca.crt"}};
  const TemporaryFolder third;
  ProvidedMaterials fetched(plan, given, third.path());
  EXPECT_FALSE(must(fetched.certificate("userclient")).foreign.empty());
}

TEST_F(GivenMaterialsTest, one_ca_for_several_authorities_does_not_tell_which_has_signed_a_certificate) {
  const auto strange = signed_by(authority("/CN=Another CA"), {.subject = "/CN=student"});
  plan.materials.authorities["second-ca"] = {.subject = "/CN=Second", .key = KeyType::ec_p256};
  plan.stages[0].files.push_back({.content = FileContent::authority_certificate, .material = "second-ca"});
  given.identities["userclient"] = {student.write("strange.crt", to_pem(*strange.certificate)),
                                    student.write("strange.key", to_pem(*strange.key))};
  EXPECT_TRUE(must(materials().certificate("userclient")).foreign.empty());
}

TEST_F(GivenMaterialsTest, certificates_from_the_host_may_be_kept_and_private_keys_not) {
  const auto& [certificate, key] = given.identities["userclient"];
  given.from_host = {{given.ca, "host:/h/ca.crt"}, {certificate, "host:/h/client.crt"}, {key, "host:/h/client.key"}};
  ProvidedMaterials all(plan, given, folder.path(), {.kept_in = "/out/materials"});
  EXPECT_EQ(must(all.authority("lab-ca")).certificate.shown, "/out/materials/lab-ca.crt");
  const auto client = must(all.certificate("userclient"));
  EXPECT_EQ(client.certificate.shown, "/out/materials/userclient.crt");
  EXPECT_EQ(client.key.shown, "host:/h/client.key");
  const auto stranger = must(all.certificate("stranger"));
  EXPECT_EQ(stranger.certificate.shown, "/out/materials/stranger.crt");
  EXPECT_EQ(stranger.key.shown, "host:/h/client.key");
}

TEST_F(GivenMaterialsTest, the_users_own_files_are_named_where_they_are) {
  ProvidedMaterials all(plan, given, folder.path(), {.kept_in = "/out/materials"});
  EXPECT_EQ(must(all.authority("lab-ca")).certificate.shown, given.ca);
  EXPECT_EQ(must(all.certificate("userclient")).key.shown, given.identities["userclient"].key_file);
}

TEST_F(GivenMaterialsTest, signs_what_is_valid_by_the_hosts_clock_too) {
  given.identities.clear();
  given.ca_key = ca_key;
  const std::chrono::seconds behind = -std::chrono::hours(2);
  auto all = materials();
  all.set_host_clock({behind, behind});
  const auto client = must(parse_certificate(must(all.certificate("userclient")).certificate));
  const auto stranger = must(parse_certificate(must(all.certificate("stranger")).certificate));
  time_t there = time(nullptr) - 2 * 3600;
  for (const auto* certificate : {client.get(), stranger.get()}) {
    EXPECT_EQ(X509_cmp_time(X509_get0_notBefore(certificate), &there), -1);
    EXPECT_EQ(X509_cmp_current_time(X509_get0_notAfter(certificate)), 1);
  }
}

TEST_F(GivenMaterialsTest, never_costs_an_rsa_key) {
  for (auto& [name, authority] : plan.materials.authorities) authority.key = KeyType::rsa_2048;
  for (auto& [name, certificate] : plan.materials.certificates) certificate.key = KeyType::rsa_2048;
  given.identities.clear();
  given.ca_key = ca_key;
  auto all = materials();
  for (const auto* name : {"server", "userclient", "stranger"})
    EXPECT_EQ(EVP_PKEY_get_base_id(must(parse_key(must(all.certificate(name)).key)).get()), EVP_PKEY_EC) << name;
}

// What the checks ask for, whoever may give it.
Plan with_a_check(Plan plan) {
  plan.stages[1].checks = {
      {.client = {.trust = "lab-ca", .certificate = "userclient", .account = "userclient"},
       .probe = {.kind = "deliver", .roles = {{"reader", {.account = "userclient"}}}}},
      {.client = {.trust = "stranger-ca", .certificate = "stranger", .account = "nobody"}, .control = "in"}};
  return plan;
}

TEST(NotGiven, is_what_the_checks_need_of_the_labs_own) {
  EXPECT_THAT(not_given(with_a_check(lab_plan()), {}),
              testing::ElementsAre("accounts.userclient", "ca", "identities.userclient"));
  EXPECT_THAT(not_given(lab_plan(), {}), testing::IsEmpty()) << "no check asks for it";
}

TEST(NotGiven, is_nothing_where_all_is_named) {
  MaterialSources given{.ca = "host:/ca.crt", .ca_key = "host:/ca.key"};
  given.accounts["userclient"] = {.password_file = "pw"};
  EXPECT_THAT(not_given(with_a_check(lab_plan()), given), testing::IsEmpty())
      << "the CA's key can make the certificate";
  given.ca_key.clear();
  EXPECT_THAT(not_given(with_a_check(lab_plan()), given), testing::ElementsAre("identities.userclient"));
  given.identities["userclient"] = {"c.crt", "c.key"};
  EXPECT_THAT(not_given(with_a_check(lab_plan()), given), testing::IsEmpty());
  given.accounts["userclient"] = {.password_file = "", .password_env = "MQTTS_TEST_NO_SUCH_VARIABLE"};
  EXPECT_THAT(not_given(with_a_check(lab_plan()), given), testing::ElementsAre("accounts.userclient"));
}

TEST(NotGiven, is_what_clients_need_where_no_stage_puts_anything) {
  auto plan = with_a_check(lab_plan());
  for (auto& stage : plan.stages) stage.files.clear();
  plan.materials.random_accounts = {"userclient", "nobody"};
  EXPECT_THAT(not_given(plan, {}), testing::ElementsAre("accounts.userclient", "ca", "identities.userclient"));
  EXPECT_THAT(not_given(plan, {.authorities = {{"lab-ca", "ca.crt"}}}),
              testing::ElementsAre("accounts.userclient", "identities.userclient"));
}

}  // namespace
}  // namespace mqtts::pki
