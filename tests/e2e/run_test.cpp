// The lab from the command line to its reports.
#include <signal.h>
#include <unistd.h>

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/program.h"

namespace mqtts::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class Lab : public ::testing::Test {
 protected:
  Lab() {
    std::filesystem::create_directory(folder / "tmp");
    environment = {
        {"MARK", mark}, {"TMPDIR", (folder / "tmp").string()}, {"XDG_RUNTIME_DIR", (folder / "tmp").string()}};
  }

  std::vector<std::string> command(std::vector<std::string> more = {}) const {
    std::vector<std::string> all{harness(), "run", lab_plan(), "--out", (folder / "out").string()};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  Ended run(std::vector<std::string> more = {}) const {
    return Program(command(std::move(more)), folder.path(), environment).end();
  }

  nlohmann::json results() const { return nlohmann::json::parse(read(folder / "out/results.json")); }

  // With a limit: processes may need a moment to end with the program.
  bool nothing_is_left() const {
    for (int tries = 0; tries < 500; ++tries) {
      if (processes_marked(mark).empty() && std::filesystem::is_empty(folder / "tmp")) return true;
      usleep(10'000);
    }
    return false;
  }

  Folder folder;
  std::string mark = folder.path().filename().string();
  Environment environment;
};

TEST_F(Lab, every_stage_holds_and_nothing_is_left) {
  const auto ended = run();
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.err, IsEmpty());
  EXPECT_TRUE(nothing_is_left());

  const auto target = results()["targets"][0];
  EXPECT_EQ(target["restored"], true);
  EXPECT_EQ(target["score"], target["max_score"]);
  std::size_t checks = 0;
  for (const auto& stage : target["stages"]) {
    for (const auto& check : stage["checks"]) {
      EXPECT_EQ(check["verdict"], "pass") << check.dump(2);
      ++checks;
    }
  }
  EXPECT_EQ(checks, 13u);
}

TEST_F(Lab, each_refusal_has_its_proof) {
  run();
  const auto observed = [&, all = results()](const std::string& id) {
    for (const auto& stage : all["targets"][0]["stages"])
      for (const auto& check : stage["checks"])
        if (check["id"] == id) return check;
    return nlohmann::json();
  };
  EXPECT_EQ(observed("missing-client-certificate-rejected")["observed"]["reason"], "certificate_required");
  EXPECT_EQ(observed("untrusted-ca-rejected")["observed"]["code"], 48);
  EXPECT_EQ(observed("wrong-password-rejected")["observed"]["by"], "mqtt");
  EXPECT_EQ(observed("cleartext-listener-closed")["observed"]["reason"], "connection_refused");
  EXPECT_EQ(observed("untrusted-server-ca-detected")["observed"]["by"], "tls-self");
  EXPECT_THAT(observed("untrusted-ca-rejected")["evidence"].dump(), HasSubstr("broker-log"));
  EXPECT_THAT(observed("wrong-password-rejected")["evidence"].dump(), HasSubstr("not authorised"));
}

TEST_F(Lab, mqtt_5_gives_the_same_verdicts) {
  const auto ended = run({"--var", "mqtt=5.0"});
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
}

TEST_F(Lab, is_told_in_french) {
  const auto ended = run({"--lang", "fr"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_THAT(ended.out, HasSubstr("réussi"));
}

TEST_F(Lab, plain_lines_hold_no_escapes) {
  const auto ended = run();
  EXPECT_THAT(ended.out, Not(HasSubstr("\x1b")));
  EXPECT_THAT(ended.out, Not(HasSubstr("\r")));
}

TEST_F(Lab, reports_are_where_it_says) {
  run({"--report", "junit=here.xml", "--report", "json"});
  EXPECT_TRUE(std::filesystem::exists(folder / "out/results.json"));
  EXPECT_THAT(read(folder / "here.xml"), HasSubstr("<testsuites"));
}

TEST_F(Lab, a_report_on_standard_output_has_it_for_itself) {
  const auto json = run({"--report", "json=-", "--stage", "open"});
  EXPECT_EQ(json.code, 0) << json.err;
  EXPECT_EQ(nlohmann::json::parse(json.out)["targets"][0]["stages"][0]["id"], "open");
  EXPECT_THAT(json.err, HasSubstr("open-listener-accepts"));
  EXPECT_THAT(json.err, HasSubstr("report: " + (folder / "out/results.json").string()));
  const auto junit = run({"--report", "junit=-", "--stage", "open", "-v"});
  EXPECT_THAT(junit.out, ::testing::StartsWith("<?xml"));
  EXPECT_THAT(junit.out, ::testing::EndsWith("</testsuites>\n"));
  EXPECT_THAT(run({"--report", "github", "--stage", "open"}).out, ::testing::StartsWith("::notice"));
}

TEST_F(Lab, two_reports_do_not_share_standard_output) {
  const auto ended = run({"--report", "json=-", "--report", "tap=-"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("standard output has room for one report, not for json and tap"));
  EXPECT_THAT(ended.out, IsEmpty());
}

TEST_F(Lab, flags_may_stand_before_the_plan) {
  const auto ended =
      Program({harness(), "run", "--stage", "open", "--check", "open-*", lab_plan()}, folder.path(), environment).end();
  EXPECT_EQ(ended.code, 0) << ended.err;
}

TEST_F(Lab, the_latest_run_is_linked) {
  Program({harness(), "run", lab_plan(), "--stage", "open"}, folder.path(), environment).end();
  EXPECT_TRUE(std::filesystem::exists(folder / "reports/out/latest/results.json"));
}

TEST_F(Lab, no_secret_is_written_anywhere) {
  const auto ended = run({"-v"});
  const auto everything = ended.out + ended.err + read(folder / "out/results.json");
  EXPECT_THAT(everything, Not(HasSubstr("PRIVATE KEY")));
  EXPECT_THAT(everything, Not(HasSubstr("$7$")));
}

// The lab's plan with one text replaced, run over SSH on the embedded host.
class ChangedPlan : public Lab {
 protected:
  Ended run_with(const std::string& text, const std::string& instead) {
    auto plan = read(lab_plan());
    const auto at = plan.find(text);
    if (at == std::string::npos) throw std::logic_error("not in the plan: " + text);
    write(folder / "plan.json", plan.replace(at, text.size(), instead));
    return Program({harness(), "run", "plan.json", "--out", "out"}, folder.path(), environment).end();
  }
  std::string verdict_of_stage(std::size_t index) const { return results()["targets"][0]["stages"][index]["verdict"]; }
};

TEST_F(ChangedPlan, a_stage_that_does_not_protect_fails) {
  const auto ended = run_with("require_certificate true", "require_certificate false");
  EXPECT_EQ(ended.code, 1);
  EXPECT_EQ(verdict_of_stage(2), "pass");
  EXPECT_EQ(verdict_of_stage(3), "fail");
  EXPECT_THAT(ended.out, HasSubstr("missing-client-certificate-rejected"));
  EXPECT_TRUE(nothing_is_left());
}

TEST_F(ChangedPlan, a_broker_that_does_not_start_is_an_error_in_its_own_words) {
  const auto ended = run_with("\"allow_anonymous false\"", "\"allow_anonymous flase\"");
  EXPECT_EQ(ended.code, 3) << ended.out;
  EXPECT_EQ(verdict_of_stage(1), "pass");
  EXPECT_EQ(verdict_of_stage(2), "error");
  EXPECT_EQ(verdict_of_stage(3), "skip");
  EXPECT_THAT(ended.out, HasSubstr("allow_anonymous"));
  EXPECT_EQ(results()["targets"][0]["restored"], true);
  EXPECT_TRUE(nothing_is_left());
}

TEST_F(Lab, a_host_key_that_changed_is_refused) {
  const auto lab = [&](const std::string& verb) {
    return Program({harness(), "lab", verb}, folder.path(), environment).end();
  };
  const auto up = lab("up");
  const auto at = up.out.find("--target ") + 9;
  const std::filesystem::path target = up.out.substr(at, up.out.find('\n', at) - at);
  const std::filesystem::path known_hosts = nlohmann::json::parse(read(target))["ssh"]["known_hosts_file"];
  const auto file = known_hosts.is_absolute() ? known_hosts : target.parent_path() / known_hosts;
  auto key = read(file);
  const auto last = key.find_last_not_of("=\n ");
  key[last - 3] = key[last - 3] == 'A' ? 'B' : 'A';
  write(file, key);

  const auto ended = run({"--target", target.string()});
  EXPECT_EQ(ended.code, 3);
  EXPECT_THAT(ended.err, HasSubstr("key"));
  EXPECT_TRUE(results()["targets"][0]["stages"].empty()) << "nothing was judged";
  EXPECT_EQ(lab("down").code, 0);
  EXPECT_TRUE(processes_marked(mark).empty());
}

class Stopped : public Lab, public ::testing::WithParamInterface<int> {};

TEST_P(Stopped, by_a_signal_it_ends_in_order) {
  Program program(command(), folder.path(), environment);
  ASSERT_TRUE(program.prints("open"));
  program.signal(GetParam());
  const auto ended = program.end();
  EXPECT_EQ(ended.code, 128 + GetParam()) << ended.out << ended.err;
  EXPECT_TRUE(nothing_is_left());
  EXPECT_EQ(results()["run"]["exit_code"], 128 + GetParam());
  const auto last = results()["targets"][0]["stages"][3];
  EXPECT_EQ(last["verdict"], "skip");
  for (const auto& check : last["checks"]) EXPECT_EQ(check["message"], "not tried: stopped by a signal");
  EXPECT_THAT(ended.out, Not(HasSubstr("does the broker limit")));
}

INSTANTIATE_TEST_SUITE_P(Signals, Stopped, ::testing::Values(SIGINT, SIGTERM));

TEST_F(Lab, killed_outright_it_takes_its_children_along) {
  Program program(command(), folder.path(), environment);
  ASSERT_TRUE(program.prints("open"));
  program.signal(SIGKILL);
  program.end();
  EXPECT_TRUE(nothing_is_left()) << "processes: " << processes_marked(mark).size();
}

TEST_F(Lab, two_at_once_do_not_disturb_each_other) {
  Program one(command(), folder.path(), environment);
  Program two({harness(), "run", lab_plan(), "--out", (folder / "out2").string()}, folder.path(), environment);
  EXPECT_EQ(one.end().code, 0);
  EXPECT_EQ(two.end().code, 0);
}

TEST_F(Lab, up_status_run_down) {
  const auto lab = [&](std::vector<std::string> words) {
    words.insert(words.begin(), harness());
    return Program(words, folder.path(), environment).end();
  };
  const auto up = lab({"lab", "up"});
  ASSERT_EQ(up.code, 0) << up.err;
  const auto at = up.out.find("--target ") + 9;
  const auto target = up.out.substr(at, up.out.find('\n', at) - at);
  EXPECT_EQ(lab({"lab", "status"}).out, up.out);
  EXPECT_EQ(run({"--target", target}).code, 0);
  EXPECT_EQ(lab({"lab", "down"}).code, 0);
  EXPECT_THAT(lab({"lab", "status"}).out, HasSubstr("No lab"));
  EXPECT_TRUE(processes_marked(mark).empty());
}

}  // namespace
}  // namespace mqtts::e2e
