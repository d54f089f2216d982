#include "harness/engine/credential_guesses.h"

#include <cctype>
#include <set>

#include <gtest/gtest.h>

namespace mqtts::engine {
namespace {

constexpr int many = 400;

std::string seed(int number) { return "seed " + std::to_string(number); }

TEST(WrongPassword, is_never_the_right_one_nor_empty) {
  for (const std::string right : {"s3cret", "a", "password", "userclient", "\xc3\xa9t\xc3\xa9", ""})
    for (int i = 0; i < many; ++i) {
      const auto guess = wrong_password(right, "userclient", seed(i));
      EXPECT_NE(guess, right);
      EXPECT_FALSE(guess.empty());
    }
}

TEST(WrongPassword, comes_near_the_right_one_in_every_way) {
  const std::string right = "correct horse";
  std::set<std::string> kinds;
  for (int i = 0; i < many; ++i) {
    const auto guess = wrong_password(right, "userclient", seed(i));
    if (guess == "userclient") kinds.insert("the user's name");
    if (guess == "123456") kinds.insert("a common one");
    if (guess == right.substr(0, right.size() - 1)) kinds.insert("cut short");
    if (guess.size() == right.size() + 1 && guess.starts_with(right)) kinds.insert("longer");
    if (guess.size() == right.size() && guess.starts_with("correct")) kinds.insert("one letter changed");
    if (guess.size() == 24) kinds.insert("random");
  }
  EXPECT_EQ(kinds.size(), 6U);
}

// Only one character, and of its kind: a refusal of the altered one is not for its length or its alphabet.
TEST(Altered, differs_in_one_character_of_the_same_kind) {
  const std::string text = "Lab-2026 \xc3\xa9";
  for (int i = 0; i < many; ++i) {
    const auto other = altered(text, seed(i));
    ASSERT_EQ(other.size(), text.size());
    int changed = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (other[at] == text[at]) continue;
      ++changed;
      EXPECT_EQ(std::isdigit(other[at]) != 0, std::isdigit(text[at]) != 0) << other;
      EXPECT_EQ(std::isupper(other[at]) != 0, std::isupper(text[at]) != 0) << other;
      EXPECT_EQ(std::islower(other[at]) != 0, std::islower(text[at]) != 0) << other;
    }
    EXPECT_EQ(changed, 1) << other;
  }
}

TEST(Altered, is_something_else_even_where_there_is_nothing_to_alter) {
  for (const std::string text : {"", " ", "\xc3\xa9"}) {
    EXPECT_NE(altered(text, seed(1)), text);
    EXPECT_FALSE(altered(text, seed(1)).empty());
  }
}

TEST(Altered, user_is_nobody_that_is_known) {
  const std::vector<std::string> known = {"a", "b", "c", "userclient"};
  for (int i = 0; i < many; ++i) {
    EXPECT_NE(altered_user("userclient", known, seed(i)), "userclient");
    const auto other = altered_user("a", known, seed(i));
    for (const auto& name : known) EXPECT_NE(other, name);
  }
}

TEST(WrongPassword, is_the_same_for_one_seed) {
  EXPECT_EQ(wrong_password("s3cret", "u", seed(1)), wrong_password("s3cret", "u", seed(1)));
}

TEST(UnknownUser, is_nobody_that_is_known_whatever_the_case) {
  const std::vector<std::string> known = {"userclient", "userbroker", "A", "b"};
  std::set<std::string> guesses;
  for (int i = 0; i < many; ++i) {
    const auto guess = unknown_user(known, seed(i));
    for (const auto* name : {"userclient", "userbroker", "A", "a", "b", "B", ""}) EXPECT_NE(guess, name);
    guesses.insert(guess);
  }
  EXPECT_GT(guesses.size(), 100U);
}

TEST(UnknownUser, can_be_made_where_nobody_is_known) { EXPECT_EQ(unknown_user({}, seed(1)).size(), 24U); }

}  // namespace
}  // namespace mqtts::engine
