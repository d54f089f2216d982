// An engineer's own plan and broker, observed from the command line; and what the report's commands show when they are
// pasted into a shell.
#include <filesystem>
#include <map>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/program.h"
#include "tests/support/finished_lab.h"

namespace mqtts::e2e {
namespace {

using nlohmann::json;
using test::FinishedLab;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

// No stage puts anything on a host: all is set up already.
json own_plan() {
  const json who = {{"account", "userclient"}, {"certificate", "device"}, {"trust", "site-ca"}, {"listener", "tls"}};
  const auto refused_by = [](const std::string& by, const std::vector<std::string>& reasons) {
    return json{{"refused", by}, {"reason", reasons}};
  };
  const std::vector<std::string> unknown = {"unknown_ca", "bad_certificate", "decrypt_error"};
  const std::vector<std::string> login = {"not_authorized", "bad_user_name_or_password"};
  const std::vector<std::string> untrusted = {
      "self_signed_certificate_in_chain", "unable_to_get_local_issuer_certificate", "unable_to_verify_leaf_signature"};
  const auto without = [&](const std::string& id, const json& change, const json& expected) {
    return json{{"id", id}, {"points", 1}, {"control", "let-in"}, {"change", change}, {"expect", expected}};
  };
  return {{"schema", "mqtts-harness/plan/v1"},
          {"name", "own"},
          {"materials",
           {{"authorities", {{"site-ca", {{"subject", "/CN=Site"}}}, {"stranger-ca", {{"subject", "/CN=Stranger"}}}}},
            {"certificates",
             {{"device", {{"issuer", "site-ca"}, {"subject", "/CN=device"}}},
              {"stranger", {{"issuer", "stranger-ca"}, {"subject", "/CN=device"}}}}},
            {"accounts", {{"userclient", "${random}"}}}}},
          {"listeners", {{"tls", {{"port", "${broker.tls_port}"}, {"tls", true}}}}},
          {"stages",
           {{{"id", "mtls"},
             {"checks",
              {{{"id", "let-in"},
                {"points", 1},
                {"client", who},
                {"action", {{"round_trip", "own/topic"}}},
                {"expect", "accepted"}},
               without("no-certificate", {{"certificate", nullptr}},
                       refused_by("tls-peer", {"certificate_required", "handshake_failure"})),
               without("other-certificate", {{"certificate", "stranger"}}, refused_by("tls-peer", unknown)),
               without("wrong-password", {{"password", "${random}"}}, refused_by("mqtt", login)),
               without("unknown-user", {{"user_name", "${random}"}}, refused_by("mqtt", login)),
               without("other-ca", {{"trust", "stranger-ca"}}, refused_by("tls-self", untrusted))}}}}}};
}

class OwnBroker : public ::testing::Test {
 protected:
  OwnBroker() {
    write(folder / "plan.json", own_plan().dump());
    write(folder / "pw", std::string(test::password) + "\n");
  }

  json materials() const {
    return {
        {"ca", lab.material.ca.file},
        {"identities",
         {{"device", {{"certificate", lab.material.client.certificate.file}, {"key", lab.material.client.key.file}}}}},
        {"accounts", {{"userclient", {{"password_file", "pw"}}}}}};
  }

  Ended observe(const json& given, const std::vector<std::string>& more = {}) {
    write(folder / "target.json", json{{"schema", "mqtts-harness/target/v1"},
                                       {"name", "mine"},
                                       {"mqtt", {{"host", "127.0.0.1"}, {"tls_port", lab.good_client().port}}},
                                       {"materials", given}}
                                      .dump());
    std::vector<std::string> command{harness(),     "run",      "plan.json", "--observe", "--target",
                                     "target.json", "--repeat", "1",         "--out",     "my out"};
    command.insert(command.end(), more.begin(), more.end());
    return Program(command, folder.path()).end();
  }

  std::map<std::string, json> checks() const {
    std::map<std::string, json> all;
    const auto results = json::parse(read(folder / "my out/results.json"));
    for (const auto& check : results["targets"][0]["stages"][0]["checks"]) all[check["id"]] = check;
    return all;
  }

  static std::string command_of(const json& check) {
    for (const auto& evidence : check["evidence"])
      if (evidence["kind"] == "reproduce") return evidence["text"];
    return {};
  }

  // In another folder than the run's, by the shell that knows least.
  Ended paste(const std::string& command) const {
    return Program({"/bin/sh", "-c", command}, "/", {{"USERCLIENT_PASSWORD", test::password}}).end();
  }

  FinishedLab lab;
  Folder folder;
};

TEST_F(OwnBroker, is_asked_with_what_its_owner_gives) {
  const auto ended = observe(materials());
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  for (const auto& [id, check] : checks()) EXPECT_EQ(check["verdict"], "pass") << check.dump(2);
  EXPECT_THAT(checks(), SizeIs(6));
}

TEST_F(OwnBroker, is_not_judged_by_what_nobody_has_given) {
  auto given = materials();
  given["accounts"].clear();
  EXPECT_EQ(observe(given).code, 3);
  for (const auto& [id, check] : checks()) EXPECT_EQ(check["verdict"], "skip") << check.dump(2);
  EXPECT_THAT(std::string(checks()["let-in"]["message"]), HasSubstr("the password of userclient"));

  given = materials();
  given.erase("ca");
  observe(given);
  EXPECT_EQ(checks()["let-in"]["verdict"], "skip");
  EXPECT_THAT(std::string(checks()["let-in"]["message"]), HasSubstr("the certificate of the CA site-ca"));
}

TEST_F(OwnBroker, a_stranger_that_is_the_owners_own_client_is_no_stranger) {
  auto given = materials();
  given["identities"]["stranger"] = given["identities"]["device"];
  observe(given);
  EXPECT_EQ(checks()["other-certificate"]["verdict"], "error");
  EXPECT_EQ(checks()["no-certificate"]["verdict"], "pass");
}

TEST_F(OwnBroker, the_reports_commands_show_what_the_checks_have_seen) {
  ASSERT_EQ(observe(materials()).code, 0);
  auto checks = this->checks();
  for (auto& [id, check] : checks) {
    const auto command = command_of(check);
    const auto shown = paste(command);
    EXPECT_EQ(shown.code == 0, id == "let-in") << command << '\n' << shown.out << shown.err;
    EXPECT_THAT(command, Not(HasSubstr(test::password)));
  }
  EXPECT_THAT(paste(command_of(checks["let-in"])).out, HasSubstr("hello"));
  EXPECT_THAT(paste(command_of(checks["no-certificate"])).err, HasSubstr("alert certificate required"));
  EXPECT_THAT(paste(command_of(checks["other-certificate"])).err, HasSubstr("alert unknown ca"));
  EXPECT_THAT(paste(command_of(checks["wrong-password"])).err, HasSubstr("not authorised"));
  EXPECT_THAT(paste(command_of(checks["other-ca"])).err, HasSubstr("verify error"));

  const auto unset = Program({"/bin/sh", "-c", command_of(checks["unknown-user"])}, "/").end();
  EXPECT_NE(unset.code, 0);
  EXPECT_THAT(unset.err, HasSubstr("USERCLIENT_PASSWORD")) << "it says what it lacks, and asks nobody";
}

TEST_F(OwnBroker, keeps_what_the_commands_name_and_nothing_that_is_not_its_own) {
  ASSERT_EQ(observe(materials()).code, 0);
  std::set<std::string> kept;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "my out/materials")) {
    kept.insert(entry.path().filename());
    EXPECT_EQ(std::filesystem::status(entry.path()).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
  EXPECT_EQ(kept, (std::set<std::string>{"stranger.crt", "stranger.key", "stranger-ca.crt"}));
  EXPECT_EQ(std::filesystem::status(folder / "my out/materials").permissions(), std::filesystem::perms::owner_all);
}

// The stages' own material, on the embedded host, whose last stage is left in place.
TEST(AppliedLab, the_reports_commands_work_where_the_stage_is_kept) {
  const Folder folder;
  const auto lab = [&](std::vector<std::string> words) {
    words.insert(words.begin(), harness());
    return Program(words, folder.path(), {{"XDG_RUNTIME_DIR", folder.path().string()}}).end();
  };
  const auto up = lab({"lab", "up"});
  ASSERT_EQ(up.code, 0) << up.err;
  const auto at = up.out.find("--target ") + 9;
  const auto target = up.out.substr(at, up.out.find('\n', at) - at);
  const auto ran = lab({"run", lab_plan(), "--target", target, "--keep", "--out", "out"});
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;

  std::map<std::string, std::string> commands;
  const auto results = json::parse(read(folder / "out/results.json"));
  for (const auto& stage : results["targets"][0]["stages"])
    for (const auto& check : stage["checks"])
      for (const auto& evidence : check["evidence"])
        if (evidence["kind"] == "reproduce") commands[check["id"]] = evidence["text"];
  const auto paste = [&](const std::string& id) { return Program({"/bin/sh", "-c", commands[id]}, "/").end(); };
  EXPECT_THAT(paste("untrusted-ca-rejected").err, HasSubstr("alert unknown ca")) << commands["untrusted-ca-rejected"];
  EXPECT_THAT(paste("missing-client-certificate-rejected").err, HasSubstr("alert certificate required"));
  EXPECT_THAT(paste("mtls-wrong-password-rejected").err, HasSubstr("not authorised"))
      << commands["mtls-wrong-password-rejected"];
  EXPECT_THAT(commands["valid-mtls-accepted"], Not(HasSubstr("host:"))) << "the server's key is not needed";
  EXPECT_FALSE(std::filesystem::exists(folder / "out/materials/server.key"));
  EXPECT_FALSE(std::filesystem::exists(folder / "out/materials/lab-ca.key"));
  EXPECT_EQ(lab({"lab", "down"}).code, 0);
}

}  // namespace
}  // namespace mqtts::e2e
