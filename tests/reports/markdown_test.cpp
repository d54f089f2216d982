#include "reports/markdown.h"

#include <gtest/gtest.h>

#include "reports/markdown_text.h"
#include "tests/reports/readers.h"
#include "tests/reports/sample_reports.h"
#include "tests/support/words.h"

namespace mqtts::reports {
namespace {

using test::english;

std::string markdown_of(const Report& report) { return markdown(report, english).at(0).bytes; }

TEST(MarkdownText, makes_markup_harmless) {
  EXPECT_EQ(markdown_text("a|b`c` <b>&\n# x"), "a\\|b\\`c\\` &lt;b&gt;&amp; \\#&#8203; x");
  EXPECT_EQ(markdown_text("@team"), "\\@&#8203;team");
  EXPECT_EQ(markdown_text("0 of 3"), "0 of 3");
}

TEST(MarkdownBlock, has_a_fence_that_its_text_does_not_end) {
  EXPECT_EQ(markdown_block({"a", "````", "<script>"}), "`````text\na\n````\n<script>\n`````\n");
}

TEST(Markdown, of_a_target_tells_its_stages_and_what_did_not_hold) {
  const auto text = markdown_of(samples::troubled());
  EXPECT_NE(text.find("| Password | ✖ fail | 0 of 3 | 0 of 6 |\n"), std::string::npos) << text;
  EXPECT_NE(text.find("### ✖ fail: password / anonymous\\-rejected\n"), std::string::npos) << text;
  EXPECT_NE(text.find("- **hint**: Write allow\\_anonymous false"), std::string::npos);
  EXPECT_NE(text.find("```text\nsudo mv -fT"), std::string::npos) << "the commands that put it back";
  EXPECT_EQ(markdown_of(samples::all_pass()).find("###"), std::string::npos);
}

TEST(Markdown, of_a_class_has_marks_causes_copies_and_who_has_none) {
  const auto text = markdown_of(samples::grading_run());
  EXPECT_NE(text.find("3 of 4 have a mark"), std::string::npos) << text;
  EXPECT_NE(text.find("| s01 | Ada Lovelace | 5\\.5 of 10\\.5 |"), std::string::npos) << text;
  EXPECT_NE(text.find("| s04 | Émilie du Châtelet | not graded |"), std::string::npos) << text;
  EXPECT_NE(text.find("| ssh\\-host\\-key | s01, s02, s03 |"), std::string::npos) << text;
  EXPECT_NE(text.find("- **s04**: nothing answers on 192\\.0\\.2\\.7"), std::string::npos) << text;
}

TEST(Markdown, is_rendered_by_github_s_own_library_without_anything_that_a_broker_said) {
  if (std::string(MQTTS_CMARK_GFM).empty()) GTEST_SKIP() << "there is no cmark-gfm on this machine";
  const std::string evil =
      "<script>x</script> [a](http://evil.example) ![p](http://evil.example/p.png) http://evil.example "
      "www.evil.example a@evil.example **b** `c` | d | \n\n# head\n<img src=x> &lt; ~~s~~ <http://evil.example>";
  auto report = samples::troubled();
  auto grading_run = samples::grading_run();
  report.targets[0].name = report.run.tool = evil;
  grading_run.targets[2].student->name = grading_run.targets[2].name = evil;
  for (auto* one : {&report, &grading_run}) {
    auto& check = one->targets[one == &report ? 0 : 1].stages[0].checks[1];
    check.id = check.title.en = check.hint.en = evil;
    check.message = msg("{x}", {{"x", evil}});
    check.observed->evidence[0].text = "```\n" + evil + "\n````";
    one->targets[0].not_graded = msg("{x}", {{"x", evil}});
    const auto read =
        read_with(MQTTS_CMARK_GFM " --unsafe -e table -e autolink -e strikethrough -t html {} 2>&1", markdown_of(*one));
    EXPECT_EQ(read.code, 0);
    for (const auto* tag : {"<script", "<a ", "<img", "<del", "<code>c"})
      EXPECT_EQ(read.out.find(tag), std::string::npos) << tag << "\n" << read.out;
    EXPECT_NE(read.out.find("<table>"), std::string::npos);
    EXPECT_EQ(read.out.find("<h1>head"), std::string::npos) << read.out;
  }
}

}  // namespace
}  // namespace mqtts::reports
