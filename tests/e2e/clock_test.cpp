// A broker's host whose clock differs from this machine's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/program.h"

namespace mqtts::e2e {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

// Path of libfaketime (Debian's package faketime); empty if it is missing.
std::string library() {
  for (const auto& folder : fs::directory_iterator("/usr/lib"))
    if (const auto file = folder.path() / "faketime/libfaketime.so.1"; fs::exists(file)) return file;
  return {};
}

// All programs on the lab's host, its broker too, see another time.
class OtherClock : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (library().empty()) GTEST_SKIP() << "there is no libfaketime: apt install faketime";
    const auto up = run({"lab", "up"});
    ASSERT_EQ(up.code, 0) << up.err;
    const std::string mark = "--target ";
    const auto at = up.out.find(mark) + mark.size();
    target = up.out.substr(at, up.out.find('\n', at) - at);
    const auto json = nlohmann::json::parse(read(target));
    const auto file = fs::path(json["ssh"]["known_hosts_file"].get<std::string>()).parent_path() / "sshd_config";
    auto text = read(file);
    const std::string setting = "SetEnv ";
    write(file, text.insert(text.find(setting) + setting.size(),
                            "LD_PRELOAD=" + library() + " NO_FAKE_STAT=1 FAKETIME=" + GetParam() + " "));
  }
  void TearDown() override { run({"lab", "down"}); }

  Ended run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), harness());
    return Program(std::move(arguments), folder.path(),
                   {{"XDG_RUNTIME_DIR", folder.path()}, {"TMPDIR", folder.path()}, {"LC_ALL", "C.UTF-8"}})
        .end();
  }

  Folder folder;
  std::string target;
};

TEST_P(OtherClock, is_told_and_takes_nothing_from_a_good_broker) {
  const auto ended = run({"run", lab_plan(), "--target", target, "--out", "out"});
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  const auto results = nlohmann::json::parse(read(folder / "out/results.json"));
  EXPECT_THAT(results["targets"][0]["clock_doubt"]["message"].get<std::string>(),
              HasSubstr("the clock of the broker's host is "));
  EXPECT_THAT(ended.out, HasSubstr("the clock of the broker's host is "));
}

INSTANTIATE_TEST_SUITE_P(all, OtherClock, testing::Values("-90m", "+365d", "-20d"));

}  // namespace
}  // namespace mqtts::e2e
