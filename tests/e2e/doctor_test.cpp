// `doctor` as a user runs it: its output and exit code.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/program.h"

namespace mqtts::e2e {
namespace {

using ::testing::HasSubstr;

class DoctorCommand : public ::testing::Test {
 protected:
  Ended run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {harness(), "doctor"});
    Program program(std::move(arguments), folder.path(),
                    {{"TMPDIR", folder.path().string()}, {"XDG_RUNTIME_DIR", ""}, {"LC_ALL", "C.UTF-8"}});
    return program.end();
  }

  std::string target(const std::string& ssh) {
    write(folder / "id", "");
    write(folder / "kh", "");
    write(folder / "target.json",
          R"({"schema": "mqtts-harness/target/v1", "name": "t",
              "mqtt": {"host": "127.0.0.1", "tls_port": 1, "plain_port": 1})" +
              ssh + "}");
    return folder / "target.json";
  }

  Folder folder;
};

TEST_F(DoctorCommand, finds_the_embedded_host_sound) {
  const auto ended = run({"--json"});
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  const auto json = nlohmann::json::parse(ended.out);
  EXPECT_EQ(json.at("exit_code"), 0);
  EXPECT_GT(json.at("findings").size(), 20u);
}

TEST_F(DoctorCommand, cannot_look_where_the_target_has_no_ssh) {
  const auto ended = run({"--target", target("")});
  EXPECT_EQ(ended.code, 3) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("says nothing of SSH"));
}

TEST_F(DoctorCommand, cannot_look_where_nobody_answers_and_says_so_in_french) {
  const auto path = target(R"(, "ssh": {"host": "127.0.0.1", "port": 1, "user": "u",
                                        "identity_file": "id", "known_hosts_file": "kh"})");
  const auto ended = run({"--target", path, "--lang", "fr", "-q"});
  EXPECT_EQ(ended.code, 3) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("✖ ssh-port"));
  EXPECT_THAT(ended.out, HasSubstr("remède :"));
  EXPECT_EQ(ended.out.find("✔"), std::string::npos) << "quiet";
}

TEST_F(DoctorCommand, refuses_a_target_that_is_not_there) { EXPECT_EQ(run({"--target", "nowhere.json"}).code, 2); }

}  // namespace
}  // namespace mqtts::e2e
