#include "harness/model/material_sources.h"

#include <gtest/gtest.h>

namespace mqtts {
namespace {

TEST(Merged, the_targets_own_entries_go_first_and_whole) {
  MaterialSources plan{.ca = "host:/ca.crt", .ca_key = "host:/ca.key"};
  plan.identities = {{"a", {"host:/a.crt", "host:/a.key"}}, {"b", {"host:/b.crt", "host:/b.key"}}};
  plan.accounts = {{"a", {.password_file = "host:/a.pw"}}};
  MaterialSources target{.ca = "/mine.crt"};
  target.identities = {{"a", {"/a.crt", "/a.key"}}};
  target.accounts = {{"a", {.password_env = "A"}}};

  const auto all = merged(target, plan);
  EXPECT_EQ(all.ca, "/mine.crt");
  EXPECT_EQ(all.ca_key, "host:/ca.key");
  EXPECT_EQ(all.identities.at("a").key_file, "/a.key");
  EXPECT_EQ(all.identities.at("b").key_file, "host:/b.key");
  EXPECT_EQ(all.accounts.at("a").password_env, "A");
  EXPECT_EQ(all.accounts.at("a").password_file, "");
  EXPECT_EQ(merged({}, plan).ca, "host:/ca.crt");
}

TEST(Merged, a_plans_alternatives_go_with_its_identity) {
  MaterialSources plan;
  plan.identities = {{"a", {"host:/a.crt", "host:/a.key"}}, {"b", {"host:/b.crt", "host:/b.key"}}};
  plan.alternatives = {{"a", {{"host:/a2.crt", "host:/a2.key"}}}, {"b", {{"host:/b2.crt", "host:/b2.key"}}}};
  MaterialSources target;
  target.identities = {{"a", {"/a.crt", "/a.key"}}};
  const auto all = merged(target, plan);
  EXPECT_FALSE(all.alternatives.contains("a"));
  EXPECT_EQ(all.alternatives.at("b").at(0).key_file, "host:/b2.key");
}

}  // namespace
}  // namespace mqtts
