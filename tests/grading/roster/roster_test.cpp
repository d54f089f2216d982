#include "harness/grading/roster/roster.h"

#include <algorithm>
#include <filesystem>
#include <tuple>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/grading/roster/read_roster.h"
#include "harness/plan/schemas.h"
#include "tests/support/schema_check.h"
#include "tests/support/temporary_folder.h"

namespace mqtts::grading {
namespace {

// A target for any path; reads no file.
targets::LoadedTarget any_target(const std::string& path, const std::string& profile) {
  targets::LoadedTarget loaded;
  loaded.target = Target{.name = "of the file", .mqtt = {.host = path + "|" + profile}};
  return loaded;
}

LoadedRoster roster_of(std::string_view text, const std::string& path = "/class/roster.csv") {
  return parse_roster(text, path, "", any_target);
}

std::string faults_of_roster(const LoadedRoster& loaded) {
  std::string all;
  for (const auto& problem : loaded.problems)
    all += problem.file + ":" + std::to_string(problem.line) + ":" + std::to_string(problem.column) + ": " +
           to_english(problem.message) + "\n";
  return all;
}

// Without the file's name.
std::string faults_of_roster(std::string_view text) {
  std::string all;
  for (auto problem : roster_of(text).problems) {
    EXPECT_EQ(problem.file, "/class/roster.csv");
    all +=
        std::to_string(problem.line) + ":" + std::to_string(problem.column) + ": " + to_english(problem.message) + "\n";
  }
  return all;
}

// "id target" of each student.
std::string targets_of(std::string_view text, const std::string& path = "/class/roster.csv") {
  const auto loaded = roster_of(text, path);
  if (!loaded.entries) return faults_of_roster(loaded);
  std::string all;
  for (const auto& entry : *loaded.entries) all += entry.student.id + " " + entry.student.target + "\n";
  return all;
}

TEST(roster, is_read_whole) {
  const auto loaded = roster_of(
      "group,student_id,name,email,target,due,submitted,note\n"
      "B1,s-01,Ann,ann@x.org,ssh://vagrant@192.0.2.1:2222,2026-12-02T18:00+01:00,2026-12-01 09:30,\n"
      "B2,s-02,\"Bob, \"\"the\"\" builder\",bob@x.org,mqtts://192.0.2.2:8884,,,\"two\nlines\"\n"
      "B2,s-03,Cy,,targets/cy.json,,,=1+1\n");
  ASSERT_TRUE(loaded.entries) << faults_of_roster(loaded);
  const auto& [ann, bob, cy] = std::tie(loaded.entries->at(0), loaded.entries->at(1), loaded.entries->at(2));
  EXPECT_EQ(ann.student, (Student{.id = "s-01",
                                  .name = "Ann",
                                  .email = "ann@x.org",
                                  .target = "ssh://vagrant@192.0.2.1:2222",
                                  .due = "2026-12-02T17:00:00Z",
                                  .submitted = "2026-12-01T09:30:00Z",
                                  .columns = {{"group", "B1"}, {"note", ""}}}));
  EXPECT_EQ(bob.student.name, "Bob, \"the\" builder");
  EXPECT_EQ(bob.student.columns,
            (std::vector<std::pair<std::string, std::string>>{{"group", "B2"}, {"note", "two\nlines"}}));
  EXPECT_EQ(cy.student.due + cy.student.submitted + cy.student.email, "");
  EXPECT_EQ(ann.line, 2);
  EXPECT_EQ(bob.line, 3);
  EXPECT_EQ(cy.line, 5);
}

TEST(roster, names_each_target_by_its_student_and_fills_in_the_profile) {
  const auto loaded = roster_of(
      "student_id,target\n"
      "ann,ssh://vagrant@192.0.2.1:2222\nbob,mqtts://192.0.2.2:8884\ncy,mqtt://[::1]:1884\ndan,targets/../dan.json\n");
  ASSERT_TRUE(loaded.entries) << faults_of_roster(loaded);
  const auto& ann = loaded.entries->at(0).target;
  EXPECT_EQ(ann.name, "ann");
  EXPECT_EQ(ann.mqtt.host + ":" + std::to_string(ann.mqtt.tls_port), "192.0.2.1:8883");
  ASSERT_TRUE(ann.ssh);
  EXPECT_EQ(ann.ssh->user + "@" + ann.ssh->host + ":" + std::to_string(ann.ssh->port), "vagrant@192.0.2.1:2222");
  EXPECT_TRUE(ann.ssh->identity_files.empty() && ann.ssh->known_hosts_file.empty() && !ann.ssh->agent);
  EXPECT_EQ(ann.broker.name, "mosquitto");
  EXPECT_EQ(ann.broker.home, "/home/vagrant");
  EXPECT_TRUE(ann.broker.sudo);
  const auto& bob = loaded.entries->at(1).target;
  EXPECT_EQ(bob.mqtt.host + std::to_string(bob.mqtt.tls_port) + std::to_string(bob.mqtt.plain_port),
            "192.0.2.288841883");
  EXPECT_FALSE(bob.ssh);
  EXPECT_EQ(bob.broker.tls_listener, "8884");
  EXPECT_EQ(loaded.entries->at(2).target.mqtt.plain_port, 1884);
  EXPECT_EQ(loaded.entries->at(3).target.name, "dan");
  EXPECT_EQ(loaded.entries->at(3).target.mqtt.host, "/class/dan.json|");
}

TEST(roster, drives_every_broker_by_the_profile_that_is_asked_for) {
  const auto loaded =
      parse_roster("student_id,target\nann,mqtts://a\nbob,b.json\n", "/class/r.csv", "mosquitto-bare", any_target);
  ASSERT_TRUE(loaded.entries) << faults_of_roster(loaded);
  EXPECT_EQ(loaded.entries->at(0).target.broker.name, "mosquitto-bare");
  EXPECT_EQ(loaded.entries->at(1).target.mqtt.host, "/class/b.json|mosquitto-bare");
  EXPECT_EQ(faults_of_roster(parse_roster("student_id,target\nann,mqtts://a\nbob,mqtt://b\n", "/class/r.csv",
                                          "mosquito-bare", any_target)),
            "mosquito-bare:0:0: there is no broker profile \"mosquito-bare\"; did you mean \"mosquitto-bare\"?\n");
}

TEST(roster, may_be_what_spreadsheets_write) {
  const std::string wanted = "ann mqtt://a\nbob mqtt://b\n";
  EXPECT_EQ(targets_of("\xEF\xBB\xBFstudent_id,target\r\nann,mqtt://a\r\nbob,mqtt://b\r\n"), wanted);
  EXPECT_EQ(targets_of("student_id;target\nann;mqtt://a\nbob;mqtt://b"), wanted);
  EXPECT_EQ(targets_of("student_id\ttarget\nann\tmqtt://a\nbob\tmqtt://b\n"), wanted);
  EXPECT_EQ(targets_of("student_id,target,,\nann,mqtt://a,,\n,,,\nbob,mqtt://b,,\n\n,,,\n"), wanted);
  EXPECT_EQ(targets_of("\"student_id\" , \"target\"\n\"ann\",\"mqtt://a\"\n bob , mqtt://b \n"), wanted);
}

TEST(roster, may_be_json) {
  const std::string text = R"({
  "$schema": "roster.schema.json", "schema": "mqtts-harness/roster/v1",
  "students": [
    { "student_id": "ann", "target": "mqtt://a", "group": "B1", "name": "Ann", "due": "2026-12-02T18:00Z", "z": "" },
    { "target": "b.json", "student_id": "bob" }
  ]
})";
  EXPECT_TRUE(test::schema_allows(plan::roster_schema(), text));
  EXPECT_EQ(test::schema_says(plan::roster_schema(), test::with_comments(text)), "");
  for (const auto* path : {"/class/roster.json", "/class/roster"}) {
    const auto loaded = roster_of(text, path);
    ASSERT_TRUE(loaded.entries) << faults_of_roster(loaded);
    const auto& ann = loaded.entries->at(0);
    EXPECT_EQ(ann.student, (Student{.id = "ann",
                                    .name = "Ann",
                                    .target = "mqtt://a",
                                    .due = "2026-12-02T18:00:00Z",
                                    .columns = {{"group", "B1"}, {"z", ""}}}));
    EXPECT_EQ(ann.line, 4);
    EXPECT_EQ(loaded.entries->at(1).line, 5);
    EXPECT_EQ(loaded.entries->at(1).target.mqtt.host, "/class/b.json|");
  }
  EXPECT_THAT(targets_of(text, "/class/roster.csv"), testing::HasSubstr("there is no column \"student_id\""));
  EXPECT_THAT(targets_of("student_id,target\na,mqtt://a\n", "/class/roster.json"),
              testing::HasSubstr("this is not JSON"));
}

TEST(roster, may_have_thousands_of_students) {
  std::string csv = "student_id,target\n";
  std::string json = R"({"schema":"mqtts-harness/roster/v1","students":[)";
  for (int i = 0; i < 5000; ++i) {
    const auto n = std::to_string(i);
    csv += "s" + n + ",t" + n + "\n";
    json += (i == 0 ? "" : ",") + std::string(R"({"student_id":"s)") + n + R"(","target":"t)" + n + "\"}";
  }
  EXPECT_EQ(roster_of(csv).entries.value().size(), 5000U);
  EXPECT_EQ(roster_of(csv).entries.value().back().line, 5001);
  EXPECT_EQ(roster_of(json + "]}", "/class/r.json").entries.value().size(), 5000U);
  EXPECT_THAT(faults_of_roster(csv + "s,t\n"), testing::StartsWith("5002:1: there are more than 5001 rows"));
  EXPECT_THAT(faults_of_roster(roster_of(json + R"(,{"student_id":"s","target":"t"}]})", "/class/r.json")),
              testing::HasSubstr("more than 5000 entries"));
}

struct RosterFault {
  std::string text;
  std::string told;
};

TEST(roster, is_told_of_each_fault_at_its_place) {
  const RosterFault faults[] = {
      {"", "1:1: the roster is empty: its first line must name its columns\n"},
      {"student_id,target\n", "1:1: the roster names no student\n"},
      {"student_id,target\n,\n\n", "1:1: the roster names no student\n"},
      {"name,target\nAnn,mqtt://a\n",
       "1:1: there is no column \"student_id\"; the first line must name the columns, such as "
       "student_id,name,email,target\n"},
      {"studentid,Target\nann,mqtt://a\n",
       "1:1: unknown column \"studentid\"; did you mean \"student_id\"?\n"
       "1:11: unknown column \"Target\"; did you mean \"target\"?\n"},
      {"student_id,target,e-mail\nann,mqtt://a,x\n", "1:19: unknown column \"e-mail\"; did you mean \"email\"?\n"},
      {"student_id,target,group,group\nann,mqtt://a,1,2\n", "1:25: the column \"group\" stands here twice\n"},
      {"student_id,target,\"a\nb\"\nann,mqtt://a,1\n",
       "1:19: the name of a column must be one line without control characters\n"},
      {"student_id,target,\nann,mqtt://a,1\n",
       "2:14: this stands in a column without a name: the first line must name it\n"},
      {"student_id,target\nann\nbob,mqtt://b,x\n",
       "2:1: this row has 1 field, and the first line names 2 columns\n"
       "3:1: this row has 3 fields, and the first line names 2 columns\n"},
      {"student_id,target\n,mqtt://a\nbob,\n",
       "2:1: \"student_id\" must not be empty\n3:5: \"target\" must not be empty\n"},
      {"student_id,target\n../x,mqtt://a\n",
       "2:1: \"../x\" is no name: a name is made of letters, digits, \".\", \"_\" and \"-\", begins with a letter or "
       "digit, and has 64 characters at most\n"},
      {"student_id,target\nresults.json,mqtt://a\n",
       "2:1: \"results.json\" cannot be a student's id: their folder or page would have the name of a report\n"},
      {"student_id,target\nClass,mqtt://a\nR.JSON,mqtt://b\n",
       "2:1: \"Class\" cannot be a student's id: their folder or page would have the name of a report\n"
       "3:1: \"R.JSON\" cannot be a student's id: their folder or page would have the name of a report\n"},
      {"student_id,target\nann,mqtt://a\nbob,mqtt://b\nann,mqtt://c\nANN,mqtt://d\n",
       "4:1: the student of line 2 has the same student_id\n"
       "5:1: the student of line 2 has the same student_id\n"},
      {"target,student_id\nmqtt://a,ann\nmqtt://a,bob\n",
       "3:1: the student of line 2 has the same target; if the two share a broker, write a target file for each\n"},
      {"student_id,target\nann,ssh://host\nbob,mqtts://b:0\ncy,mqtt://u@h\n",
       "2:5: \"ssh://host\" is not written as ssh://user@host[:port]\n"
       "3:5: \"mqtts://b:0\" is not written as mqtts://host[:port]\n"
       "4:4: \"mqtt://u@h\" is not written as mqtt://host[:port]\n"},
      {"student_id,target\nann,http://host\nbob,~/t.json\n",
       "2:5: \"http://host\" is no target: it is ssh://user@host[:port], mqtts://host[:port], mqtt://host[:port], or "
       "the "
       "path of a target file\n"
       "3:5: \"~/t.json\": \"~\" is not expanded here: write the whole path\n"},
      {"student_id,target,due,submitted\nann,mqtt://a,2026-12-01,tomorrow\n",
       "2:14: \"2026-12-01\" is no date with a time of day: one is written as \"2026-12-01T18:00+01:00\", and taken "
       "for "
       "UTC without its offset\n"
       "2:25: \"tomorrow\" is no date with a time of day: one is written as \"2026-12-01T18:00+01:00\", and taken for "
       "UTC without its offset\n"},
      {"student_id,target,name,x\nann,mqtt://a,\"two\nlines\",\"two\nlines\"\nbob,mqtt://b,,\x1b[31m\n",
       "2:14: \"name\" must be one line without control characters\n5:15: \"x\" must not hold control characters\n"},
      {"student_id,target,name\nann,mqtt://a,Ren\xE9\nbob,mqtt://b,Zo\xEB\n",
       "2:17: this byte is not UTF-8: save the file as \"CSV UTF-8\"\n"},
      {std::string("\xFF\xFEs\0t\0", 6),
       "1:4: this is not CSV in UTF-8, as it holds a NUL byte: save the file as \"CSV UTF-8\"\n"},
      {"student_id,target,name\nann,mqtt://a,\"Ann\"x\nann,mqtt://b,\"Bob\nc,mqtt://c,\n",
       "2:14: the quotation marks of this field are not right: it must begin and end with one, and each one in it must "
       "stand twice\n3:14: the quotation mark that begins this field is never closed\n"},
  };
  for (const auto& fault : faults) {
    EXPECT_EQ(faults_of_roster(fault.text), fault.told) << fault.text;
    EXPECT_FALSE(roster_of(fault.text).entries) << fault.text;
  }
}

TEST(roster, tells_all_that_is_wrong_at_once) {
  EXPECT_EQ(
      faults_of_roster("student_id,target,due\n.hidden,ftp://a,\nb,mqtt://b\nb,mqtt://b,soon\nc,mqtt://b,\n"),
      "2:1: \".hidden\" is no name: a name is made of letters, digits, \".\", \"_\" and \"-\", begins with a letter "
      "or digit, and has 64 characters at most\n"
      "2:9: \"ftp://a\" is no target: it is ssh://user@host[:port], mqtts://host[:port], mqtt://host[:port], or the "
      "path of a target file\n"
      "3:1: this row has 2 fields, and the first line names 3 columns\n"
      "4:12: \"soon\" is no date with a time of day: one is written as \"2026-12-01T18:00+01:00\", and taken for "
      "UTC without its offset\n"
      "5:3: the student of line 4 has the same target; if the two share a broker, write a target file for each\n");
}

TEST(roster, tells_a_hundred_problems_at_most) {
  std::string text = "student_id,target\n";
  for (int i = 0; i < 300; ++i) text += "!,t" + std::to_string(i) + "\n";
  const auto problems = roster_of(text).problems;
  ASSERT_EQ(problems.size(), 100U);
  EXPECT_EQ(to_english(problems.back().message), "there are 300 problems; the rest is told once these are mended");
}

TEST(json_roster, is_told_of_each_fault_at_its_place) {
  struct JsonFault {
    std::string student;
    std::string told;
    bool schema_finds_it;
  };
  const JsonFault faults[] = {
      {R"({ "target": "t" })", "1:49: \"student_id\" is missing here", true},
      {R"({ "student_id": "a" })", "1:49: \"target\" is missing here", true},
      {R"({ "studentid": "a", "target": "t" })", "1:51: unknown column \"studentid\"; did you mean \"student_id\"?",
       true},
      {R"({ "student_id": 7, "target": "t" })", "1:65: \"student_id\" must be a text", true},
      {R"({ "student_id": "a", "target": "t", "group": 1 })", "1:94: \"group\" must be a text", true},
      {R"({ "student_id": "a", "target": "" })", "1:80: \"target\" must not be empty", true},
      {R"({ "student_id": "a/b", "target": "t" })", "1:65: \"a/b\" is no name", true},
      {R"({ "student_id": "a.html", "target": "t" })", "1:65: \"a.html\" cannot be a student's id", true},
      {R"({ "student_id": "a", "target": "t", "due": "soon" })", "1:92: \"soon\" is no date", true},
      {R"({ "student_id": "a", "target": "t", "due": "2026-02-30T00:00Z" })", "1:92: \"2026-02-30T00:00Z\" is no date",
       false},
      {R"({ "student_id": "a", "target": "t", "a\nb": "" })", "1:85: the name of a column must be one line", false},
      {R"({ "student_id": "a", "target": "t", "student_id": "b" })", "1:85: the key \"student_id\" stands here twice",
       false},
      {R"(7)", "1:49: \"students\" must be an object", true},
      {R"({ "student_id": "a", "target": "t" }, { "student_id": "a", "target": "u" })",
       "1:103: the student of line 1 has the same student_id", false},
  };
  for (const auto& fault : faults) {
    const auto text = R"({"schema":"mqtts-harness/roster/v1","students":[)" + fault.student + "]}";
    const auto loaded = roster_of(text, "r.json");
    ASSERT_EQ(loaded.problems.size(), 1U) << text << "\n" << faults_of_roster(loaded);
    EXPECT_THAT(faults_of_roster(loaded), testing::StartsWith("r.json:" + fault.told)) << text;
    EXPECT_EQ(test::schema_allows(plan::roster_schema(), text), !fault.schema_finds_it) << text;
  }
}

TEST(json_roster, is_of_its_schema_and_has_students) {
  for (const auto& [text, wanted] :
       {std::pair(R"({"schema":"mqtts-harness/plan/v1"})", "1:11: this file is of schema \"mqtts-harness/plan/v1\""),
        {R"({"schema":"mqtts-harness/roster/v1"})", "1:1: \"students\" is missing here"},
        {R"({"schema":"mqtts-harness/roster/v1","students":[]})", "1:1: the roster names no student"},
        {R"({"schema":"mqtts-harness/roster/v1","students":[],"student":1})",
         "1:51: unknown key \"student\"; did you mean \"students\"?"},
        {"[]", "1:1: \"roster\" must be an object"}}) {
    EXPECT_THAT(faults_of_roster(roster_of(text, "r.json")), testing::StartsWith(std::string("r.json:") + wanted));
    EXPECT_FALSE(test::schema_allows(plan::roster_schema(), text)) << text;
  }
}

TEST(columns, that_are_near_a_known_one_are_slips_unless_that_one_is_there) {
  for (const auto& [written, meant] : {std::pair("studentid", "student_id"),
                                       {"Student ID", "student_id"},
                                       {"student-id", "student_id"},
                                       {"Name", "name"},
                                       {"names", "name"},
                                       {"mail", "email"},
                                       {"E-Mail", "email"},
                                       {"targt", "target"},
                                       {"dues", "due"},
                                       {"submited", "submitted"}})
    EXPECT_EQ(meant_column(written, {}), meant) << written;
  for (const auto* own : {"group", "note", "date", "Gruppe", "score", "id", "", "nom", "student_id", "department"})
    EXPECT_EQ(meant_column(own, {}), "") << own;
  EXPECT_EQ(meant_column("mail", {"mail", "email"}), "");
}

// ---- with files ---------------------------------------------------------------------------------------------------

class RosterFiles : public testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) const { return folder.write(name, text); }

  test::TemporaryFolder folder;
};

TEST_F(RosterFiles, have_targets_from_the_rosters_own_folder) {
  std::filesystem::create_directories(folder / "class/targets");
  write(
      "class/targets/ann.json",
      R"({"schema": "mqtts-harness/target/v1", "name": "x", "mqtt": {"host": "::1"}, "materials": {"ca": "ca.crt"}})");
  const auto loaded = load_roster(write("class/roster.csv", "student_id,target\nann,targets/ann.json\n"));
  ASSERT_TRUE(loaded.entries) << faults_of_roster(loaded);
  EXPECT_EQ(loaded.entries->at(0).target.name, "ann");
  EXPECT_EQ(loaded.entries->at(0).target.materials.ca, folder / "class/targets/ca.crt");
}

TEST_F(RosterFiles, are_told_of_what_is_wrong_with_targets_after_the_rosters_own_problems) {
  const auto bad = write("bad.json", R"({"schema": "mqtts-harness/target/v1",
 "name": "x", "mqtt": {"host": "::1", "tlsport": 1}, "materials": {"ca_key": "k"}})");
  const auto missing = folder / "none.json";
  const auto roster = write("r.csv", "student_id,target\nann,bad.json\nbob,none.json\n!,mqtt://c\n");
  EXPECT_EQ(
      faults_of_roster(load_roster(roster)),
      roster + ":2:5: something is wrong with the target file " + bad +
          "; it is told after the roster's own problems\n" + roster + ":3:5: cannot read " + missing +
          ": No such file or directory\n" + roster +
          ":4:1: \"!\" is no name: a name is made of letters, digits, \".\", \"_\" and \"-\", begins with a letter "
          "or digit, and has 64 characters at most\n" +
          bad + ":2:39: unknown key \"tlsport\"; did you mean \"tls_port\"?\n" + bad +
          ":2:78: \"ca_key\" is of no use without \"ca\"\n");
}

TEST_F(RosterFiles, tell_a_profile_of_many_targets_once) {
  const auto profile = write("mine.json", "{}");
  std::string text = "student_id,target\n";
  for (const auto* name : {"a", "b", "c"}) {
    write(std::string(name) + ".json", R"({"schema": "mqtts-harness/target/v1", "name": "x", "mqtt": {"host": "::1"},
      "broker": {"profile": "mine.json"}})");
    text += std::string(name) + "," + name + ".json\n";
  }
  const auto loaded = load_roster(write("r.csv", text));
  EXPECT_EQ(std::ranges::count_if(loaded.problems,
                                  [&](const json::Diagnostic& problem) {
                                    return problem.file == profile && problem.message.args.contains("key") &&
                                           problem.message.args.at("key") == "log";
                                  }),
            1)
      << faults_of_roster(loaded);
}

TEST_F(RosterFiles, that_cannot_be_read_are_told) {
  EXPECT_EQ(faults_of_roster(load_roster("/no/such/r.csv")),
            "/no/such/r.csv:0:0: cannot read /no/such/r.csv: No such file or directory\n");
  EXPECT_THAT(faults_of_roster(load_roster("/dev/zero")), testing::HasSubstr("larger than 1048576 bytes"));
}

}  // namespace
}  // namespace mqtts::grading
