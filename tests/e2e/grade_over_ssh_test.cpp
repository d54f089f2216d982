// `grade` of a student's machine by SSH: fetches the lab's own material from the paths at which the plan installs it.
#include <signal.h>
#include <unistd.h>

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
    ASSERT_EQ(::kill(broker(), SIGHUP), 0);  // rereads its password file
    write(folder / "class.csv", "student_id,target\nada," + target + "\n");
  }
  // The lab does not end a broker that a test has started.
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
  // A known_hosts file with another key for that address: RFC 8709's form, with any point of the curve.
  static std::string known_as_another(const nlohmann::json& ssh) {
    return "[" + ssh["host"].get<std::string>() + "]:" + ssh["port"].dump() +
           " ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl\n";
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
  for (const auto& fingerprint : ada["traits"]) kinds.insert(fingerprint["kind"]);
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

// The broker runs and accepts every client, but may be another machine's.
TEST_F(OverSsh, a_machine_whose_host_key_has_changed_is_not_asked_for_its_broker) {
  auto json = nlohmann::json::parse(read(target));
  write(folder / "known", known_as_another(json["ssh"]));
  json["ssh"]["known_hosts_file"] = (folder / "known").string();
  write(folder / "target.json", json.dump());
  write(folder / "class.csv", "student_id,target\nada,target.json\n");
  const auto ended = grade("marks");
  EXPECT_EQ(ended.code, 3) << ended.out << ended.err;
  EXPECT_THAT(ada_in("marks")["not_graded"]["message"].get<std::string>(), HasSubstr("has changed"));
  EXPECT_THAT(ada_in("marks").dump(), Not(HasSubstr("observed")));

  const auto observed = run({"run", lab_plan(), "--observe", "--target", "target.json", "--out", "observed"});
  EXPECT_EQ(observed.code, 3) << observed.out << observed.err;
  EXPECT_THAT(observed.err, HasSubstr("has changed"));
  auto results = nlohmann::json::parse(read(folder / "observed/results.json"));
  EXPECT_TRUE(results["targets"][0]["stages"].empty()) << results.dump(1);

  const auto watched = run({"watch", lab_plan(), "--target", "target.json"});
  EXPECT_EQ(watched.code, 3) << watched.out << watched.err;
  EXPECT_THAT(watched.err, HasSubstr("has changed"));
}

// SSH works, the broker runs, and no MQTT connection gets through: that is not the student's fault.
TEST_F(OverSsh, a_broker_that_was_started_with_another_file_behind_a_filter_is_not_down) {
  auto json = nlohmann::json::parse(read(target));
  auto configuration = read(json["broker"]["configuration"].get<std::string>());
  const auto pid_file = configuration.find("pid_file ");
  configuration.replace(pid_file, configuration.find('\n', pid_file) - pid_file,
                        "pid_file " + (folder / "other.pid").string());
  write(folder / "other.conf", configuration);
  ASSERT_EQ(::kill(broker(), SIGKILL), 0);
  // No port of the machine is requested twice: the clients' ports are closed.
  json["mqtt"]["tls_port"] = 1;
  json["mqtt"]["plain_port"] = 2;
  write(folder / "target.json", json.dump());
  write(folder / "class.csv", "student_id,target\nada,target.json\n");
  ASSERT_EQ(Program({"/usr/sbin/mosquitto", "-c", folder / "other.conf", "-d"}, folder.path()).end().code, 0);
  for (int tries = 0; tries < 500 && !fs::exists(folder / "other.pid"); ++tries) usleep(10'000);
  const auto ended = grade("marks");
  ::kill(std::stoi(read(folder / "other.pid")), SIGKILL);
  EXPECT_EQ(ended.code, 3) << ended.out << ended.err << ada_in("marks").dump(1);
  EXPECT_THAT(ada_in("marks").dump(), Not(HasSubstr("\"fail\"")));
}

// The student's client.crt, which another CA has signed.
class WithForeignClient : public OverSsh {
 protected:
  void SetUp() override {
    OverSsh::SetUp();
    if (HasFatalFailure()) return;
    const auto made =
        Program(
            {"/bin/sh", "-c",
             "openssl req -x509 -newkey rsa:2048 -nodes -keyout other.key -out other.crt -days 30 -subj '/CN=Other' "
             "&& openssl req -newkey rsa:2048 -nodes -keyout client.key -out client.csr -subj /CN=userclient && "
             "openssl x509 -req -in client.csr -CA other.crt -CAkey other.key -CAcreateserial -days 30 -out "
             "client.crt"},
            folder.path())
            .end();
    ASSERT_EQ(made.code, 0) << made.err;
    for (const std::string file : {"client.crt", "client.key"}) write(root / "home" / file, read(folder / file));
  }
  nlohmann::json check(const std::string& id) const {
    const auto ada = ada_in("marks");
    for (const auto& stage : ada["stages"])
      for (const auto& check : stage["checks"])
        if (check["id"] == id) return check;
    return {};
  }
};

TEST_F(WithForeignClient, it_costs_its_check_and_the_servers_certificate_stands_in_for_the_others) {
  const auto ended = grade("marks");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_EQ(ada_in("marks")["score"], 17) << ada_in("marks").dump(1);
  EXPECT_EQ(check("valid-mtls-accepted")["verdict"], "fail");
  EXPECT_EQ(check("missing-client-certificate-rejected")["observed"]["set_aside"], nlohmann::json({"certificate"}));
  EXPECT_FALSE(fs::exists(folder / "marks/ada/materials/userclient.key")) << "a student's key stays where it is";
  EXPECT_TRUE(fs::exists(folder / "marks/ada/materials/userclient.crt"));
  EXPECT_THAT(check("valid-mtls-accepted").dump(), HasSubstr("-cert materials/userclient.crt -key host:"));
}

TEST_F(WithForeignClient, a_file_that_belongs_to_no_key_costs_its_check) {
  write(root / "home/client.key", read(folder / "other.key"));
  const auto ended = grade("marks");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_EQ(ada_in("marks")["score"], 17) << ada_in("marks").dump(1);
  EXPECT_THAT(check("valid-mtls-accepted")["message"].get<std::string>(), HasSubstr("does not belong"));
}

// cafile is the student's ca.crt, which is handed in.
TEST_F(WithForeignClient, a_broker_that_trusts_its_ca_gets_no_points_for_it) {
  const auto ca = root / "home/ca.crt";
  write(ca, read(ca) + read(folder / "other.crt"));
  const auto path = nlohmann::json::parse(read(target))["broker"]["configuration"].get<std::string>();
  ASSERT_EQ(::kill(broker(), SIGKILL), 0);
  ASSERT_EQ(Program({"/usr/sbin/mosquitto", "-c", path, "-d"}, folder.path()).end().code, 0);
  has_own_broker = true;
  const auto ended = grade("marks");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_EQ(ada_in("marks")["score"], 15) << ada_in("marks").dump(1);
  EXPECT_THAT(check("valid-mtls-accepted")["message"].get<std::string>(), HasSubstr("trusts another CA, too"));
  EXPECT_EQ(check("untrusted-ca-rejected")["verdict"], "fail");
}

// Keys as textbooks make them, unusable for a client; the broker requires a client certificate.
class WithTextbookServer : public OverSsh {
 protected:
  void SetUp() override {
    OverSsh::SetUp();
    if (HasFatalFailure()) return;
    const auto home = root / "home";
    sh("openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 30 -subj '/CN=My CA'");
    sh("openssl req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=127.0.0.1");
    write(folder / "server.ext", "extendedKeyUsage=serverAuth\nsubjectAltName=IP:127.0.0.1\n");
    sh("openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -extfile server.ext -out "
       "server.crt");
    for (const std::string file : {"ca.crt", "server.crt", "server.key"}) write(home / file, read(folder / file));
    const auto path = nlohmann::json::parse(read(target))["broker"]["configuration"].get<std::string>();
    ASSERT_EQ(::kill(broker(), SIGKILL), 0);
    ASSERT_EQ(Program({"/usr/sbin/mosquitto", "-c", path, "-d"}, folder.path()).end().code, 0);
    has_own_broker = true;
  }
  void sh(const std::string& command) const {
    const auto ended = Program({"/bin/sh", "-c", command}, folder.path()).end();
    ASSERT_EQ(ended.code, 0) << ended.err;
  }
};

TEST_F(WithTextbookServer, what_we_lack_is_no_failure) {
  const auto ended = grade("marks");
  EXPECT_EQ(ended.code, 3) << ended.out << ended.err;
  const auto ada = ada_in("marks");
  EXPECT_THAT(ada.value(nlohmann::json::json_pointer("/not_graded/message"), ""),
              HasSubstr("server.crt is of no use to a client"));
  EXPECT_THAT(ada.dump(), Not(HasSubstr("\"fail\""))) << ada.dump(1);
}

TEST_F(WithTextbookServer, a_clients_own_certificate_serves_both) {
  sh("openssl req -newkey rsa:2048 -nodes -keyout client.key -out client.csr -subj /CN=userclient");
  sh("openssl x509 -req -in client.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -out client.crt");
  for (const std::string file : {"client.crt", "client.key"}) write(root / "home" / file, read(folder / file));
  const auto ended = grade("marks");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_EQ(ada_in("marks")["score"], 20) << ada_in("marks").dump(1);
}

TEST_F(WithTextbookServer, the_cas_key_makes_what_is_missing) {
  write(root / "home/ca.key", read(folder / "ca.key"));
  const auto ended = grade("marks");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_EQ(ada_in("marks")["score"], 20) << ada_in("marks").dump(1);
}

}  // namespace
}  // namespace mqtts::e2e
