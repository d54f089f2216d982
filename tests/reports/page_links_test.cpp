#include "reports/page_links.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/reports/temporary_folder.h"

namespace mqtts::reports {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;

std::vector<std::string> linked(const Pages& pages, const std::vector<std::string>& names, const fs::path& folder) {
  std::vector<TargetResult> targets;
  for (const auto& name : names) targets.push_back({.name = name, .page = "of an earlier report"});
  pages.link(targets, folder);
  std::vector<std::string> urls;
  for (const auto& target : targets) urls.push_back(target.page);
  return urls;
}

void write_page(const fs::path& path) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << "a page";
}

TEST(Pages, are_led_to_from_where_the_report_lies) {
  Pages pages;
  pages.add("ada", "marks/of ada/report.html");
  EXPECT_THAT(linked(pages, {"ada"}, "marks"), ElementsAre("of%20ada/report.html"));
  EXPECT_THAT(linked(pages, {"ada"}, ""), ElementsAre("marks/of%20ada/report.html"));
  EXPECT_THAT(linked(pages, {"ada"}, fs::absolute("other/deep/")), ElementsAre("../../marks/of%20ada/report.html"));
}

TEST(Pages, beside_the_report_are_found) {
  const TemporaryFolder folder;
  write_page(folder.path() / "javascript:alert(1)" / "report.html");
  EXPECT_THAT(linked({}, {"javascript:alert(1)", "ada"}, folder.path()),
              ElementsAre("javascript%3Aalert%281%29/report.html", ""));
}

TEST(Pages, are_never_looked_for_elsewhere) {
  const TemporaryFolder folder;
  write_page(folder.path() / "report.html");
  write_page(folder.path() / "marks" / "report.html");
  write_page(folder.path() / "marks" / "a" / "b" / "report.html");
  EXPECT_THAT(linked({}, {"..", ".", "", "a/b", (folder.path() / "marks").string()}, folder.path() / "marks"),
              ElementsAre("", "", "", "", ""));
}

}  // namespace
}  // namespace mqtts::reports
