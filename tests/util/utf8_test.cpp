#include "harness/util/utf8.h"

#include <gtest/gtest.h>

namespace mqtts {
namespace {

// Where the first bad byte stood, and what became of the text.
std::string masked(std::string text) {
  const auto first = mask_invalid_utf8(text);
  return (first ? std::to_string(*first) : "-") + " " + text;
}

TEST(utf8, that_is_well_formed_stays) {
  for (const std::string text : {"", "abc", "é€😀", "\u07FF\uFFFD\U0010FFFF\uD7FF\uE000"})
    EXPECT_EQ(masked(text), "- " + text);
}

TEST(utf8, has_question_marks_for_what_is_no_character) {
  EXPECT_EQ(masked("ren\xE9,x"), "3 ren?,x");       // Latin-1
  EXPECT_EQ(masked("a\x80\xBF"), "1 a??");          // no first byte
  EXPECT_EQ(masked("\xC0\xAF"), "0 ??");            // too long a form
  EXPECT_EQ(masked("\xE0\x9F\xBF"), "0 ???");       // likewise
  EXPECT_EQ(masked("\xED\xA0\x80"), "0 ???");       // a surrogate
  EXPECT_EQ(masked("\xF4\x90\x80\x80"), "0 ????");  // beyond Unicode
  EXPECT_EQ(masked("\xF5\x80\x80\x80"), "0 ????");  // likewise
  EXPECT_EQ(masked("\xF0\x9F\x98"), "0 ???");       // cut off
  EXPECT_EQ(masked("\xE2\x82x€"), "0 ??x€");        // and goes on after it
}

}  // namespace
}  // namespace mqtts
