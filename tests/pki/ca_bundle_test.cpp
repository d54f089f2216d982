#include "harness/pki/ca_bundle.h"

#include <gtest/gtest.h>

#include "tests/pki/support.h"

namespace mqtts::pki {
namespace {

Identity identity_of(const Party& party, const std::string& followed_by = {}) {
  return {.certificate = {.text = to_pem(*party.certificate) + followed_by, .file = "client.crt"}, .key = {}};
}

TEST(CaBundle, tells_which_of_its_cas_has_signed_a_certificate) {
  const TemporaryFolder folder;
  const auto one = authority("/CN=One");
  const auto two = authority("/CN=Two");
  const CaBundle both(folder.write("both.crt", to_pem(*one.certificate) + to_pem(*two.certificate)));
  EXPECT_EQ(both.signer_of(identity_of(signed_by(one, {.subject = "/CN=c"}))), 0U);
  EXPECT_EQ(both.signer_of(identity_of(signed_by(two, {.subject = "/CN=c"}))), 1U);
  EXPECT_FALSE(both.signer_of(identity_of(signed_by(authority("/CN=Two"), {.subject = "/CN=c"})))) << "a namesake";
}

TEST(CaBundle, counts_cas_that_have_signed_one_another_as_one) {
  const TemporaryFolder folder;
  const auto stranger = authority("/CN=Stranger");
  const auto root = authority("/CN=Root");
  const auto middle = signed_by(root, {.subject = "/CN=Middle"});
  const auto client = signed_by(middle, {.subject = "/CN=c"});
  const auto middle_pem = to_pem(*middle.certificate);
  const CaBundle all(folder.write("all.crt", middle_pem + to_pem(*stranger.certificate) + to_pem(*root.certificate)));
  EXPECT_EQ(all.signer_of(identity_of(client)), 0U);
  EXPECT_EQ(all.signer_of(identity_of(signed_by(root, {.subject = "/CN=c"}))), 0U);
  EXPECT_EQ(all.signer_of(identity_of(signed_by(stranger, {.subject = "/CN=c"}))), 1U);

  const CaBundle only_root(folder.write("root.crt", to_pem(*root.certificate)));
  EXPECT_EQ(only_root.signer_of(identity_of(client, middle_pem)), 0U);
  EXPECT_FALSE(only_root.signer_of(identity_of(client)));
}

TEST(CaBundle, is_empty_where_there_is_none) { EXPECT_TRUE(CaBundle("/nowhere/ca.crt").empty()); }

}  // namespace
}  // namespace mqtts::pki
