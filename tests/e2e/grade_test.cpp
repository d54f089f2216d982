// `grade`: a simulated class of real brokers is graded, interrupted, resumed, sharded, and rendered again.
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <map>
#include <mutex>
#include <set>
#include <sstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/util/fd.h"
#include "harness/util/process.h"
#include "tests/e2e/program.h"
#include "tests/support/hostile_broker.h"

namespace mqtts::e2e {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
namespace fs = std::filesystem;

class Grading : public ::testing::Test {
 protected:
  void TearDown() override {
    lifeline_ = Fd();
    EXPECT_TRUE(brokers_ <= 0 || wait_for_end(brokers_, Deadline::in(20s)));
  }

  void start_class(std::vector<std::string> arguments) {
    std::array<int, 2> input{};
    std::array<int, 2> output{};
    ASSERT_EQ(pipe2(input.data(), O_CLOEXEC), 0);
    ASSERT_EQ(pipe2(output.data(), O_CLOEXEC), 0);
    const Fd answer(output[0]);
    lifeline_ = Fd(input[1]);
    arguments.insert(arguments.begin(), "up");
    arguments.insert(arguments.end(), {"--folder", (folder / "class").string()});
    {
      const Fd their_input(input[0]);
      const Fd their_output(output[1]);
      brokers_ = spawn(CLASS_PROGRAM, arguments, {their_input.get(), their_output.get(), STDERR_FILENO}).value();
    }
    ASSERT_THAT(read_line(answer.get(), Deadline::in(60s)).value_or(""), HasSubstr("class.csv"));
  }

  std::vector<std::string> command(const std::string& out, std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {harness(),
                                          "grade",
                                          lab_plan(),
                                          "--roster",
                                          (folder / "class/class.csv").string(),
                                          "--out",
                                          (folder / out).string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  Ended grade(const std::string& out, std::vector<std::string> more = {}) const {
    return Program(command(out, std::move(more)), folder.path(), {{"LC_ALL", "C.UTF-8"}}).end();
  }

  nlohmann::json target_in(const std::string& out, const std::string& student) const {
    return nlohmann::json::parse(read(folder / (out + "/" + student + "/results.json")))["targets"][0];
  }
  // Scores of all graded students, by id.
  std::map<std::string, double> marks_in(const std::string& results) const {
    std::map<std::string, double> marks;
    const auto json = nlohmann::json::parse(read(folder / results));
    for (const auto& target : json["targets"])
      if (!target.contains("not_graded")) marks[target["name"]] = target["score"];
    return marks;
  }
  std::vector<std::string> names_in(const std::string& results) const {
    std::vector<std::string> names;
    const auto json = nlohmann::json::parse(read(folder / results));
    for (const auto& target : json["targets"]) names.push_back(target["name"]);
    return names;
  }
  // Identifies a rewritten file: its inode and times.
  std::map<std::string, std::pair<ino_t, long>> results_on_disk(const std::string& out) const {
    std::map<std::string, std::pair<ino_t, long>> found;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder / out, ignored)) {
      struct stat status {};
      if (::stat((entry.path() / "results.json").c_str(), &status) == 0)
        found[entry.path().filename()] = {status.st_ino, status.st_mtim.tv_nsec};
    }
    return found;
  }

  Folder folder;

 private:
  Fd lifeline_;
  pid_t brokers_ = 0;
};

// Rows of a CSV without quoted fields.
std::vector<std::map<std::string, std::string>> rows_of(const std::string& csv) {
  std::istringstream lines(csv);
  const auto next_fields = [&lines] {
    std::vector<std::string> fields;
    std::string line;
    if (!std::getline(lines, line)) return fields;
    if (line.ends_with('\r')) line.pop_back();
    std::istringstream in(line);
    for (std::string field; std::getline(in, field, ',');) fields.push_back(field);
    return fields;
  };
  const auto names = next_fields();
  std::vector<std::map<std::string, std::string>> rows;
  for (auto fields = next_fields(); !fields.empty(); fields = next_fields()) {
    auto& row = rows.emplace_back();
    for (std::size_t i = 0; i < fields.size(); ++i) row[names[i]] = fields[i];
  }
  return rows;
}

// Accepts connections, records their data, and never answers: no student is graded by it.
class Listener {
 public:
  std::uint16_t port() const { return broker_.port(); }
  std::vector<std::string> heard() const {
    const std::lock_guard lock(mutex_);
    return heard_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> heard_;
  test::HostileBroker broker_{[this](test::Peer& peer) {
    auto connect = peer.read_some();
    {
      const std::lock_guard lock(mutex_);
      heard_.push_back(std::move(connect));
    }
    peer.read_some();
  }};
};

// A broker could recognise what it has received before.
TEST_F(Grading, says_something_else_in_each_look_and_the_same_for_one_seed) {
  const Listener broker;
  fs::create_directories(folder / "class");
  std::ofstream(folder / "class/ada.json")
      << nlohmann::json{{"schema", "mqtts-harness/target/v1"},
                        {"name", "ada"},
                        {"mqtt", {{"host", "127.0.0.1"}, {"plain_port", broker.port()}, {"tls_port", broker.port()}}}};
  std::ofstream(folder / "class/class.csv") << "student_id,target\nada,ada.json\n";
  // A seed with which each of these rounds has a client with an id.
  const std::vector<std::string> options = {"--stage", "open", "--timeout", "0.3", "--seed", "a seed 3"};
  EXPECT_EQ(grade("marks", options).code, 3);
  EXPECT_EQ(target_in("marks", "ada")["look"], 2);
  auto again = options;
  again.push_back("--resume");
  EXPECT_EQ(grade("marks", again).code, 3);
  EXPECT_EQ(target_in("marks", "ada")["look"], 4);
  const auto heard = broker.heard();
  ASSERT_EQ(heard.size(), 4U) << "one connection a look: nobody answers, so nothing else is tried";
  EXPECT_EQ(std::set<std::string>(heard.begin(), heard.end()).size(), 4U);

  EXPECT_EQ(grade("once more", options).code, 3);
  ASSERT_EQ(broker.heard().size(), 6U);
  EXPECT_EQ(broker.heard()[4], heard[0]);
  EXPECT_EQ(broker.heard()[5], heard[1]);
}

TEST_F(Grading, gives_each_kind_of_broker_the_mark_that_it_has_earned) {
  start_class({"--students", "13"});
  const auto ended = grade("marks", {"--timeout", "2", "--report", "csv", "--report", "class", "--report", "junit"});
  EXPECT_EQ(ended.code, 3) << "the dead and the hung one have no mark\n" << ended.out << ended.err;
  const auto rows = rows_of(read(folder / "class/expected.csv"));
  ASSERT_EQ(rows.size(), 13U);
  for (const auto& row : rows) {
    const auto target = target_in("marks", row.at("student_id"));
    EXPECT_EQ(target.contains("not_graded"), row.at("graded") == "no") << row.at("kind") << '\n' << target.dump(1);
    EXPECT_EQ(target["look"], row.at("graded") == "no" ? 2 : 1) << "who has no mark is looked at again";
    if (row.at("graded") == "no") continue;
    EXPECT_EQ(target["score"], std::stod(row.at("score"))) << row.at("kind") << '\n' << target.dump(1);
    for (const auto& stage : target["stages"])
      EXPECT_EQ(stage["points"], std::stod(row.at(stage["id"]))) << row.at("kind") << ' ' << stage["id"];
    EXPECT_THAT(read(folder / ("marks/" + row.at("student_id") + "/report.html")), HasSubstr("<!DOCTYPE html>"));
  }
  EXPECT_THAT(read(folder / "marks/gradebook.csv"), HasSubstr("student_id,name,email,group,score"));
  EXPECT_THAT(read(folder / "marks/class.html"), HasSubstr("<!DOCTYPE html>"));
}

TEST_F(Grading, clusters_a_class_by_what_its_students_have_done) {
  start_class({"--students", "12", "--mix", "wrong-name=2,no-client=3,no-reader=2,weak-cleartext=2,wrong-ca=2"});
  EXPECT_EQ(grade("marks", {"--report", "class", "--lang", "fr"}).code, 0);
  std::map<std::string, std::set<std::string>> students;  // by kind
  for (const auto& row : rows_of(read(folder / "class/expected.csv")))
    students[row.at("kind")].insert(row.at("student_id"));
  const auto cause_of = [&](const std::string& kind) {
    const auto results = nlohmann::json::parse(read(folder / "marks/results.json"));
    for (const auto& cause : results["summary"]["causes"])
      if (cause["targets"].get<std::set<std::string>>() == students[kind])
        return cause["checks"].dump() + " " + cause["why"]["text"].get<std::string>();
    return "none in " + results["summary"]["causes"].dump(1);
  };
  EXPECT_EQ(cause_of("no-client"), "[\"valid-password-accepted\"] the broker refused {user}: {reason}");
  EXPECT_EQ(cause_of("no-reader"),
            "[\"valid-password-accepted\"] the broker refused {user}, who reads the message: {reason}");
  EXPECT_THAT(cause_of("wrong-name"), HasSubstr("[\"server-certificate-trusted\"] the server's certificate is for"));
  EXPECT_EQ(cause_of("weak-cleartext"), "[\"cleartext-listener-closed\"] a client that should be refused was let in");
  EXPECT_THAT(cause_of("wrong-ca"), HasSubstr("the server's certificate is not to be trusted"));
  const auto results = nlohmann::json::parse(read(folder / "marks/results.json"));
  EXPECT_EQ(results["summary"]["causes"].size(), 5U) << "one a mistake, and no more";
  EXPECT_THAT(read(folder / "marks/class.html"), HasSubstr("Le broker a refusé userclient"));
}

TEST_F(Grading, leaves_standard_output_to_the_report_that_is_printed) {
  start_class({"--students", "2", "--mix", "right=2"});
  const auto ended = grade("marks", {"--report", "csv=-"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(rows_of(ended.out).size(), 2U) << ended.out;
  EXPECT_THAT(ended.out, ::testing::StartsWith("student_id,"));
  EXPECT_THAT(ended.err, HasSubstr("report: " + (folder / "marks/results.json").string()));
}

TEST_F(Grading, that_was_killed_is_gone_on_with_and_nothing_is_lost_or_done_twice) {
  start_class({"--students", "24", "--mix", "right=24"});
  const std::string mark = "grade-" + std::to_string(::getpid());
  {
    Program killed(command("marks", {"--jobs", "2"}), folder.path(), {{"LC_ALL", "C.UTF-8"}, {"MARK", mark}});
    ASSERT_TRUE(killed.prints("20 of 20"));
    killed.signal(SIGKILL);
    killed.end();
  }
  const auto deadline = Deadline::in(10s);
  while (!processes_marked(mark).empty() && !deadline.passed()) std::this_thread::sleep_for(20ms);
  EXPECT_THAT(processes_marked(mark), IsEmpty()) << "workers end with their parent";
  const auto before = results_on_disk("marks");
  ASSERT_GE(before.size(), 1U);
  ASSERT_LT(before.size(), 24U);

  const auto refused = grade("marks");
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("--resume"));

  const auto ended = grade("marks", {"--resume"});
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  const auto after = results_on_disk("marks");
  EXPECT_EQ(after.size(), 24U);
  for (const auto& [student, file] : before) {
    EXPECT_EQ(after.at(student), file) << student << " was graded twice";
    EXPECT_THAT(ended.out, Not(HasSubstr("  " + student + "  ")));
  }
  const auto marks = marks_in("marks/results.json");
  EXPECT_EQ(marks.size(), 24U);
  for (const auto& [student, score] : marks) EXPECT_EQ(score, 20) << student;
}

TEST_F(Grading, that_is_stopped_by_a_signal_says_so_and_keeps_what_it_has) {
  start_class({"--students", "24", "--mix", "right=24"});
  Program stopped(command("marks", {"--jobs", "2"}), folder.path(), {{"LC_ALL", "C.UTF-8"}});
  ASSERT_TRUE(stopped.prints("20 of 20"));
  stopped.signal(SIGINT);
  const auto ended = stopped.end();
  EXPECT_EQ(ended.code, 130) << ended.err;
  const auto marks = marks_in("marks/results.json");
  EXPECT_GE(marks.size(), 1U);
  EXPECT_LT(marks.size(), 24U);
  EXPECT_EQ(nlohmann::json::parse(read(folder / "marks/results.json"))["targets"].size(), 24U)
      << "those who were not looked at are told, too";
}

TEST_F(Grading, in_shards_that_are_merged_is_the_same_as_whole) {
  start_class({"--students", "9", "--mix", "right=3,stage-tls=2,weak-cleartext=2,wrong-ca=2"});
  EXPECT_EQ(grade("whole").code, 0);
  for (const auto* part : {"1", "2", "3"})
    EXPECT_EQ(grade(std::string("part") + part, {"--shard", std::string(part) + "/3"}).code, 0);
  const auto merged =
      Program({harness(), "report", "part1", "part2", "part3", "--out", "merged", "--report", "csv"}, folder.path())
          .end();
  EXPECT_EQ(merged.code, 0) << merged.err;
  EXPECT_EQ(marks_in("merged/results.json"), marks_in("whole/results.json"));
  EXPECT_EQ(marks_in("merged/results.json").size(), 9U);
  EXPECT_EQ(names_in("merged/results.json"), names_in("whole/results.json")) << "in the roster's order";
}

TEST_F(Grading, of_a_part_of_the_plan_marks_that_part_alone) {
  start_class({"--students", "3", "--mix", "right=1,stage-tls=1,weak-cleartext=1"});
  EXPECT_EQ(grade("marks", {"--check", "cleartext-listener-closed"}).code, 0);
  for (const auto& row : rows_of(read(folder / "class/expected.csv"))) {
    const auto target = target_in("marks", row.at("student_id"));
    EXPECT_EQ(target["score"], row.at("kind") == "weak-cleartext" ? 0 : 1) << target.dump(1);
    EXPECT_EQ(target["max_score"], 1);
    EXPECT_EQ(target["stages"].size(), 1U) << "its own, in which its control is";
  }
  const auto other = grade("marks", {"--resume", "--stage", "tls"});
  EXPECT_EQ(other.code, 2);
  EXPECT_THAT(other.err, HasSubstr("give --check=cleartext-listener-closed again"));
  EXPECT_EQ(grade("marks", {"--resume", "--check", "cleartext-listener-closed"}).code, 0);

  const auto again =
      Program({harness(), "report", "marks", "--plan", lab_plan(), "--out", "again"}, folder.path()).end();
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(marks_in("again/results.json"), marks_in("marks/results.json"));
  EXPECT_EQ(grade("nothing", {"--stage", "nowhere"}).code, 2);
}

// The unknown user, from the line that reproduces the check.
std::string unknown_user_of(const nlohmann::json& target) {
  for (const auto& stage : target["stages"])
    for (const auto& check : stage["checks"])
      for (const auto& evidence : check.value("evidence", nlohmann::json::array())) {
        const std::string text = evidence["text"];
        const auto at = text.find(" -u ");
        if (check["id"] == "unknown-user-rejected" && evidence["kind"] == "reproduce" && at != std::string::npos)
          return text.substr(at + 4, text.find(' ', at + 4) - at - 4);
      }
  return {};
}

TEST_F(Grading, can_be_drawn_again_from_its_seed) {
  start_class({"--students", "1", "--mix", "right=1"});
  EXPECT_EQ(grade("one").code, 0);
  EXPECT_EQ(grade("two").code, 0);
  const auto results = nlohmann::json::parse(read(folder / "one/results.json"));
  const std::string seed = results["run"]["seed"];
  EXPECT_NE(seed, nlohmann::json::parse(read(folder / "two/results.json"))["run"]["seed"].get<std::string>());
  const std::string student = results["targets"][0]["name"];
  EXPECT_EQ(grade("again", {"--seed", seed}).code, 0);
  const auto user = unknown_user_of(target_in("one", student));
  EXPECT_NE(user, "");
  EXPECT_EQ(user, unknown_user_of(target_in("again", student)));
}

TEST_F(Grading, tells_all_that_is_wrong_with_a_roster_before_it_looks_at_anybody) {
  write(folder / "class.csv", "student_id,target\na,mqtts://127.0.0.1:1\na,nowhere.json\n,mqtts://127.0.0.1:2\n");
  const auto ended =
      Program({harness(), "grade", lab_plan(), "--roster", "class.csv", "--out", "marks"}, folder.path()).end();
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("class.csv:3:"));
  EXPECT_THAT(ended.err, HasSubstr("class.csv:4:"));
  EXPECT_FALSE(fs::exists(folder / "marks"));
}

TEST_F(Grading, does_not_begin_where_a_mark_could_not_be_true) {
  write(folder / "class.csv", "student_id,target\nada,mqtts://127.0.0.1:1\n");
  const auto ended =
      Program({harness(), "grade", lab_plan(), "--roster", "class.csv", "--out", "marks"}, folder.path()).end();
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err,
              HasSubstr("class.csv:2:1: the target of ada gives no accounts.userbroker, accounts.userclient, "
                        "ca, identities.userclient, without which there can be no mark"));
  const auto part = Program({harness(), "grade", lab_plan(), "--roster", "class.csv", "--out", "marks", "--check",
                             "valid-mtls-accepted"},
                            folder.path())
                        .end();
  EXPECT_EQ(part.code, 2);
  EXPECT_THAT(part.err, HasSubstr("gives no accounts.userbroker, accounts.userclient, ca, identities.userclient"))
      << "whatever stage makes them";
}

}  // namespace
}  // namespace mqtts::e2e
