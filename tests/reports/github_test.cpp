#include "reports/github.h"

#include <gtest/gtest.h>

#include "tests/reports/sample_reports.h"
#include "tests/support/words.h"

namespace mqtts::reports {
namespace {

using test::english;

std::string github_text(const Report& report) { return github(report, english).at(0).bytes; }

TEST(Github, is_for_standard_output) { EXPECT_EQ(github(samples::all_pass(), english).at(0).name, "-"); }

TEST(Github, says_the_gravest_first) {
  const auto text = github_text(samples::troubled());
  EXPECT_TRUE(
      text.starts_with("::error title=student 07%3A password/anonymous-rejected::a client that should be "
                       "refused was let in%0Aexpected: refused by the broker at MQTT: "))
      << text;
  const auto restored = text.find("::error title=student 07%3A harness/broker-restored::");
  const auto warning = text.find("::warning title=student 07%3A password/valid-password-accepted::");
  const auto notice = text.find("::notice title=student 07%3A password/wrong-password-rejected::");
  EXPECT_LT(restored, warning);
  EXPECT_LT(warning, notice);
  EXPECT_NE(notice, std::string::npos);
}

TEST(Github, says_something_even_if_all_is_well) {
  EXPECT_EQ(github_text(samples::all_pass()), "::notice title=lab::3 passed\n");
}

TEST(Github, lets_no_hostile_text_begin_a_command_or_end_a_property) {
  auto report = samples::troubled();
  report.targets[0].name = "a,file=/etc/passwd::b\n::set-env name=PATH::x\r100%";
  report.targets[0].stages[0].checks[1].message = msg("x\n::error::y\r::z %0A \x1b[31m");
  const auto text = github_text(report);
  EXPECT_NE(text.find("title=a%2Cfile=/etc/passwd%3A%3Ab%0A%3A%3Aset-env name=PATH%3A%3Ax 100%25%3A password/"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("::x%0A::error::y ::z %250A \uFFFD[31m"), std::string::npos) << text;
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
    const auto line = text.substr(at, text.find('\n', at) - at);
    EXPECT_TRUE(line.starts_with("::error title=a%2C") || line.starts_with("::warning title=a%2C") ||
                line.starts_with("::notice title=a%2C"))
        << line;
  }
  EXPECT_EQ(text.find('\r'), std::string::npos);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace mqtts::reports
