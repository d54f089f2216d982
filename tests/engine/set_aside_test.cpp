#include "harness/engine/set_aside.h"

#include <gmock/gmock.h>

#include "tests/engine/lab_plan.h"

namespace mqtts::engine {
namespace {

using ::testing::ElementsAre;

class SetAsideTest : public ::testing::Test {
 protected:
  const Plan plan = lab_plan();
  const CheckSpec& mutual = plan.stages[3].checks[0];
  std::optional<SetAside> after(const Observation& seen, const SetAside& before = {}) const {
    return set_aside_too(before, plan, without(mutual.client, before), without(mutual.probe, before), seen);
  }
  static Observation refused(By by, const std::string& reason) {
    return {.outcome = Outcome::refused, .by = by, .reason = reason};
  }
};

TEST_F(SetAsideTest, is_the_one_thing_that_refused_the_client) {
  EXPECT_THAT(words_of(after(refused(By::tls_self, "hostname_mismatch")).value()), ElementsAre("server-name"));
  EXPECT_THAT(words_of(after(refused(By::mqtt, "not_authorized")).value()), ElementsAre("account userclient"));
  auto of_reader = refused(By::mqtt, "bad_user_name_or_password");
  of_reader.facts["delivery.refused"] = std::string("reader");
  EXPECT_THAT(words_of(after(of_reader).value()), ElementsAre("account userbroker"));
  auto of_certificate = refused(By::tls_peer, "unknown_ca");
  of_certificate.tls = TlsFacts{.certificate_sent = true};
  EXPECT_THAT(words_of(after(of_certificate).value()), ElementsAre("certificate"));
}

TEST_F(SetAsideTest, is_nothing_that_no_check_answers_for) {
  EXPECT_FALSE(after(refused(By::tls_self, "certificate_has_expired")));
  EXPECT_FALSE(after(refused(By::tls_self, "unable_to_get_local_issuer_certificate")));
  EXPECT_FALSE(after(refused(By::tls_peer, "certificate_required"))) << "none was sent";
  EXPECT_FALSE(after(refused(By::mqtt, "server_unavailable")));
  EXPECT_FALSE(after(refused(By::network, "connection_refused")));
  EXPECT_FALSE(after({.outcome = Outcome::closed, .by = By::broker}));
}

TEST_F(SetAsideTest, is_a_certificate_that_cannot_be_presented) {
  const Error missing{ErrorKind::missing_material, msg("the key does not belong to it"), {}, {}};
  const auto aside = set_aside_too({}, missing).value();
  EXPECT_THAT(words_of(aside), ElementsAre("certificate"));
  EXPECT_FALSE(set_aside_too(aside, missing));
  EXPECT_FALSE(set_aside_too({}, {ErrorKind::local, msg("it cannot be read"), {}, {}}));
}

TEST_F(SetAsideTest, is_no_third_account_where_the_second_is_refused_too) {
  const auto once = after(refused(By::mqtt, "not_authorized")).value();
  EXPECT_FALSE(after(refused(By::mqtt, "not_authorized"), once));
}

TEST_F(SetAsideTest, applies_to_every_client) {
  const auto aside = after(refused(By::mqtt, "not_authorized")).value();
  EXPECT_EQ(without(mutual.client, aside).account, "userbroker");
  EXPECT_EQ(without(mutual.probe, aside).roles.at("reader").account, "userbroker");
  EXPECT_EQ(set_aside_of(plan, words_of(aside)), aside);
}

TEST_F(SetAsideTest, is_answered_for_by_the_first_check_that_uses_it) {
  const auto ids = [&](const std::vector<std::string>& words) {
    std::vector<std::string> all;
    for (const auto* check : answering_for(plan, words)) all.push_back(check->id);
    return all;
  };
  EXPECT_THAT(ids({"server-name"}), ElementsAre("server-certificate-trusted"));
  EXPECT_THAT(ids({"account userbroker"}), ElementsAre("valid-password-accepted"));
  EXPECT_THAT(ids({"certificate"}), ElementsAre("valid-mtls-accepted"));
}

}  // namespace
}  // namespace mqtts::engine
