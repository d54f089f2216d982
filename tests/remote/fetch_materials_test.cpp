// What the host sends when it is asked for files, and what is made of it. The host's own side: see looking_test.cpp.
#include "harness/remote/fetch_materials.h"

#include <gtest/gtest.h>

#include "harness/remote/fingerprints.h"
#include "tests/remote/a_profile.h"

namespace mqtts::remote {
namespace {

TEST(ParseFetched, takes_files_with_all_their_bytes) {
  const std::string bytes("a\nt0 b\0c", 8);
  const auto fetched = parse_fetched("tok file\n" + bytes + "\ntok missing\ntok file\n\ntok big\ntok end\n", "tok", 4);
  ASSERT_TRUE(fetched);
  EXPECT_EQ(fetched->at(0).bytes, bytes);
  EXPECT_EQ(fetched->at(1).state, "missing");
  EXPECT_EQ(fetched->at(2).bytes, "");
  EXPECT_EQ(fetched->at(3).state, "big");
}

TEST(ParseFetched, takes_no_part_for_the_whole_and_tells_nothing_of_it) {
  for (const std::string output : {"", "tok file\nsecret", "tok file\nsecret\n", "tok file\ntok end\n", "tok missing\n",
                                   "tok missing\ntok missing\ntok end\n", "secret\ntok end\n"}) {
    const auto fetched = parse_fetched(output, "tok", 1);
    ASSERT_FALSE(fetched) << output;
    EXPECT_EQ(fetched.error().kind, ErrorKind::remote);
    EXPECT_EQ(fetched.error().detail.find("secret"), std::string::npos);
  }
}

MaterialSources on_host() {
  MaterialSources given{.ca = "host:/home/v/ca.crt", .ca_key = "/here/ca.key"};
  given.identities["userclient"] = {"/here/client.crt", "host:/home/v/client.key"};
  given.accounts["userclient"] = {.password_file = "host:/home/v/pw"};
  given.accounts["userbroker"] = {.password_env = "host:X"};
  return given;
}

TEST(WithoutHost, leaves_out_what_lies_there_and_says_why) {
  EXPECT_TRUE(lies_on_host(on_host()));
  const auto rest = without_host(on_host(), no_way_to_host());
  EXPECT_FALSE(lies_on_host(rest));
  EXPECT_EQ(rest.ca, "");
  EXPECT_EQ(rest.ca_key, "/here/ca.key");
  EXPECT_TRUE(rest.identities.empty());
  EXPECT_EQ(rest.accounts.size(), 1u);
  ASSERT_EQ(rest.not_there.size(), 3u);
  for (const auto* entry : {"ca", "identities.userclient", "accounts.userclient"})
    EXPECT_EQ(rest.not_there.at(entry).kind, ErrorKind::missing_material) << entry;
}

const std::string digest(64, 'a');

// Of `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null -subj "/CN=Lab CA"`.
const std::string lab_ca =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBdzCCAR2gAwIBAgIUYojEbS5l1Hn4L4/qdtu2KGogkYgwCgYIKoZIzj0EAwIw\n"
    "ETEPMA0GA1UEAwwGTGFiIENBMB4XDTI2MTEyNTAyMDExMFoXDTI2MTIyNTAyMDEx\n"
    "MFowETEPMA0GA1UEAwwGTGFiIENBMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n"
    "O7EfcuueYWciD8j6SH22kmLDKYqDXkdg/0LyH5JlaGljbR8ROQasQ8g3LEqo/MpS\n"
    "RtlotU+nHsKI95fQlPOCdaNTMFEwHQYDVR0OBBYEFJKt/kbicypztGgQvI606S/M\n"
    "vdezMB8GA1UdIwQYMBaAFJKt/kbicypztGgQvI606S/MvdezMA8GA1UdEwEB/wQF\n"
    "MAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgESkZqCDG8y2zYIY1TN6qqztaJdMT9HnD\n"
    "CoDBcwtBhbwCIQCcSFDcZXczPoj6znXOcVoRwjVrkIOWohx0/F79pX1B6Q==\n"
    "-----END CERTIFICATE-----\n";
// Of `openssl x509 -pubkey -noout | openssl pkey -pubin -outform DER | sha256sum`.
const std::string lab_ca_key = "ca4f2e852468f02a1d9e35222af6eca147798cf70e5d4da8bdd1b052c1f06ead";

std::string as_lines(const std::string& pem) {
  std::string lines;
  for (std::size_t from = 0; from < pem.size(); from = pem.find('\n', from) + 1)
    lines += "pem " + pem.substr(from, pem.find('\n', from) - from) + "\n";
  return lines;
}

TEST(ParseTraits, takes_digests_and_the_keys_of_authorities_once) {
  const auto fingerprints = parse_fingerprints("password-hash " + digest + "\npassword-hash " + digest +
                                               "\npassword-hash $7$101$secret\nauthorities\n" + as_lines(lab_ca) +
                                               "authorities\n" + as_lines(lab_ca));
  ASSERT_EQ(fingerprints.size(), 2u);
  EXPECT_EQ(fingerprints[0], (Fingerprint{FingerprintKind::password_hash, digest}));
  EXPECT_EQ(fingerprints[1], (Fingerprint{FingerprintKind::ca_key, lab_ca_key}));
}

TEST(ParseTraits, leaves_out_the_systems_own_collection_of_authorities_and_what_is_none) {
  std::string many = "authorities\n";
  for (int i = 0; i < 5; ++i) many += as_lines(lab_ca);
  EXPECT_TRUE(parse_fingerprints(many).empty());
  EXPECT_TRUE(
      parse_fingerprints("authorities\npem -----BEGIN CERTIFICATE-----\npem garbage\npem -----END CERTIFICATE-----\n")
          .empty());
  EXPECT_TRUE(parse_fingerprints("").empty());
}

}  // namespace
}  // namespace mqtts::remote
