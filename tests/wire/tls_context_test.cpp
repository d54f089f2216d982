#include <gtest/gtest.h>

#include "harness/wire/tls.h"
#include "tests/support/lab_material.h"

namespace mqtts::wire {
namespace {

class Context : public testing::Test {
 protected:
  std::string refusal() {
    const auto made = make_tls_context(client, TlsOffer::system_default);
    if (made) return "made";
    EXPECT_EQ(made.error().kind, ErrorKind::local);
    return to_english(made.error().what);
  }

  test::LabMaterial material;
  Client client{.tls = true, .trust = material.ca, .identity = material.client};
};

TEST_F(Context, is_made_of_good_material) { EXPECT_EQ(refusal(), "made"); }

TEST_F(Context, refuses_a_key_of_another_certificate) {
  client.identity->key = material.server.key;
  EXPECT_EQ(refusal(), "The key " + material.server.key.file + " does not belong to the certificate " +
                           material.client.certificate.file);
}

TEST_F(Context, refuses_a_missing_key) {
  client.identity->key = {};
  EXPECT_EQ(refusal(), " holds no private key that can be read");
}

TEST_F(Context, refuses_an_encrypted_key_and_asks_nobody) {
  client.identity->key = {"-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIG=\n-----END ENCRYPTED PRIVATE KEY-----\n",
                          "my.key"};
  EXPECT_EQ(refusal(), "my.key holds no private key that can be read");
}

TEST_F(Context, refuses_text_that_is_no_certificate) {
  client.identity->certificate = {"hello", "my.crt"};
  EXPECT_EQ(refusal(), "my.crt holds no certificate that can be presented");
}

TEST_F(Context, refuses_trust_in_nothing) {
  client.trust = Pem{"", "my-ca.crt"};
  EXPECT_EQ(refusal(), "my-ca.crt holds no certificate to trust");
}

TEST_F(Context, is_shared_by_clients_that_bring_the_same_and_by_no_others) {
  const auto shared = shared_tls_context(client, TlsOffer::system_default).value();
  auto other = client;
  other.password = "another";
  other.identity->key.file = "elsewhere";
  EXPECT_EQ(shared_tls_context(other, TlsOffer::system_default).value(), shared)
      << "only what is read from files matters, by its content";

  EXPECT_NE(shared_tls_context(client, TlsOffer::system_default, {TLS1_2_VERSION, TLS1_2_VERSION}).value(), shared);
  other.trust = material.stranger_ca;
  EXPECT_NE(shared_tls_context(other, TlsOffer::system_default).value(), shared);
  other = client;
  other.trust.reset();
  EXPECT_NE(shared_tls_context(other, TlsOffer::system_default).value(), shared);
  other = client;
  other.identity = material.server;
  EXPECT_NE(shared_tls_context(other, TlsOffer::system_default).value(), shared);
  other.identity->key = material.client.key;
  EXPECT_EQ(shared_tls_context(other, TlsOffer::system_default).error().kind, ErrorKind::local);
}

}  // namespace
}  // namespace mqtts::wire
