#include "reports/html/text.h"

#include <gtest/gtest.h>

namespace mqtts::reports {
namespace {

TEST(HtmlLine, is_one_harmless_line_and_never_long) {
  EXPECT_EQ(html_line("a\nb\x1b[31m\u202e<i>\xff"), "a b\uFFFD[31m\uFFFD<i>\uFFFD");
  EXPECT_EQ(html_line("\uFFFE"), "\uFFFD");
  EXPECT_EQ(html_line("ééé", 2), "é…");
  EXPECT_LE(html_line(std::string(16'384, 'x')).size(), longest_line + 3);
}

TEST(Excerpt, is_the_end_of_a_text_and_says_what_it_leaves_out) {
  const auto whole = html_excerpt("one\r\ntwo\n\n");
  EXPECT_EQ(whole.text, "one\ntwo");
  EXPECT_EQ(whole.left_out, 0U);
  std::string lines;
  for (int i = 0; i < 10'000; ++i) lines += "line " + std::to_string(i) + '\n';
  const auto end = html_excerpt(lines);
  EXPECT_LE(end.text.size(), longest_excerpt);
  EXPECT_TRUE(end.text.ends_with("line 9998\nline 9999"));
  EXPECT_TRUE(end.text.starts_with("line " + std::to_string(end.left_out) + '\n')) << end.left_out;
  EXPECT_EQ(html_excerpt("").text, "");
}

TEST(Typography, keeps_french_signs_with_their_words) {
  EXPECT_EQ(typographic("Écrivez « a b » : c ; d ! e ? 20 %.", Lang::fr),
            "Écrivez «\u00a0a b\u00a0»\u00a0: c\u202f; d\u202f! e\u202f? 20\u00a0%.");
  EXPECT_EQ(typographic("« a », b", Lang::fr), "«\u00a0a\u00a0», b");
  EXPECT_EQ(typographic("« a » : b", Lang::en), "« a » : b");
}

TEST(Typography, leaves_what_is_no_punctuation) {
  for (const auto* text : {"a :b", "lancez %PATH% ?x", "a:b", "", "«", " "})
    EXPECT_EQ(typographic(text, Lang::fr), text);
}

TEST(Capital, stands_at_the_beginning) {
  EXPECT_EQ(capitalised("let in"), "Let in");
  EXPECT_EQ(capitalised("émis ÷"), "Émis ÷");
  for (const auto* text : {"", "÷", "Ñ", "1 a", "\xc3", "\"a\""}) EXPECT_EQ(capitalised(text), text);
}

TEST(Moment, is_a_date_and_a_time_in_utc) {
  EXPECT_EQ(moment("2026-11-22T15:17:23Z", Translator(Lang::en)), "22 November 2026, 15:17 UTC");
  EXPECT_EQ(moment("2026-12-01T07:00:00Z", Translator(Lang::fr)), "1er décembre 2026 à 07:00 UTC");
}

TEST(Moment, that_is_none_is_told_as_it_is) {
  for (const auto* text : {"", "yesterday", "2026-02-30T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00+01"}) {
    EXPECT_FALSE(is_moment(text));
    EXPECT_EQ(moment(text, Translator(Lang::en)), text);
  }
}

}  // namespace
}  // namespace mqtts::reports
