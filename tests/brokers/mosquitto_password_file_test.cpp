#include "harness/brokers/mosquitto_password_file.h"

#include <gmock/gmock.h>

namespace mqtts::brokers {
namespace {

using testing::MatchesRegex;

// Expected values: base64 of Python's hashlib.pbkdf2_hmac("sha512", password, salt, iterations, 64).
// Expected values: base64 of Python's hashlib.sha512(password + salt), and of `openssl dgst -sha512 -binary`.
TEST(PasswordHash, of_mosquitto_1_6_is_one_sha_512) {
  EXPECT_EQ(sha512_hash("correct horse", "twelve bytes"),
            "$6$dHdlbHZlIGJ5dGVz$YYM06ssfmQH9NV69YjPqpNXGPKzgBzqazj7DavYb1aEG8UUkAToyJ8azRLUtfRmNtHCy4Ojw0B8kg4wPIp/"
            "p0Q==");
  EXPECT_EQ(sha512_hash("pässword", std::string("\x00\x01\xff", 3)),
            "$6$AAH/$s4eutF+HzVrt+o/M/Zak+52YZ8MzcNOh8sqaWRVkGNLpuo3QxhtK4QmFrZZUfWvJbA7EOqw+3aZFq1oSEMyxgg==");
}

TEST(PasswordHash, is_pbkdf2_with_hmac_sha_512) {
  EXPECT_EQ(pbkdf2_hash("correct horse", "twelve bytes", 101),
            "$7$101$dHdlbHZlIGJ5dGVz$lJ52z3hAwLa+BDIdLIO25mhVx/bPzos30D17l1I/0/AQEY6bVa1h0/ImFT6/"
            "pPb+TCKv/rkojQi5RPb9cZtUTA==");
  EXPECT_EQ(pbkdf2_hash("", std::string("\x00\x01\xff", 3), 1),
            "$7$1$AAH/$xd9Z9BmJsdfqDp2mSdom3vUlDxwQSc+RcJ0Vk4NEVtXu5wLmCF0aIbyplJ7C0jTgPoTgpzpn+m3b2/"
            "JenVW11Q==");
}

TEST(PasswordFile, has_one_line_an_account_with_a_salt_of_its_own) {
  const std::pair<PasswordHash, std::string> forms[] = {
      {PasswordHash::pbkdf2_sha512, ":[$]7[$]101[$][A-Za-z0-9+/]{16}[$][A-Za-z0-9+/]{86}==\n"},
      {PasswordHash::sha512, ":[$]6[$][A-Za-z0-9+/]{16}[$][A-Za-z0-9+/]{86}==\n"}};
  for (const auto& [kind, hash] : forms) {
    const auto text = password_file({{"userclient", "secret"}, {"userbroker", "secret"}}, kind);
    ASSERT_TRUE(text);
    const auto middle = text->find('\n') + 1;
    const auto first = text->substr(0, middle);
    const auto second = text->substr(middle);
    EXPECT_THAT(first, MatchesRegex(std::string("userclient") + hash));
    EXPECT_THAT(second, MatchesRegex(std::string("userbroker") + hash));
    EXPECT_NE(first.substr(first.find(':')), second.substr(second.find(':')));
  }
}

TEST(PasswordFile, of_nobody_is_empty) { EXPECT_EQ(password_file({}, PasswordHash::pbkdf2_sha512), ""); }

TEST(PasswordFile, takes_no_name_that_mosquitto_reads_as_something_else) {
  for (const std::string name : {"", "a:b", "a\nroot", "a\r", "#a", " a", "a ", "a\tb"}) {
    const auto text = password_file({{name, "secret"}}, PasswordHash::sha512);
    ASSERT_FALSE(text) << name;
    EXPECT_EQ(text.error().kind, ErrorKind::invalid_input);
  }
  EXPECT_TRUE(password_file({{"Zoé #1 d'ici", "secret"}}, PasswordHash::sha512));
}

}  // namespace
}  // namespace mqtts::brokers
