#include "harness/wire/client_profile.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

namespace mqtts::wire {
namespace {

constexpr int many = 400;

ClientProfile drawn(int number, bool requires_client_id = false) {
  const auto seed = "seed " + std::to_string(number);
  return client_profile_of({.seed = seed, .program_seed = seed, .requires_client_id = requires_client_id}, "probe");
}

TEST(ClientProfile, are_those_of_mosquittos_clients_every_second_time) {
  int like_mosquitto = 0;
  std::set<std::string> ids;
  for (int i = 0; i < many; ++i) {
    const auto profile = drawn(i);
    if (profile.client_id.empty()) {
      ++like_mosquitto;
      EXPECT_EQ(profile.keep_alive, 60);
    } else {
      EXPECT_TRUE(ids.insert(profile.client_id).second) << "two clients with one id throw each other out";
    }
    EXPECT_LE(profile.client_id.size(), 23U);
    EXPECT_GE(profile.keep_alive, 15);
    EXPECT_LE(profile.keep_alive, 60);
  }
  EXPECT_GT(like_mosquitto, many / 3);
  EXPECT_LT(like_mosquitto, many * 2 / 3);
}

TEST(ClientProfile, of_one_who_must_be_named_are_letters_and_digits) {
  for (int i = 0; i < many; ++i) {
    const auto id = drawn(i, true).client_id;
    EXPECT_EQ(id.size(), 20U);
    EXPECT_TRUE(std::ranges::all_of(id, [](unsigned char c) { return std::isalnum(c) != 0; })) << id;
  }
}

TEST(ClientProfile, are_the_same_for_one_seed_and_others_without_one) {
  EXPECT_EQ(drawn(1, true).client_id, drawn(1, true).client_id);
  EXPECT_NE(client_profile_of({.requires_client_id = true}, "probe").client_id,
            client_profile_of({.requires_client_id = true}, "probe").client_id);
}

// A control and its checks have one program's habits: else a refusal for the id could be taken for one for the
// password.
TEST(ClientProfile, are_one_programs_for_all_clients_with_one_program_seed) {
  for (int i = 0; i < many; ++i) {
    const auto program = "look " + std::to_string(i);
    const auto control = client_profile_of({.seed = "control", .program_seed = program}, "probe");
    const auto check = client_profile_of({.seed = "check", .program_seed = program}, "paho");
    EXPECT_EQ(control.keep_alive, check.keep_alive);
    EXPECT_EQ(control.client_id.size(), check.client_id.size());
    EXPECT_EQ(control.client_id.substr(0, 4) == "mosq", check.client_id.substr(0, 4) == "mosq");
    EXPECT_TRUE(control.client_id.empty() || control.client_id != check.client_id);
  }
}

TEST(ClientProfile, are_those_of_mosquittos_clients_where_no_program_is_drawn) {
  EXPECT_EQ(client_profile_of({}, "probe").client_id, "");
  EXPECT_EQ(client_profile_of({}, "probe").keep_alive, 60);
}

}  // namespace
}  // namespace mqtts::wire
