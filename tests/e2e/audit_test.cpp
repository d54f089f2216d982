// `audit` as users run it: the exit codes, the fields of results.json, and what other commands make of it.
#include <filesystem>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/program.h"
#include "tests/support/finished_lab.h"
#include "tests/support/private_mosquitto.h"
#include "tests/support/schema_check.h"
#include "tests/support/temporary_folder.h"

namespace mqtts::e2e {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

class AuditProgram : public ::testing::Test {
 protected:
  Ended run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), harness());
    return Program(std::move(arguments), folder.path(),
                   {{"TMPDIR", folder.path().string()}, {"XDG_RUNTIME_DIR", ""}, {"LC_ALL", "C"}})
        .end();
  }
  Ended audit(const std::string& url, std::vector<std::string> more = {}, const std::string& out = "out") const {
    std::vector<std::string> all{"audit", url, "--out", out};
    all.insert(all.end(), more.begin(), more.end());
    return run(std::move(all));
  }
  // What a client of the finished lab has. The keep-alive check alone takes seconds: it is left out.
  std::vector<std::string> all_of(const test::FinishedLab& lab) const {
    write(folder / "password", std::string(test::password) + "\n");
    return {"--ca",   lab.material.ca.file,
            "--user", test::user,
            "--password-file", (folder / "password").string(),
            "--cert", lab.material.client.certificate.file,
            "--key",  lab.material.client.key.file,
            "--stage", "transport",
            "--stage", "server-certificate",
            "--stage", "password",
            "--stage", "client-certificate",
            "--stage", "resilience",
            "--stage", "host"};
  }
  json results(const std::string& out = "out") const { return json::parse(read(folder / (out + "/results.json"))); }
  json check(const std::string& id) const {
    const auto all = results();
    for (const auto& stage : all["targets"][0]["stages"])
      for (const auto& check : stage["checks"])
        if (check["id"] == id) return check;
    ADD_FAILURE() << "there is no check " << id;
    return {};
  }

  Folder folder;
  test::TemporaryFolder passwords;
};

std::string tls_url(const test::FinishedLab& lab) {
  return "mqtts://127.0.0.1:" + std::to_string(lab.good_client().port);
}
std::string plain_url(const test::PrivateMosquitto& broker) {
  return "mqtt://127.0.0.1:" + std::to_string(broker.port());
}

TEST_F(AuditProgram, of_a_finished_lab_passes_what_the_lab_protects) {
  const test::FinishedLab lab;
  const auto ended = audit(tls_url(lab), all_of(lab));
  // The lab's own certificate has no subjectAltName, which is of medium severity.
  EXPECT_EQ(ended.code, 1) << ended.out << ended.err;
  for (const auto* id : {"tls-accepted", "server-certificate-trusted", "anonymous-rejected", "wrong-password-rejected",
                         "missing-client-certificate-rejected", "untrusted-ca-rejected"})
    EXPECT_EQ(check(id)["verdict"], "pass") << id << check(id).dump(1);
  EXPECT_EQ(check("server-certificate-name")["verdict"], "fail");
  EXPECT_EQ(check("expired-client-certificate-rejected")["verdict"], "skip") << "the CA's key was not given";
  EXPECT_THAT(check("expired-client-certificate-rejected")["message"], HasSubstr("--ca-key"));
  EXPECT_THAT(ended.err, HasSubstr("wrong logins"));
  EXPECT_THAT(lab.log(), HasSubstr(std::string("u'") + test::user));
  EXPECT_EQ(read(folder / "out/results.json").find(std::string("\"") + test::password + "\""), std::string::npos);
}

TEST_F(AuditProgram, writes_results_as_the_contract_has_them) {
  const test::FinishedLab lab;
  audit(tls_url(lab), all_of(lab));
  const auto all = results();
  EXPECT_EQ(test::schema_says(run({"schema", "results"}).out, all.dump()), "");
  EXPECT_EQ(all["run"]["plan"], "audit");
  EXPECT_EQ(all["run"]["configuration"], "as-found");
  const auto& target = all["targets"][0];
  EXPECT_EQ(target["grade"], "C");
  EXPECT_EQ(target["remedies"][0], "server-certificate-name");
  const std::set<std::string> groups{"transport", "server-certificate", "password",   "client-certificate", "acl",
                                     "session",   "resilience",         "wire",       "host"};
  for (const auto& stage : target["stages"]) {
    EXPECT_TRUE(groups.contains(stage["id"])) << stage["id"];
    for (const auto& one : stage["checks"]) {
      EXPECT_TRUE(one.contains("severity")) << one["id"];
      EXPECT_TRUE(one.contains("references")) << one["id"];
    }
  }
}

TEST_F(AuditProgram, of_an_open_broker_says_what_to_mend_first) {
  const test::PrivateMosquitto broker({"allow_anonymous true"});
  const auto ended = audit(plain_url(broker));
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_EQ(results()["targets"][0]["grade"], "F");
  EXPECT_EQ(check("anonymous-rejected")["verdict"], "fail");
  EXPECT_THAT(ended.out, HasSubstr("What to mend first"));
  EXPECT_THAT(ended.out, HasSubstr("allow_anonymous false"));
  EXPECT_THAT(ended.out, HasSubstr("grade F: "));
  EXPECT_THAT(ended.out, Not(HasSubstr("skip   wrong-password-rejected"))) << "told once, below";
}

TEST_F(AuditProgram, fails_only_at_the_severity_that_was_asked_for) {
  const test::FinishedLab lab;
  auto options = all_of(lab);
  options.insert(options.end(), {"--fail-on", "high"});
  EXPECT_EQ(audit(tls_url(lab), options).code, 0);
  EXPECT_EQ(check("server-certificate-name")["verdict"], "fail");
}

TEST_F(AuditProgram, of_nothing_passes_nothing) {
  const auto ended = audit("mqtts://127.0.0.1:1");
  EXPECT_EQ(ended.code, 3) << ended.out;
  EXPECT_EQ(read(folder / "out/results.json").find("\"verdict\": \"pass\""), std::string::npos);
  EXPECT_THAT(ended.out, HasSubstr("nothing answers at 127.0.0.1"));
  EXPECT_FALSE(results()["targets"][0].contains("grade"));
}

TEST_F(AuditProgram, sends_no_password_to_a_server_that_is_not_trusted) {
  const test::FinishedLab lab;
  auto options = all_of(lab);
  options[1] = lab.material.stranger_ca.file;
  EXPECT_EQ(audit(tls_url(lab), options).code, 1);
  EXPECT_EQ(check("server-certificate-trusted")["verdict"], "fail");
  EXPECT_EQ(check("wrong-password-rejected")["verdict"], "skip");
  EXPECT_THAT(lab.log(), Not(HasSubstr(std::string("u'") + test::user)));
}

TEST_F(AuditProgram, tells_a_wrong_usage_before_it_sends_anything) {
  write(folder / "empty", "");
  write(folder / "secret", "right\n");
  const test::LabMaterial material;
  const auto url = std::string("mqtts://127.0.0.1:1");
  const struct {
    std::vector<std::string> arguments;
    std::string told;
  } wrong[] = {
      {{}, "name the broker"},
      {{"broker.example"}, "mqtts://host[:port]"},
      {{"ssh://broker.example"}, "--target"},
      {{url, "--target", "embedded", "--stage", "nix"}, "nix"},
      {{url, "--target", "container"}, "not by both"},
      {{url, "--user", "alice"}, "--password-file"},
      {{url, "--cert", material.client.certificate.file}, "--key"},
      {{url, "--other-cert", material.client.certificate.file}, "--other-key"},
      {{url, "--other-cert", material.client.certificate.file, "--other-key", material.client.key.file}, "--other-user"},
      {{url, "--ca", "nowhere.crt"}, "nowhere.crt"},
      {{url, "--ca", "secret"}, "no certificate in secret"},
      {{url, "--cert", material.client.certificate.file, "--key", material.server.key.file}, "does not belong"},
      {{url, "--user", "alice", "--password-file", "empty"}, "there is no password in "},
      {{url, "--user", "a", "--password-file", "secret", "--other-user", "a", "--other-password-file", "secret"},
       "another account"},
      {{url, "--fail-on", "hihg"}, "hihg"},
      {{url, "--max-wrong-logins", "-1"}, "--max-wrong-logins"},
      {{url, "--report", "pdf"}, "pdf"},
      {{url, "--stage", "transprt"}, "mqtts-harness explain"},
      {{url, "--intrusve"}, "There is no option \"--intrusve\"; did you mean \"--intrusive\"?"},
      {{url, "--usr", "alice"}, "did you mean \"--user\"?"},
      {{url, "--zzzz"}, "There is no option \"--zzzz\"\n"},
      {{url, "--report", "csv"}, "no marks"},
  };
  for (const auto& [arguments, told] : wrong) {
    auto all = arguments;
    all.insert(all.begin(), "audit");
    all.insert(all.end(), {"--out", "out"});
    const auto ended = run(all);
    EXPECT_EQ(ended.code, 2) << told << ended.out;
    EXPECT_THAT(ended.err, HasSubstr(told));
    EXPECT_FALSE(std::filesystem::exists(folder / "out")) << told;
  }
}

TEST_F(AuditProgram, tells_which_topics_can_be_read_and_never_a_payload) {
  const test::PrivateMosquitto broker({"allow_anonymous true"});
  const std::string hostile = "home/<img src=x>|`";
  const auto sent = Program({"/usr/bin/mosquitto_pub", "-p", std::to_string(broker.port()), "-r", "-t", hostile, "-m",
                             R"({"mail":"alice@example.com","password":"hunter2"})"},
                            folder.path())
                        .end();
  ASSERT_EQ(sent.code, 0) << sent.err;
  const auto ended = audit(plain_url(broker), {"--topics", "0.5", "--check", "anonymous-rejected", "--report", "json",
                                               "--report", "html", "--report", "markdown=topics.md", "--verbose"});
  EXPECT_THAT(ended.out, HasSubstr("Topics that could be read")) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("e-mail address, password"));
  const auto all = results();
  EXPECT_EQ(test::schema_says(run({"schema", "results"}).out, all.dump()), "");
  bool is_there = false;
  for (const auto& topic : all["targets"][0]["topics"]) {
    if (topic["topic"] != hostile) continue;
    is_there = true;
    EXPECT_EQ(topic["messages"], 1);
    EXPECT_EQ(topic["retained"], 1);
    EXPECT_EQ(topic["suspected"], json({"email", "password"}));
  }
  EXPECT_TRUE(is_there) << all["targets"][0];
  EXPECT_FALSE(all["targets"][0].contains("topics_truncated"));
  const auto html = read(folder / "out/report.html");
  EXPECT_THAT(html, HasSubstr("Topics that could be read"));
  EXPECT_THAT(html, Not(HasSubstr("<img")));
  const auto markdown = read(folder / "topics.md");
  EXPECT_THAT(markdown, HasSubstr("Topics that could be read"));
  for (const auto& text : {ended.out, ended.err, all.dump(), html, markdown})
    for (const auto* secret : {"alice@", "hunter2"}) EXPECT_THAT(text, Not(HasSubstr(secret)));
  EXPECT_EQ(run({"report", "out", "--report", "html=again.html"}).code, ended.code);
  EXPECT_EQ(read(folder / "again.html"), html);
  audit(plain_url(broker), {"--check", "anonymous-rejected"}, "without");
  EXPECT_EQ(run({"diff", "without/results.json", "out/results.json"}).code, 0) << "topics are no verdict";
}

TEST_F(AuditProgram, says_why_topics_were_not_read) {
  const test::PrivateMosquitto broker(
      {"allow_anonymous false", "password_file " + write_password_file(passwords, {{test::user, test::password}})});
  const auto ended = audit(plain_url(broker), {"--topics", "0.5", "--check", "anonymous-rejected"});
  EXPECT_THAT(ended.err, HasSubstr("topics were not read: the broker does not let the client in"));
  EXPECT_FALSE(results()["targets"][0].contains("topics"));
}

TEST_F(AuditProgram, is_rendered_again_and_compared) {
  const test::PrivateMosquitto open({"allow_anonymous true"});
  const test::PrivateMosquitto closed(
      {"allow_anonymous false", "password_file " + write_password_file(passwords, {{test::user, test::password}})});
  audit(plain_url(open), {}, "before");
  audit(plain_url(closed), {}, "after");
  const auto again = run({"report", "before", "--report", "html=again.html", "--report", "sarif=again.sarif",
                          "--report", "markdown=again.md"});
  EXPECT_EQ(again.code, 1) << again.err;
  EXPECT_EQ(read(folder / "again.html"), read(folder / "before/report.html"));
  const auto sarif = json::parse(read(folder / "again.sarif"));
  EXPECT_THAT(sarif.dump(), HasSubstr("anonymous-rejected"));
  EXPECT_THAT(sarif.dump(), HasSubstr(R"("security-severity":"9.5")"));
  EXPECT_THAT(read(folder / "again.md"), HasSubstr("**grade F"));
  EXPECT_THAT(read(folder / "again.md"), HasSubstr("allow_anonymous false\n"));
  EXPECT_THAT(read(folder / "again.md"), Not(HasSubstr("score"))) << "an audit has no points";
  for (const auto* format : {"csv", "csv-moodle", "csv-canvas", "gradescope"}) {
    const auto refused = run({"report", "before", "--report", std::string(format) + "=marks"});
    EXPECT_EQ(refused.code, 2) << format;
    EXPECT_THAT(refused.err, HasSubstr("no marks"));
    EXPECT_FALSE(std::filesystem::exists(folder / "marks")) << format;
  }
  const auto diff = run({"diff", "before/results.json", "after/results.json"});
  EXPECT_THAT(diff.out, HasSubstr("anonymous-rejected")) << diff.err;
}

TEST_F(AuditProgram, has_a_schema_for_an_entry_of_the_catalogue) {
  EXPECT_EQ(json::parse(run({"schema", "check"}).out)["title"], "A check of the catalogue");
}

}  // namespace
}  // namespace mqtts::e2e
