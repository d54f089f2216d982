#include "harness/probes/marker_search.h"

#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/util/digest.h"

namespace mqtts::probes {
namespace {

using namespace std::string_literals;

std::span<const unsigned char> bytes_of(std::string_view text) {
  return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

bool finds(const std::string& text, const std::string& marker) { return holds_marker(bytes_of(text), marker); }

TEST(MarkerSearch, finds_it_in_any_form_that_hides_nothing) {
  const auto marker = "s3cr~t?k"s;
  EXPECT_TRUE(finds("before " + marker + " after", marker));
  EXPECT_TRUE(finds("k?t~rc3s", marker));
  EXPECT_TRUE(finds("x" + to_hex(marker), marker));
  EXPECT_TRUE(
      finds("73336372"
            "7E743F6B",
            marker));
  EXPECT_TRUE(
      finds("s\0"
            "3\0c\0r\0~\0t\0?\0k\0"s,
            marker));
  EXPECT_TRUE(
      finds("\0s\0"
            "3\0c\0r\0~\0t\0?\0k"s,
            marker));
  for (const auto* before : {"", "a", "ab", "abc", "abcd"})
    for (const auto* after : {"", "y", "yz", "xyz"}) {
      auto coded = to_base64(before + marker + after);
      EXPECT_TRUE(finds(coded, marker)) << coded;
      for (auto& letter : coded) letter = letter == '+' ? '-' : letter == '/' ? '_' : letter;
      EXPECT_TRUE(finds(coded, marker)) << coded;
    }
}

TEST(MarkerSearch, finds_nothing_else) {
  const auto marker = "s3cr~t?k"s;
  EXPECT_FALSE(finds("s3cr~t?", marker));
  EXPECT_FALSE(finds(std::string(10'000, 's'), marker));
  EXPECT_FALSE(finds("", marker));
  for (const auto& form : forms_of("abcd")) EXPECT_GE(form.size(), shortest_marker) << form;
}

TEST(MarkerSearch, looks_into_records_of_application_data_alone) {
  const auto handshake = "\x16\3\3\0\4name"s;
  const auto data = application_data_of(bytes_of(handshake + "\x17\3\3\0\3mar\x17\3\3\0\3ker"s));
  EXPECT_EQ(std::string(data.begin(), data.end()), "marker");
  // What is no TLS is all looked at.
  const auto rest = application_data_of(bytes_of(handshake + "in clear"));
  EXPECT_EQ(std::string(rest.begin(), rest.end()), "in clear");
  const auto cut = application_data_of(bytes_of("\x17\3\3\0\x09mar"s));
  EXPECT_EQ(std::string(cut.begin(), cut.end()), "mar");
}

TEST(MarkerSearch, takes_the_mask_off_a_websockets_frames) {
  const auto upgrade = "GET /mqtt HTTP/1.1\r\n\r\n"s;
  const auto data = frames_of(bytes_of(upgrade + "\x82\x83\1\2\3\4"s + "lct" + "\x82\3ker"s));
  EXPECT_EQ(std::string(data.begin(), data.end()), "mawker");
}

}  // namespace
}  // namespace mqtts::probes
