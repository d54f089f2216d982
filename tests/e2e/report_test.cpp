// `report` and `diff`: offline, from existing files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/program.h"

namespace mqtts::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class Offline : public ::testing::Test {
 protected:
  Ended run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), harness());
    return Program(std::move(arguments), folder.path(), {{"LC_ALL", "C"}}).end();
  }
  nlohmann::json json_in(const std::string& name) const { return nlohmann::json::parse(read(folder / name)); }

  // Copies one of the golden results to another file.
  void put(const std::string& name, const std::string& golden) const {
    std::filesystem::create_directories((folder / name).parent_path());
    write(folder / name, read(std::string(GOLDEN_FOLDER) + '/' + golden));
  }
  // Writes a shard of the class, with some of its students.
  void put_shard(const std::string& name, const std::vector<int>& students) const {
    put(name, "lab-class.3.results.json");
    auto json = json_in(name);
    auto some = nlohmann::json::array();
    for (const int student : students) some.push_back(json["targets"][static_cast<std::size_t>(student)]);
    json["targets"] = some;
    write(folder / name, json.dump());
  }

  Folder folder;
};

TEST_F(Offline, report_renders_beside_the_results_and_says_what_it_wrote) {
  put("results.json", "lab-troubled.4.results.json");
  const auto before = read(folder / "results.json");
  const auto ended = run({"report", (folder / "results.json").string(), "--report", "tap", "--report", "junit=x.xml"});
  EXPECT_EQ(ended.code, 4) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("anonymous-rejected"));
  EXPECT_THAT(ended.out, HasSubstr("report: " + (folder / "results.tap").string()));
  EXPECT_THAT(read(folder / "results.tap"), StartsWith("TAP version 13\n"));
  EXPECT_THAT(read(folder / "x.xml"), HasSubstr("<testsuites"));
  EXPECT_EQ(read(folder / "results.json"), before);
}

TEST_F(Offline, report_prints_one_format_and_nothing_else) {
  put("results.json", "lab-all-pass.0.results.json");
  const auto ended = run({"report", ".", "--report", "ctrf=-", "--report", "csv"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(nlohmann::json::parse(ended.out)["reportFormat"], "CTRF");
  EXPECT_THAT(ended.err, HasSubstr("gradebook.csv"));
}

TEST_F(Offline, report_for_github_goes_to_standard_output) {
  put("results.json", "lab-all-pass.0.results.json");
  EXPECT_THAT(run({"report", ".", "--report", "github"}).out, StartsWith("::notice title=lab::3 passed\n"));
}

TEST_F(Offline, report_merges_the_shards_of_a_class_and_sums_it_up) {
  put_shard("shards/1/results.json", {0, 1});
  put_shard("shards/2/results.json", {2, 3, 0});
  const auto ended = run({"report", "shards", "--out", "all", "--report", "csv"});
  EXPECT_EQ(ended.code, 3) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("3 of 4 have a mark"));
  EXPECT_THAT(ended.err, HasSubstr("s01 is in shards/1/results.json and in shards/2/results.json"));
  const auto merged = json_in("all/results.json");
  EXPECT_EQ(merged["targets"].size(), 4U);
  EXPECT_FALSE(merged["summary"]["copies"].empty()) << "seen across shards only";
  EXPECT_EQ(merged["run"]["exit_code"], 3);
  EXPECT_THAT(read(folder / "all/gradebook.csv"), HasSubstr("s04"));
}

TEST_F(Offline, report_marks_anew_by_another_plan) {
  const auto first = run({"run", lab_plan(), "--out", "first", "--quiet"});
  ASSERT_EQ(first.code, 0) << first.err;
  auto plan = nlohmann::json::parse(read(lab_plan()));
  for (auto& stage : plan["stages"])
    for (auto& check : stage["checks"]) check["points"] = check["id"] == "anonymous-rejected" ? 7 : 1;
  write(folder / "new.json", plan.dump());
  const auto ended = run({"report", "first", "--plan", "new.json", "--out", "second"});
  EXPECT_EQ(ended.code, 0) << ended.err << ended.out;
  const auto marked = json_in("second/results.json");
  EXPECT_EQ(marked["targets"][0]["score"], 19);
  EXPECT_EQ(marked["targets"][0]["max_score"], 19);
  EXPECT_NE(marked["run"]["plan_sha256"], json_in("first/results.json")["run"]["plan_sha256"]);
  EXPECT_EQ(run({"diff", "first", "second"}).code, 0) << "marks are no verdicts";
}

TEST_F(Offline, report_of_several_wants_to_know_where) {
  put("a.json", "lab-all-pass.0.results.json");
  put("b.json", "lab-troubled.4.results.json");
  const auto ended = run({"report", "a.json", "b.json", "--report", "csv"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("--out DIR"));
}

TEST_F(Offline, input_that_is_wrong_is_told_with_its_file) {
  write(folder / "broken.json", "{\n oops");
  std::filesystem::create_directory(folder / "empty");
  const struct {
    std::vector<std::string> arguments;
    const char* said;
  } rows[] = {{{"report", "broken.json"}, "broken.json: not JSON: line 2"},
              {{"report", "nowhere.json"}, "nowhere.json: No such file"},
              {{"report", "empty"}, "empty has no results.json"},
              {{"report", "broken.json", "--report", "xml"}, "no report format is called \"xml\""},
              {{"diff", "broken.json", "nowhere.json"}, "broken.json: not JSON"},
              {{"diff", "broken.json"}, "required"}};
  for (const auto& row : rows) {
    const auto ended = run(row.arguments);
    EXPECT_EQ(ended.code, 2) << row.said;
    EXPECT_THAT(ended.err, HasSubstr(row.said));
  }
}

TEST_F(Offline, diff_says_what_broke_by_its_exit_code) {
  put("a/results.json", "lab-all-pass.0.results.json");
  put("b/results.json", "lab-all-pass.0.results.json");
  auto json = json_in("b/results.json");
  json["targets"][0]["stages"][0]["checks"][0]["verdict"] = "error";
  write(folder / "b/results.json", json.dump());
  const auto broke = run({"diff", "a", "b"});
  EXPECT_EQ(broke.code, 1) << broke.err;
  EXPECT_THAT(broke.out, HasSubstr("open/open-listener-accepts  pass -> error"));
  EXPECT_EQ(run({"diff", "b", "a"}).code, 0);
  EXPECT_EQ(run({"diff", "a", "a"}).code, 0);
  const auto told = nlohmann::json::parse(run({"diff", "a", "b/results.json", "--json"}).out);
  EXPECT_EQ(told["broke"], 1);
  EXPECT_THAT(run({"diff", "a", "b", "--lang", "fr"}).out, HasSubstr("cassé"));
}

}  // namespace
}  // namespace mqtts::e2e
