// `grade` of a student's machine by SSH: the lab's own material is fetched from where the plan says that the lab puts
// it.
#include <signal.h>

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/program.h"

namespace mqtts::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

class OverSsh : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto up = run({"lab", "up"});
    ASSERT_EQ(up.code, 0) << up.err;
    const std::string mark = "--target ";
    const auto at = up.out.find(mark) + mark.size();
    target = up.out.substr(at, up.out.find('\n', at) - at);
    const auto finished = run({"run", lab_plan(), "--target", target, "--keep", "--out", "finished"});
    ASSERT_EQ(finished.code, 0) << finished.out << finished.err;
    root = nlohmann::json::parse(read(target))["broker"]["root"].get<std::string>();
    for (const std::string user : {"userclient", "userbroker"}) {
      const auto made = Program({"/usr/bin/mosquitto_passwd", "-b", (root / "mosquitto_passwd").string(), user,
                                 "password of " + user},
                                folder.path())
                            .end();
      ASSERT_EQ(made.code, 0) << made.err;
      write(root / "home" / (user + ".password"), "password of " + user + "\n");
    }
    ASSERT_EQ(::kill(broker(), SIGHUP), 0);  // reads its password file again
    write(folder / "class.csv", "student_id,target\nada," + target + "\n");
  }
  // A broker that a test has started by itself is not the lab's to end.
  void TearDown() override {
    if (has_own_broker) ::kill(broker(), SIGKILL);
    run({"lab", "down"});
  }

  Ended run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), harness());
    return Program(std::move(arguments), folder.path(),
                   {{"XDG_RUNTIME_DIR", folder.path()}, {"TMPDIR", folder.path()}, {"LC_ALL", "C.UTF-8"}})
        .end();
  }
  Ended grade(const std::string& out) const {
    return run({"grade", lab_plan(), "--roster", "class.csv", "--out", out});
  }
  nlohmann::json ada_in(const std::string& out) const {
    return nlohmann::json::parse(read(folder / (out + "/ada/results.json")))["targets"][0];
  }
  pid_t broker() const { return std::stoi(read(root / "run/mosquitto.pid")); }

  Folder folder;
  std::string target;
  fs::path root;
  bool has_own_broker = false;
};

TEST_F(OverSsh, a_finished_lab_gets_every_point) {
  const auto ended = grade("marks");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  const auto ada = ada_in("marks");
  EXPECT_EQ(ada["score"], 20) << ada.dump(1);
  std::set<std::string> kinds;
  for (const auto& trait : ada["traits"]) kinds.insert(trait["kind"]);
  EXPECT_EQ(kinds,
            (std::set<std::string>{"ca-key", "certificate-serial", "password-hash", "server-key", "ssh-host-key"}));
  const auto bytes = read(folder / "marks/ada/results.json") + ended.out + ended.err;
  EXPECT_THAT(bytes, Not(HasSubstr("password of user")));
  EXPECT_THAT(bytes, Not(HasSubstr("$7$"))) << "no password's hash leaves the host";
}

TEST_F(OverSsh, a_machine_that_answers_while_its_broker_is_down_is_marked) {
  ASSERT_EQ(::kill(broker(), SIGKILL), 0);
  const auto ended = grade("marks");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_EQ(ada_in("marks")["score"], 0);
  EXPECT_FALSE(ada_in("marks").contains("not_graded"));
}

TEST_F(OverSsh, a_password_that_the_broker_demands_and_nobody_handed_in_is_no_mark_of_0) {
  fs::remove(root / "home/userclient.password");
  const auto ended = grade("marks");
  EXPECT_EQ(ended.code, 3) << ended.out << ended.err;
  EXPECT_THAT(ada_in("marks")["not_graded"]["message"].get<std::string>(),
              HasSubstr("userclient.password is missing on the broker's host"));
}

TEST_F(OverSsh, a_lab_without_passwords_is_marked_for_what_it_has) {
  fs::remove(root / "home/userclient.password");
  fs::remove(root / "home/userbroker.password");
  const auto path = nlohmann::json::parse(read(target))["broker"]["configuration"].get<std::string>();
  auto configuration = read(path);
  for (const std::string line : {"allow_anonymous false", "require_certificate true"})
    configuration.erase(configuration.find(line), line.size());
  configuration.erase(
      configuration.find("password_file"),
      configuration.find('\n', configuration.find("password_file")) - configuration.find("password_file"));
  write(path, configuration + "allow_anonymous true\n");
  ASSERT_EQ(::kill(broker(), SIGKILL), 0);
  ASSERT_EQ(Program({"/usr/sbin/mosquitto", "-c", path, "-d"}, folder.path()).end().code, 0);
  has_own_broker = true;
  const auto ended = grade("marks");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_EQ(ada_in("marks")["score"], 5) << ada_in("marks").dump(1);
}

TEST_F(OverSsh, a_machine_that_cannot_be_logged_in_to_has_no_mark) {
  auto json = nlohmann::json::parse(read(target));
  write(folder / "nobody", "");
  json["ssh"]["known_hosts_file"] = (folder / "nobody").string();
  write(folder / "target.json", json.dump());
  write(folder / "class.csv", "student_id,target\nada,target.json\n");
  const auto ended = grade("marks");
  EXPECT_EQ(ended.code, 3) << ended.out << ended.err;
  EXPECT_THAT(ada_in("marks")["not_graded"]["message"].get<std::string>(), HasSubstr("host key"));
}

}  // namespace
}  // namespace mqtts::e2e
