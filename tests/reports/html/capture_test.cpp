#include "reports/html/capture.h"

#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/words.h"

namespace mqtts::reports {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string shown(const Capture& capture, const Translator& tr = test::english) {
  pugi::xml_document document;
  add_capture(document.append_child("main"), capture, HtmlWriter(tr));
  std::ostringstream text;
  document.save(text, "", pugi::format_raw);
  return text.str();
}

Capture capture_in(const std::string& file) {
  return {file,
          2,
          {{1, 0, Direction::to_broker, "TCP", "55484 → 1883 [SYN]", {}},
           {2, 0.0003176, Direction::to_client, "TLSv1.3", "Application Data, 19 bytes", "Alert <b>"}}};
}

TEST(HtmlCapture, lists_packets_as_wireshark_does) {
  const auto page = shown(capture_in("captures/tls/tls-accepted.pcapng"));
  EXPECT_THAT(page, HasSubstr("<a href=\"captures/tls/tls-accepted.pcapng\">"));
  EXPECT_THAT(page, HasSubstr("client → broker"));
  EXPECT_THAT(page, HasSubstr("0.000318"));
  EXPECT_THAT(page, HasSubstr("Application Data, 19 bytes"));
  EXPECT_THAT(page, HasSubstr("decrypted: Alert &lt;b&gt;"));
  EXPECT_THAT(page, HasSubstr("2 packets in all"));
}

TEST(HtmlCapture, speaks_french) {
  const auto page = shown(capture_in("captures/tls/tls-accepted.pcapng"), test::french);
  EXPECT_THAT(page, HasSubstr("Sens"));
  EXPECT_THAT(page, HasSubstr("2 paquets en tout"));
  EXPECT_THAT(page, HasSubstr("0.000318")) << "as Wireshark writes it";
}

// Results may come from anybody.
TEST(HtmlCapture, links_nothing_but_files_beside_the_page) {
  for (const auto* file : {"javascript:alert(1)", "/etc/passwd", "captures/../../x", "captures/a b", "captures/a\"b"})
    EXPECT_THAT(shown(capture_in(file)), Not(HasSubstr("href"))) << file;
}

}  // namespace
}  // namespace mqtts::reports
