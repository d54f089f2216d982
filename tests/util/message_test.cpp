#include "harness/util/message.h"

#include <gtest/gtest.h>

namespace mqtts {
namespace {

TEST(Fill, puts_arguments_in_place_of_names) {
  EXPECT_EQ(fill("{a} and {b}, {a}", {{"a", "one"}, {"b", "two"}}), "one and two, one");
}

TEST(Fill, never_parses_an_argument) { EXPECT_EQ(fill("{a}", {{"a", "{b}"}, {"b", "no"}}), "{b}"); }

TEST(Fill, keeps_unknown_names_and_lone_braces) { EXPECT_EQ(fill("{x} { }{", {{"a", "1"}}), "{x} { }{"); }

TEST(Fill, takes_a_lone_brace_before_a_name_for_text) {
  EXPECT_EQ(fill("\"${\" in \"{key}\"", {{"key", "a"}}), "\"${\" in \"a\"");
}

TEST(LocalText, falls_back_to_english) { EXPECT_EQ((LocalText{"open", ""}).in(Lang::fr), "open"); }

}  // namespace
}  // namespace mqtts
