#include "reports/xml_text.h"

#include <gtest/gtest.h>

#include "harness/util/utf8.h"

namespace mqtts::reports {
namespace {

TEST(XmlText, keeps_what_xml_1_0_allows) {
  const std::string text = "tab\t line\n é € 😀 \x7f \u0085 \U0010FFFF <&\">";
  EXPECT_EQ(xml_text(text), text);
}

TEST(XmlText, replaces_every_other_control_character) {
  for (char c = 0; c < 0x20; ++c) {
    if (c == '\t' || c == '\n' || c == '\r') continue;
    EXPECT_EQ(xml_text(std::string("a") + c + "b"), "a\uFFFDb") << int{c};
  }
}

TEST(XmlText, replaces_the_two_noncharacters_that_xml_excludes) {
  EXPECT_EQ(xml_text("\xef\xbf\xbe\xef\xbf\xbf\xef\xbf\xbd"), "\uFFFD\uFFFD\uFFFD");
}

TEST(XmlText, replaces_what_is_not_utf_8_byte_by_byte) {
  EXPECT_EQ(xml_text("\xed\xa0\x80"), "\uFFFD\uFFFD\uFFFD") << "a lone surrogate";
  EXPECT_EQ(xml_text("\xc0\x80"), "\uFFFD\uFFFD") << "overlong";
  EXPECT_EQ(xml_text("\xf4\x90\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD") << "beyond U+10FFFF";
  EXPECT_EQ(xml_text("\xe2\x82"), "\uFFFD\uFFFD") << "cut off";
  EXPECT_EQ(xml_text("\x80z"), "\uFFFDz") << "no beginning";
  EXPECT_EQ(xml_text("\xe2\x28\xa1"), "\uFFFD(\uFFFD") << "no end";
}

TEST(XmlText, makes_line_ends_what_a_parser_would_make_them) {
  EXPECT_EQ(xml_text("a\r\nb\rc\r\r\nd\r"), "a\nb\nc\n\nd\n");
}

TEST(XmlText, twice_is_the_same_as_once) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  EXPECT_EQ(xml_text(xml_text(all)), xml_text(all));
}

TEST(Utf8, every_code_point_comes_through) {
  for (char32_t c = 1; c <= 0x10ffff; ++c) {
    if (c >= 0xd800 && c <= 0xdfff) continue;
    std::string text;
    if (c < 0x80) {
      text = {static_cast<char>(c)};
    } else if (c < 0x800) {
      text = {static_cast<char>(0xc0 | c >> 6), static_cast<char>(0x80 | (c & 0x3f))};
    } else if (c < 0x10000) {
      text = {static_cast<char>(0xe0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 0x3f)),
              static_cast<char>(0x80 | (c & 0x3f))};
    } else {
      text = {static_cast<char>(0xf0 | c >> 18), static_cast<char>(0x80 | (c >> 12 & 0x3f)),
              static_cast<char>(0x80 | (c >> 6 & 0x3f)), static_cast<char>(0x80 | (c & 0x3f))};
    }
    const auto first = first_code_point(text);
    ASSERT_TRUE(first.valid && first.value == c && first.bytes == text.size()) << static_cast<unsigned>(c);
  }
}

TEST(Utf8, columns_are_code_points) {
  EXPECT_EQ(columns_of("échec"), 5U);
  EXPECT_EQ(columns_of(""), 0U);
}

}  // namespace
}  // namespace mqtts::reports
