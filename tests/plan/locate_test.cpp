#include "harness/plan/locate.h"

#include <unistd.h>

#include <fstream>

#include <gtest/gtest.h>

#include "tests/plan/good_plan.h"

namespace mqtts::plan {
namespace {

namespace fs = std::filesystem;

class Find : public ::testing::Test {
 protected:
  Find()
      : here_(fs::temp_directory_path() / ("mqtts-find-" + std::to_string(::getpid()))), before_(fs::current_path()) {
    for (const auto& folder : {near(), far()}) fs::create_directories(folder);
    fs::current_path(here_);
  }
  ~Find() override {
    fs::current_path(before_);
    fs::remove_all(here_);
  }

  fs::path near() const { return here_ / "near"; }
  fs::path far() const { return here_ / "far"; }
  void put(const fs::path& file) const { std::ofstream(here_ / file) << good_plan; }
  Loaded find(const std::string& called) const { return find_plan(called, {}, probes::kinds(), {near(), far()}); }
  // Where the plan that is called so was found; what is wrong if it was not.
  std::string found(const std::string& called) const {
    const auto loaded = find(called);
    return loaded.plan ? fs::path(loaded.plan->path).lexically_relative(here_).string()
                       : loaded.problems.at(0).message.text;
  }

 private:
  fs::path here_;
  fs::path before_;
};

TEST_F(Find, a_bare_name_is_looked_for_in_the_folders_the_nearest_first) {
  put("far/lab.json");
  EXPECT_EQ(found("lab"), "far/lab.json");
  put("near/lab.json");
  EXPECT_EQ(found("lab"), "near/lab.json");
}

TEST_F(Find, a_file_that_is_here_comes_before_the_folders) {
  put("far/lab.json");
  put("lab");
  EXPECT_EQ(find("lab").plan.value().path, "lab");
}

TEST_F(Find, a_path_is_only_a_path) {
  put("far/lab.json");
  for (const auto* called : {"lab.json", "./lab", "other/lab"})
    EXPECT_EQ(found(called), "cannot read {path}: {why}") << called;
}

TEST_F(Find, a_name_that_is_nowhere_is_told_with_the_places_and_what_was_meant) {
  put("far/mqtts-lab.json");
  put("far/plan.schema.json");
  const auto problem = find("mqtts-lob").problems.at(0);
  EXPECT_EQ(problem.file, "mqtts-lob");
  EXPECT_EQ(problem.message.args.at("places"), near().string() + ", " + far().string());
  EXPECT_EQ(problem.message.args.at("meant"), "mqtts-lab");
  EXPECT_EQ(found("plan"), "there is no such file, and no plan of this name in {places}") << "a schema is no plan";
}

TEST_F(Find, installed_plans_lie_beside_the_program) {
  const auto folders = scenario_folders();
  ASSERT_EQ(folders.size(), 3U);
  EXPECT_EQ(folders[0], "scenarios");
  const auto program = fs::read_symlink("/proc/self/exe");
  EXPECT_EQ(folders[1], program.parent_path().parent_path() / "share/mqtts-harness/scenarios");
  EXPECT_EQ(folders[2], program.parent_path().parent_path() / "scenarios") << "of a build folder";
}

}  // namespace
}  // namespace mqtts::plan
