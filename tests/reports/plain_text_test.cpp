#include "reports/plain_text.h"

#include <gtest/gtest.h>

#include "reports/terminal_style.h"

namespace mqtts::reports {
namespace {

using Lines = std::vector<std::string>;

TEST(PlainLine, leaves_no_way_to_talk_to_the_terminal) {
  EXPECT_EQ(plain_line("\x1b]0;title\x07"), "\uFFFD]0;title\uFFFD");
  EXPECT_EQ(plain_line("\xc2\x9b"
                       "31m"),
            "\uFFFD31m")
      << "CSI in one byte, U+009B";
  EXPECT_EQ(plain_line("a\rb\nc\td\x7f"), "a b c d\uFFFD");
  EXPECT_EQ(plain_line("\u202Egnp.exe\u2066"), "\uFFFDgnp.exe\uFFFD") << "reordering";
  EXPECT_EQ(plain_line("\xff"), "\uFFFD");
  EXPECT_EQ(plain_line("é 😀"), "é 😀");
}

TEST(PlainLines, are_split_and_end_with_the_last_that_says_something) {
  EXPECT_EQ(plain_lines("a\r\n\nb\x1b\n\n"), (Lines{"a", "", "b\uFFFD"}));
  EXPECT_EQ(plain_lines(""), Lines{});
}

TEST(Wrapped, breaks_at_spaces_and_never_inside_a_word) {
  EXPECT_EQ(wrapped("one two three", 7), (Lines{"one two", "three"}));
  EXPECT_EQ(wrapped("a mosquitto.conf b", 4), (Lines{"a", "mosquitto.conf", "b"}));
  EXPECT_EQ(wrapped("échoué là", 9), (Lines{"échoué là"})) << "accents take one column";
  EXPECT_EQ(wrapped("", 9), (Lines{""}));
  EXPECT_EQ(wrapped("run `a b c`, now", 8), (Lines{"run", "`a b c`,", "now"})) << "a command can be pasted";
  EXPECT_EQ(wrapped("run `a b c` now", 5), (Lines{"run", "`a b", "c`", "now"})) << "unless no line holds it";
}

TEST(Wrapped, ends_no_line_before_a_sign_or_within_a_quotation_mark) {
  EXPECT_EQ(wrapped("il faut : oui", 8), (Lines{"il", "faut :", "oui"}));
  EXPECT_EQ(wrapped("dans « ssh »", 8), (Lines{"dans", "« ssh »"}));
  EXPECT_EQ(wrapped("run :a b", 4), (Lines{"run", ":a b"})) << "a word that begins with a sign is none";
}

TEST(Cut, keeps_within_the_width_and_between_code_points) {
  EXPECT_EQ(cut("éééé", 4, "…"), "éééé");
  EXPECT_EQ(cut("ééééé", 4, "…"), "ééé…");
  EXPECT_EQ(cut("abcdef", 2, "..."), "...") << "the ellipsis is not cut";
}

TEST(Padded, counts_columns) { EXPECT_EQ(padded("é", 3) + "|", "é  |"); }

TEST(TerminalStyle, colours_only_if_the_style_says_so) {
  EXPECT_EQ(TerminalStyle({.color = true})(Color::bad, "x"), "\x1b[1;31mx\x1b[0m");
  EXPECT_EQ(TerminalStyle({.color = false})(Color::bad, "x"), "x");
  EXPECT_EQ(TerminalStyle({.color = true})(Color::plain, "\x1b"), "\uFFFD");
}

TEST(TerminalStyle, has_another_sign_for_each_verdict) {
  for (const bool unicode : {false, true}) {
    const TerminalStyle ink({.unicode = unicode});
    std::set<std::string_view> signs;
    for (const auto verdict : {Verdict::pass, Verdict::fail, Verdict::error, Verdict::skip})
      signs.insert(ink.sign(verdict));
    EXPECT_EQ(signs.size(), 4U);
  }
}

}  // namespace
}  // namespace mqtts::reports
