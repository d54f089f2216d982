#include "harness/pki/pem.h"

#include <sys/stat.h>

#include <gmock/gmock.h>

#include "harness/pki/material_files.h"
#include "harness/util/digest.h"
#include "harness/util/openssl.h"
#include "tests/pki/support.h"

namespace mqtts::pki {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(PemText, round_trips) {
  const auto ca = authority("/CN=Lab CA");
  const auto certificate = must(parse_certificate({.text = to_pem(*ca.certificate)}));
  EXPECT_EQ(X509_cmp(certificate.get(), ca.certificate.get()), 0);
  const auto text = to_pem(*ca.key);
  EXPECT_THAT(text, StartsWith("-----BEGIN PRIVATE KEY-----\n"));
  const auto key = must(parse_key({.text = text}));
  EXPECT_EQ(EVP_PKEY_eq(key.get(), ca.key.get()), 1);
}

TEST(PemText, of_a_chain_gives_its_leaf) {
  const auto ca = authority("/CN=Lab CA");
  const auto leaf = signed_by(ca, {.subject = "/CN=x"});
  const auto first = must(parse_certificate({.text = to_pem(*leaf.certificate) + to_pem(*ca.certificate)}));
  EXPECT_EQ(X509_cmp(first.get(), leaf.certificate.get()), 0);
}

TEST(PemText, that_is_something_else_is_an_error_naming_its_file) {
  const auto ca = authority("/CN=Lab CA");
  for (const auto& text : {std::string(), std::string("garbage"), to_pem(*ca.key)}) {
    const auto certificate = parse_certificate({.text = text, .file = "/lab/ca.crt"});
    ASSERT_FALSE(certificate);
    EXPECT_EQ(certificate.error().kind, ErrorKind::local);
    EXPECT_EQ(to_english(certificate.error().what), "there is no certificate in /lab/ca.crt");
  }
  for (const auto& text : {std::string(), std::string("garbage"), to_pem(*ca.certificate)}) {
    const auto key = parse_key({.text = text, .file = "/lab/ca.key"});
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().kind, ErrorKind::local);
    EXPECT_EQ(to_english(key.error().what), "there is no private key in /lab/ca.key");
  }
}

TEST(PemText, of_an_encrypted_key_says_how_to_decrypt_it) {
  const TemporaryFolder folder;
  for (const std::string command : {"openssl genrsa -aes128 -passout pass:secret -out ",
                                    "openssl genrsa -aes128 -traditional -passout pass:secret -out "}) {
    const auto file = folder / "encrypted.key";
    ASSERT_EQ(run_shell(command + file).exit_code, 0);
    const auto key = parse_key(must(read_pem(file)));
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().kind, ErrorKind::local);
    EXPECT_EQ(to_english(key.error().what), "the private key in " + file + " is encrypted");
    EXPECT_THAT(to_english(key.error().hint), HasSubstr("openssl pkey -in " + file));
  }
}

TEST(Keys, match_their_own_certificate_only) {
  const auto ca = authority("/CN=Lab CA");
  const auto other = authority("/CN=Lab CA");
  EXPECT_TRUE(key_matches_certificate(*ca.key, *ca.certificate));
  EXPECT_FALSE(key_matches_certificate(*other.key, *ca.certificate));
  EXPECT_EQ(openssl_errors(), "") << "a mismatch must not be left behind as an error";
}

TEST(Fingerprint, is_the_one_that_openssl_prints) {
  const TemporaryFolder folder;
  const auto ca = authority("/CN=Lab CA");
  auto printed = run_shell("openssl x509 -noout -fingerprint -sha256 -in " +
                           folder.write("x", to_pem(*ca.certificate)) + " | cut -d= -f2 | tr -d ':\\n' | tr A-F a-f");
  EXPECT_EQ(sha256_of_certificate(*ca.certificate), printed.output);
  EXPECT_EQ(printed.output.size(), 64U);
}

TEST(Files, are_written_for_their_owner_only) {
  const TemporaryFolder folder;
  const auto pem = must(write_pem(folder / "a.key", "text\n"));
  EXPECT_EQ(pem.text, "text\n");
  EXPECT_EQ(content_of(pem.file), "text\n");
  struct stat facts {};
  ASSERT_EQ(stat(pem.file.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777, 0600U);
}

TEST(Files, are_never_written_over_nor_through_a_link) {
  const TemporaryFolder folder;
  const auto other = folder.write("other", "other\n");
  std::filesystem::create_symlink(other, folder / "link");
  for (const auto& file : {other, folder / "link"}) {
    const auto pem = write_pem(file, "text\n");
    ASSERT_FALSE(pem);
    EXPECT_EQ(pem.error().kind, ErrorKind::local);
    EXPECT_EQ(to_english(pem.error().what), file + " cannot be written");
  }
  EXPECT_EQ(content_of(other), "other\n");
}

TEST(Files, that_cannot_be_read_are_named) {
  const TemporaryFolder folder;
  for (const auto& file : {folder.path(), folder / "missing"}) {
    const auto pem = read_pem(file);
    ASSERT_FALSE(pem);
    EXPECT_EQ(pem.error().kind, ErrorKind::local);
    EXPECT_EQ(to_english(pem.error().what), file + " cannot be read");
    EXPECT_NE(pem.error().detail, "");
  }
}

}  // namespace
}  // namespace mqtts::pki
