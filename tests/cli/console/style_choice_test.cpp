#include "harness/cli/console/style_choice.h"

#include <map>

#include <gtest/gtest.h>

namespace mqtts::cli {
namespace {

using Variables = std::map<std::string, std::string>;

Surroundings place(bool terminal, const Variables& variables = {}, int columns = 80) {
  return {.terminal = terminal, .columns = columns, .environment = [variables](const char* name) {
            const auto found = variables.find(name);
            return found == variables.end() ? std::string() : found->second;
          }};
}

reports::Style automatic(const Surroundings& where) { return choose_style(When::automatic, When::automatic, where); }

TEST(StyleChoice, is_colour_and_a_status_line_on_a_terminal_only) {
  EXPECT_TRUE(automatic(place(true)).color);
  EXPECT_TRUE(automatic(place(true)).live);
  EXPECT_FALSE(automatic(place(false)).color);
  EXPECT_FALSE(automatic(place(false)).live);
}

TEST(StyleChoice, obeys_no_color_unless_colour_is_asked_for) {
  const auto where = place(true, {{"NO_COLOR", "1"}});
  EXPECT_FALSE(automatic(where).color);
  EXPECT_TRUE(choose_style(When::always, When::automatic, where).color);
  EXPECT_TRUE(automatic(where).live) << "NO_COLOR is about colour";
}

TEST(StyleChoice, expects_nothing_of_a_dumb_terminal_and_no_status_line_of_ci) {
  EXPECT_FALSE(automatic(place(true, {{"TERM", "dumb"}})).color);
  EXPECT_FALSE(automatic(place(true, {{"TERM", "dumb"}})).live);
  EXPECT_FALSE(automatic(place(true, {{"CI", "true"}})).live);
  EXPECT_TRUE(automatic(place(true, {{"CI", "true"}})).color);
}

TEST(StyleChoice, does_what_the_user_says_wherever_it_is) {
  EXPECT_FALSE(choose_style(When::never, When::never, place(true)).color);
  EXPECT_FALSE(choose_style(When::never, When::never, place(true)).live);
  EXPECT_TRUE(choose_style(When::always, When::always, place(false)).color);
  EXPECT_TRUE(choose_style(When::always, When::always, place(false)).live);
}

TEST(StyleChoice, takes_signs_from_the_first_locale_variable_that_is_set) {
  EXPECT_TRUE(automatic(place(true, {{"LANG", "fr_FR.UTF-8"}})).unicode);
  EXPECT_TRUE(automatic(place(true, {{"LC_CTYPE", "C.utf8"}})).unicode);
  EXPECT_FALSE(automatic(place(true, {{"LC_ALL", "C"}, {"LANG", "fr_FR.UTF-8"}})).unicode);
  EXPECT_FALSE(automatic(place(true)).unicode);
}

TEST(StyleChoice, keeps_lines_readable) {
  EXPECT_EQ(automatic(place(true, {}, 80)).width, 80);
  EXPECT_EQ(automatic(place(true, {}, 400)).width, 100);
  EXPECT_EQ(automatic(place(true, {}, 5)).width, 40);
  EXPECT_EQ(automatic(place(true, {}, 0)).width, 100) << "unknown";
  EXPECT_EQ(automatic(place(false, {}, 50)).width, 100) << "a file has no width";
}

TEST(When, is_one_of_three_words) {
  EXPECT_EQ(when_from("auto"), When::automatic);
  EXPECT_EQ(when_from("always"), When::always);
  EXPECT_EQ(when_from("never"), When::never);
  EXPECT_EQ(when_from("maybe"), std::nullopt);
}

}  // namespace
}  // namespace mqtts::cli
