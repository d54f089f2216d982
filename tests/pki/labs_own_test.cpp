#include "harness/pki/labs_own.h"

#include <gmock/gmock.h>

#include "tests/pki/given_lab.h"

namespace mqtts::pki {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(LabsOwn, is_what_stages_put_on_the_host) {
  const auto own = labs_own(lab_plan(), {}, Configuration::as_it_stands);
  EXPECT_THAT(own.authorities, ElementsAre("lab-ca"));
  EXPECT_THAT(own.accounts, ElementsAre("userclient"));
  EXPECT_THAT(own.identities, IsEmpty());
}

TEST(LabsOwn, is_what_somebody_has_who_must_be_let_in) {
  auto plan = lab_plan();
  plan.materials.random_accounts = {"userclient", "nobody"};
  plan.stages = {{.checks = {{.id = "in",
                              .client = {.certificate = "userclient"},
                              .probe = {.kind = "deliver", .roles = {{"reader", {.account = "userclient"}}}}},
                             {.id = "out", .client = {.trust = "stranger-ca", .account = "nobody"}, .control = "in"}}}};
  const auto own = labs_own(plan, {}, Configuration::as_it_stands);
  EXPECT_THAT(own.authorities, ElementsAre("lab-ca"));
  EXPECT_THAT(own.accounts, ElementsAre("userclient"));
}

TEST(LabsOwn, is_what_the_target_names) {
  auto plan = lab_plan();
  plan.stages.clear();
  MaterialSources given{.authorities = {{"stranger-ca", "x.crt"}, {"unknown", "y.crt"}}};
  given.identities["userclient"] = {"c.crt", "c.key"};
  given.accounts["nobody"] = {.password_file = "pw"};
  const auto own = labs_own(plan, given, Configuration::as_it_stands);
  EXPECT_THAT(own.authorities, ElementsAre("stranger-ca"));
  EXPECT_THAT(own.accounts, ElementsAre("nobody"));
  EXPECT_THAT(own.identities, ElementsAre("userclient"));
}

TEST(LabsOwn, is_nothing_that_stages_put_where_they_are_applied) {
  MaterialSources given{.ca = "ca.crt"};
  given.identities["userclient"] = {"c.crt", "c.key"};
  given.accounts["userclient"] = {.password_file = "pw"};
  given.accounts["elsewhere"] = {.password_file = "pw"};
  const auto own = labs_own(lab_plan(), given, Configuration::applied);
  EXPECT_THAT(own.authorities, IsEmpty());
  EXPECT_THAT(own.accounts, IsEmpty());
  EXPECT_THAT(own.identities, IsEmpty());
  EXPECT_THAT(replaced_by_stages(lab_plan(), given), ElementsAre("ca", "identities.userclient", "accounts.userclient"));
}

}  // namespace
}  // namespace mqtts::pki
