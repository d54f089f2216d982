#include "reports/formats.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/reports/golden.h"
#include "tests/reports/sample_reports.h"
#include "tests/reports/temporary_folder.h"
#include "tests/support/words.h"

namespace mqtts::reports {
namespace {

using test::english;

namespace fs = std::filesystem;
Report two_targets() {
  auto report = samples::all_pass();
  report.targets.push_back(report.targets[0]);
  report.targets[1].name = "other";
  return report;
}

Result<std::vector<std::string>> write(Report report, const std::vector<ReportRequest>& wanted,
                                       const fs::path& folder) {
  return write_reports({report, report}, english, wanted, folder);
}

std::set<std::string> files_in(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.insert(entry.path().filename());
  return names;
}

TEST(Formats, have_a_name_a_pattern_and_a_file_for_every_report) {
  for (const auto& format : formats()) {
    EXPECT_FALSE(format.name.empty());
    EXPECT_FALSE(format.pattern.empty());
    EXPECT_FALSE(format.render(samples::all_pass(), english).empty()) << format.name;
  }
}

Report outlines_of(const Report& whole) {
  Report outlines{.run = whole.run, .targets = {}, .summary = whole.summary};
  for (const auto& target : whole.targets) outlines.targets.push_back(outline_of(target));
  return outlines;
}

TEST(Formats, that_need_outlines_only_tell_the_same_of_them) {
  const auto whole = samples::grading_run();
  int told = 0;
  for (const auto& format : formats()) {
    if (format.extent != Extent::outline) continue;
    EXPECT_EQ(format.render(outlines_of(whole), english), format.render(whole, english)) << format.name;
    ++told;
  }
  EXPECT_EQ(told, 5);
}

TEST(Outlines, are_not_all_of_a_target) {
  const auto whole = samples::troubled();
  EXPECT_NE(outlines_of(whole), whole);
}

TEST(WriteReports, streams_the_targets_of_outlines) {
  const TemporaryFolder folder;
  const auto whole = samples::grading_run();
  auto outlines = outlines_of(whole);
  Report nothing;
  const std::vector<ReportRequest> wanted{{"json", {}}, {"class", {}}, {"csv", {}}};
  EXPECT_TRUE(need_outlines_only(wanted));
  const auto each = [&](const auto& take) -> Result<void> {
    for (const auto& target : whole.targets)
      if (auto taken = take(target); !taken) return taken;
    return {};
  };
  ASSERT_TRUE(write_reports({outlines, nothing, each}, english, wanted, folder.path()));
  EXPECT_EQ(text_of(folder.path() / "results.json"), results_text(whole, english));
}

TEST(WriteReports, knows_what_needs_all_targets_at_once) {
  EXPECT_FALSE(need_outlines_only({{"json", {}}, {"sarif", {}}}));
  EXPECT_FALSE(need_outlines_only({{"html", {}}}));
}

TEST(WriteReports, leaves_no_file_where_a_target_cannot_be_had) {
  const TemporaryFolder folder;
  auto whole = samples::grading_run();
  const auto each = [](const auto&) -> Result<void> { return failure(ErrorKind::local, msg("no")); };
  EXPECT_FALSE(write_reports({whole, whole, each}, english, {{"json", {}}}, folder.path()));
  EXPECT_EQ(files_in(folder.path()), std::set<std::string>{});
}

TEST(WriteReports, that_cannot_be_written_cost_no_other) {
  const TemporaryFolder folder;
  const auto report = samples::all_pass();
  const auto written = write(report, {{"html", "/proc/no/such/page.html"}, {"json", {}}, {"junit", {}}}, folder.path());
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::local);
  EXPECT_EQ(files_in(folder.path()), (std::set<std::string>{"results.json", "TEST-lab.embedded.xml"}));
}

TEST(CheckPlaces, finds_out_what_cannot_be_written) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_whole(folder.path() / "file", "x"));
  const auto file = folder.path() / "file";
  const auto can = [&](const std::vector<ReportRequest>& wanted, const fs::path& out, std::size_t targets = 1) {
    const auto checked = check_places(wanted, out, targets);
    EXPECT_TRUE(checked || checked.error().kind == ErrorKind::usage);
    return checked.has_value();
  };
  EXPECT_TRUE(can({{"json", {}}, {"junit", {}}, {"html", folder.path() / "page.html"}}, folder.path() / "out"));
  EXPECT_TRUE(can({{"html", file}}, folder.path()));
  EXPECT_FALSE(can({{"html", file}}, folder.path(), 2)) << "several pages need a folder";
  EXPECT_FALSE(can({{"json", {}}}, file));
  EXPECT_FALSE(can({{"junit", {}}}, file));
  EXPECT_FALSE(can({{"csv", file / "marks.csv"}}, folder.path()));
  EXPECT_TRUE(can({{"junit", "-"}}, folder.path()));
  EXPECT_FALSE(can({{"junit", "-"}}, folder.path(), 2)) << "several files on standard output";
  EXPECT_FALSE(can({{"junit", "-"}, {"json", "-"}}, folder.path()));
  EXPECT_FALSE(can({{"github", {}}, {"json", "-"}}, folder.path())) << "github is printed";
  EXPECT_EQ(files_in(folder.path()), std::set<std::string>{"file"});
}

// JSON and JUnit have tests of their own.
TEST(Formats, are_as_approved) {
  for (const auto* name :
       {"csv", "csv-moodle", "csv-canvas", "markdown", "tap", "ctrf", "sarif", "github", "gradescope"}) {
    const auto format = std::ranges::find(formats(), std::string_view(name), &Format::name);
    ASSERT_NE(format, formats().end()) << name;
    const auto render = [&](const Report& report, Lang lang) {
      std::string all;
      for (const auto& file : format->render(report, Translator(lang))) all += file.bytes;
      return all;
    };
    expect_golden(fmt::format("lab-all-pass.0.{}", name), render(samples::all_pass(), Lang::en));
    expect_golden(fmt::format("lab-troubled.4.{}", name), render(samples::troubled(), Lang::en));
    expect_golden(fmt::format("lab-class.3.{}", name), render(samples::grading_run(), Lang::en));
  }
}

TEST(ReportViews, are_for_whom_a_format_is) {
  auto whole = samples::all_pass();
  auto less = samples::unreachable();
  const ReportViews tellings{whole, less};
  EXPECT_EQ(&tellings.of(Audience::instructor), &whole);
  EXPECT_EQ(&tellings.of(Audience::student), &less);
}

TEST(ReportRequest, is_a_format_and_perhaps_a_path) {
  const auto plain = wanted_from("junit");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->format, "junit");
  EXPECT_FALSE(plain->path);
  EXPECT_EQ(wanted_from("json=a=b.json")->path, fs::path("a=b.json"));
}

TEST(ReportRequest, must_be_a_format_that_there_is_and_a_path_that_says_something) {
  for (const auto* text : {"xml", "", "=x", "json="}) {
    const auto wanted = wanted_from(text);
    ASSERT_FALSE(wanted) << text;
    EXPECT_EQ(wanted.error().kind, ErrorKind::usage);
    EXPECT_FALSE(wanted.error().hint.empty());
  }
}

TEST(WriteReports, puts_all_into_the_folder_and_says_what) {
  const TemporaryFolder folder;
  const auto written = write(samples::all_pass(), {{"json", {}}, {"junit", {}}}, folder.path());
  ASSERT_TRUE(written);
  EXPECT_EQ(*written,
            (std::vector<std::string>{folder.path() / "results.json", folder.path() / "TEST-lab.embedded.xml"}));
  EXPECT_EQ(text_of((*written)[0]), text_of(golden_path("lab-all-pass.0.results.json")));
}

TEST(WriteReports, takes_a_path_as_the_exact_name_of_a_single_file) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "deep" / "mine.xml";
  ASSERT_TRUE(write(samples::all_pass(), {{"junit", path}}, "/nowhere"));
  EXPECT_EQ(text_of(path), text_of(golden_path("lab-all-pass.0.junit.xml")));
}

TEST(WriteReports, takes_a_path_as_a_folder_if_it_is_one_or_looks_like_one_or_files_are_several) {
  const TemporaryFolder folder;
  fs::create_directory(folder.path() / "is");
  const auto report = samples::all_pass();
  ASSERT_TRUE(write(report, {{"json", folder.path() / "is"}}, "/nowhere"));
  ASSERT_TRUE(write(report, {{"json", folder.path() / "looks" / ""}}, "/nowhere"));
  ASSERT_TRUE(write(two_targets(), {{"junit", folder.path() / "several"}}, "/nowhere"));
  EXPECT_EQ(files_in(folder.path() / "is"), std::set<std::string>{"results.json"});
  EXPECT_EQ(files_in(folder.path() / "looks"), std::set<std::string>{"results.json"});
  EXPECT_EQ(files_in(folder.path() / "several"),
            (std::set<std::string>{"TEST-lab.embedded.xml", "TEST-lab.other.xml"}));
}

TEST(WriteReports, leads_from_the_class_to_the_pages_that_it_has_written_wherever_they_are) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write(samples::grading_run(),
                    {{"class", folder.path() / "of class" / ""}, {"html", folder.path() / "pages" / ""}}, "/nowhere"));
  EXPECT_TRUE(text_of(folder.path() / "of class" / "class.html").find("href=\"../pages/s01.html\"") !=
              std::string::npos);
}

TEST(WriteReports, prints_what_goes_to_standard_output_and_says_no_path_of_it) {
  testing::internal::CaptureStdout();
  const auto written = write(samples::all_pass(), {{"github", {}}, {"tap", "-"}}, "/nowhere");
  const auto printed = testing::internal::GetCapturedStdout();
  ASSERT_TRUE(written);
  EXPECT_TRUE(written->empty());
  EXPECT_TRUE(printed.starts_with("::notice title=lab::3 passed\nTAP version 13\n")) << printed;
  EXPECT_TRUE(prints({{"json", {}}, {"tap", "-"}}));
  EXPECT_TRUE(prints({{"github", {}}}));
  EXPECT_FALSE(prints({{"json", {}}, {"github", "annotations.txt"}}));
}

TEST(WriteReports, can_print_no_several_files) {
  testing::internal::CaptureStdout();
  const auto written = write(two_targets(), {{"junit", "-"}}, "/nowhere");
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::usage);
}

TEST(WriteReports, writes_what_is_else_printed_where_it_is_told_to) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write(samples::all_pass(), {{"github", folder.path() / "annotations.txt"}}, "/nowhere"));
  EXPECT_EQ(text_of(folder.path() / "annotations.txt"), "::notice title=lab::3 passed\n");
}

TEST(WriteReports, writes_nothing_if_one_format_is_unknown) {
  const TemporaryFolder folder;
  const auto written = write(samples::all_pass(), {{"json", {}}, {"xml", {}}}, folder.path());
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::usage);
  EXPECT_TRUE(files_in(folder.path()).empty());
}

TEST(WriteReports, says_which_file_could_not_be_written) {
  const auto written = write(samples::all_pass(), {{"json", {}}}, "/dev/null/out");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::local);
  EXPECT_NE(to_english(written.error().what).find("/dev/null/out/results.json"), std::string::npos);
}

}  // namespace
}  // namespace mqtts::reports
