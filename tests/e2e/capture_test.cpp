// --capture: what it writes, and that it changes no verdict.
#include <sys/stat.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/program.h"
#include "tests/support/private_mosquitto.h"
#include "tests/support/schema_check.h"
#include "tests/support/tshark.h"

namespace mqtts::e2e {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

mode_t mode_of(const std::filesystem::path& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 ? status.st_mode & 0777 : 0;
}

// What a check came to, without what differs from run to run: ports, times, fingerprints.
std::string gist_of(const json& check) {
  std::string gist = check["verdict"].get<std::string>() + " " + check.value("message", "");
  if (!check.contains("observed")) return gist;
  const auto& seen = check["observed"];
  for (const auto* key : {"outcome", "by", "reason", "code"})
    if (seen.contains(key)) gist += " " + seen[key].dump();
  if (seen.contains("tls"))
    for (const auto* key : {"version", "cipher", "certificate_requested", "certificate_sent", "verified"})
      if (seen["tls"].contains(key)) gist += " " + seen["tls"][key].dump();
  for (const auto& evidence : check.value("evidence", json::array())) {
    gist += " " + evidence["kind"].get<std::string>();
    if (evidence["kind"] == "paho") gist += " " + evidence["text"].get<std::string>();
  }
  return gist;
}

class CaptureProgram : public ::testing::Test {
 protected:
  Ended run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), harness());
    return Program(std::move(arguments), folder.path(), {{"XDG_RUNTIME_DIR", folder.path().string()}}).end();
  }
  json results(const std::string& out) const { return json::parse(read(folder / (out + "/results.json"))); }
  std::map<std::string, std::string> gists(const std::string& out) const {
    std::map<std::string, std::string> all;
    const auto results = this->results(out);
    for (const auto& stage : results["targets"][0]["stages"])
      for (const auto& check : stage["checks"]) all[check["id"]] = gist_of(check);
    return all;
  }

  Folder folder;
};

TEST_F(CaptureProgram, changes_nothing_but_the_captures) {
  const auto plain = run({"run", lab_plan(), "--out", "plain", "-q"});
  const auto captured = run({"run", lab_plan(), "--capture", "--out", "captured", "-q"});
  EXPECT_EQ(plain.code, 0) << plain.out;
  EXPECT_EQ(captured.code, 0) << captured.out;
  EXPECT_EQ(captured.err, "");
  EXPECT_EQ(gists("captured"), gists("plain"));
  EXPECT_FALSE(std::filesystem::exists(folder / "plain/captures"));
}

TEST_F(CaptureProgram, gives_each_check_a_file_that_wireshark_reads) {
  const auto ended = run({"run", lab_plan(), "--capture", "--out", "out", "--report", "html", "-q"});
  ASSERT_EQ(ended.code, 0) << ended.out << ended.err;
  const auto all = results("out");
  EXPECT_EQ(test::schema_says(run({"schema", "results"}).out, all.dump()), "");
  const auto page = read(folder / "out/report.html");
  for (const auto& stage : all["targets"][0]["stages"])
    for (const auto& check : stage["checks"]) {
      const auto id = check["id"].get<std::string>();
      ASSERT_TRUE(check.contains("capture")) << id;
      const auto file = check["capture"]["file"].get<std::string>();
      EXPECT_EQ(file, "captures/" + stage["id"].get<std::string>() + "/" + id + ".pcapng");
      EXPECT_THAT(page, HasSubstr("href=\"" + file + "\""));
      EXPECT_EQ(mode_of(folder / ("out/" + file)), 0644u) << file;
      if (!test::has_tshark()) continue;
      const auto carried =
          stage["id"] == "open" || id == "cleartext-listener-closed" ? test::Carried::mqtt : test::Carried::tls;
      EXPECT_EQ(test::faults_in(folder / ("out/" + file), carried), "") << file;
      EXPECT_EQ(check["capture"]["packets"], test::packets_in(folder / ("out/" + file))) << file;
    }
  EXPECT_THAT(page, HasSubstr("Connect Ack"));
}

TEST_F(CaptureProgram, decrypts_with_the_keys_that_are_asked_for) {
  if (!test::has_tshark()) GTEST_SKIP() << "tshark is not installed";
  const auto file = folder / "out/captures/client-certificate/valid-mtls-accepted.pcapng";
  const auto published = [&] {
    return test::tshark(file, test::Carried::tls, {"-Y", "mqtt.msgtype == 3 and mqtt.topic == \"your/topic\""});
  };
  ASSERT_EQ(run({"run", lab_plan(), "--capture", "--out", "out", "-q"}).code, 0);
  EXPECT_EQ(published(), "");
  // Over what is there, and with another mode.
  ASSERT_EQ(run({"run", lab_plan(), "--capture", "--keylog", "--out", "out", "-q"}).code, 0);
  EXPECT_THAT(published(), HasSubstr("Publish Message [your/topic]"));
  EXPECT_EQ(mode_of(file), 0600u);
}

TEST_F(CaptureProgram, is_needed_by_the_keys) {
  for (const auto* command : {"run", "audit"}) {
    const auto ended = run({command, command == std::string("run") ? lab_plan() : "mqtt://127.0.0.1:1", "--keylog"});
    EXPECT_EQ(ended.code, 2);
    EXPECT_THAT(ended.err, HasSubstr("--keylog needs --capture, too"));
  }
}

TEST_F(CaptureProgram, says_once_that_it_cannot_write_and_judges_all_the_same) {
  std::filesystem::create_directory(folder / "out");
  write(folder / "out/captures", "no folder");
  const auto ended = run({"run", lab_plan(), "--capture", "--out", "out", "-q"});
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("the traffic is not recorded, or not all of it"));
  EXPECT_EQ(ended.err.find("the traffic is not"), ended.err.rfind("the traffic is not"));
}

// A password in clear is a secret.
TEST_F(CaptureProgram, is_private_where_a_password_can_be_read) {
  const test::TemporaryFolder passwords;
  const test::PrivateMosquitto broker(
      {"allow_anonymous false", "password_file " + test::write_password_file(passwords, {{"alice", "right"}})});
  write(folder / "password", "right\n");
  const auto ended = run({"audit", "mqtt://127.0.0.1:" + std::to_string(broker.port()), "--user", "alice",
                          "--password-file", "password", "--capture", "--out", "out", "--stage", "wire", "-q"});
  EXPECT_EQ(ended.code, 1) << ended.out << ended.err;
  const auto gists = this->gists("out");
  EXPECT_THAT(gists.at("payload-hidden-on-wire"), testing::StartsWith("fail"));
  EXPECT_THAT(gists.at("password-hidden-on-wire"), testing::StartsWith("fail"));
  const auto file = folder / "out/captures/wire/password-hidden-on-wire.pcapng";
  EXPECT_THAT(read(file), HasSubstr("right"));
  EXPECT_EQ(mode_of(file), 0600u);
  EXPECT_THAT(read(folder / "out/results.json"), testing::Not(HasSubstr("right\"")));
}

}  // namespace
}  // namespace mqtts::e2e
