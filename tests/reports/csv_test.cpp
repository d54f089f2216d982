#include "reports/csv.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reports/csv_lms.h"
#include "reports/csv_text.h"
#include "tests/reports/readers.h"
#include "tests/reports/sample_reports.h"
#include "tests/support/words.h"

namespace mqtts::reports {
namespace {

using Rows = std::vector<std::vector<std::string>>;
using test::english;

// Rows as read by Python's csv module.
Rows rows_of(const std::vector<File>& files) {
  const auto read = read_with(MQTTS_PYTHON " " MQTTS_SOURCE_DIR "/tests/reports/read_csv.py {}", files.at(0).bytes);
  EXPECT_EQ(read.code, 0) << read.out << files.at(0).bytes;
  return nlohmann::json::parse(read.out).get<Rows>();
}

std::string cell(const Rows& rows, std::size_t row, const std::string& column) {
  const auto& names = rows.at(0);
  const auto found = std::ranges::find(names, column);
  return found == names.end() ? "no such column" : rows.at(row).at(static_cast<std::size_t>(found - names.begin()));
}

class Csv : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::string(MQTTS_PYTHON).empty()) GTEST_SKIP() << "there is no Python on this machine";
  }
};

TEST(CsvCell, is_no_formula_to_any_spreadsheet) {
  for (const auto* text : {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\tx", "\rx", "\nx", "  =1", "\u00a0=1", "\ufeff=1",
                           "\uff1d1+1", "\u22121"})
    EXPECT_TRUE(csv_cell(text).starts_with("'") || csv_cell(text).starts_with("\"'")) << text;
  for (const auto* text : {"", "1=1", "a-b", "s01", "2.5", "ada@example.org"}) EXPECT_EQ(csv_cell(text), text);
}

TEST(CsvCell, is_quoted_where_it_must_be) {
  EXPECT_EQ(csv_cell("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_cell("\"\"\""), "\"\"\"\"\"\"\"\"");
  EXPECT_EQ(csv_cell(" edge "), "\" edge \"");
  EXPECT_EQ(csv_cell("one\r\ntwo"), "one  two");
  EXPECT_EQ(csv_cell(std::string_view("a\x1b[31m\0\xff", 8)), "a\uFFFD[31m\uFFFD\uFFFD");
}

TEST(CsvCell, of_a_number_has_a_dot_and_no_needless_digit) {
  EXPECT_EQ(csv_cell(4.5), "4.5");
  EXPECT_EQ(csv_cell(0.0), "0");
  EXPECT_EQ(csv_row({csv_cell(1.0), csv_cell("a"), ""}), "1,a,\r\n");
}

TEST_F(Csv, has_a_row_a_student_and_the_rosters_own_columns) {
  const auto rows = rows_of(gradebook(samples::grading_run(), english));
  ASSERT_EQ(rows.size(), 5U);
  EXPECT_EQ(cell(rows, 1, "student_id"), "s01");
  EXPECT_EQ(cell(rows, 1, "group"), "TP 2");
  EXPECT_EQ(cell(rows, 1, "remark"), "'=HYPERLINK(\"http://192.0.2.1\")");
  EXPECT_EQ(cell(rows, 1, "score"), "5.5");
  EXPECT_EQ(cell(rows, 1, "percent"), "52.381");
  EXPECT_EQ(cell(rows, 1, "bonus"), "1");
  EXPECT_EQ(cell(rows, 1, "graded"), "yes");
  EXPECT_EQ(cell(rows, 1, "stage:client-certificate"), "4.5");
  EXPECT_EQ(cell(rows, 1, "stage:password"), "");
  EXPECT_EQ(cell(rows, 2, "late_percent"), "20");
  EXPECT_EQ(cell(rows, 3, "email"), "'@SUM(1+1)*cmd|' /C calc'!A0");
  EXPECT_EQ(cell(rows, 3, "penalty"), "1");
}

TEST_F(Csv, has_an_empty_score_and_the_reason_where_there_is_no_mark) {
  const auto rows = rows_of(gradebook(samples::grading_run(), english));
  for (const auto* column : {"score", "percent", "bonus", "stage:open"}) EXPECT_EQ(cell(rows, 4, column), "") << column;
  EXPECT_EQ(cell(rows, 4, "graded"), "no");
  EXPECT_EQ(cell(rows, 4, "reason"), "nothing answers on 192.0.2.7");
  EXPECT_EQ(cell(rows, 4, "max_score"), "10.5");
  EXPECT_EQ(cell(rows_of(gradebook(samples::unreachable(), english)), 1, "score"), "");
}

TEST_F(Csv, of_a_run_without_a_roster_names_the_target) {
  const auto rows = rows_of(gradebook(samples::all_pass(), english));
  EXPECT_EQ(cell(rows, 1, "student_id"), "embedded");
  EXPECT_EQ(cell(rows, 1, "percent"), "100");
  EXPECT_EQ(cell(rows, 1, "bonus"), "no such column");
}

TEST_F(Csv, has_every_column_of_every_shard) {
  auto report = samples::grading_run();
  report.targets[1].student->columns = {{"campus", "Sceaux, \"Nord\""}};
  const auto rows = rows_of(gradebook(report, english));
  EXPECT_EQ(cell(rows, 2, "campus"), "Sceaux, \"Nord\"");
  EXPECT_EQ(cell(rows, 2, "group"), "");
  EXPECT_EQ(cell(rows, 1, "campus"), "");
}

TEST_F(Csv, for_moodle_maps_by_id_or_by_mail) {
  const auto rows = rows_of(moodle_gradebook(samples::grading_run(), Translator(Lang::fr)));
  EXPECT_EQ(rows[0], (std::vector<std::string>{"ID number", "Email address", "Sécurisation d'une connexion MQTT",
                                               "Feedback comments"}));
  EXPECT_EQ(rows[1][2], "5.5") << "a dot in French, too";
  EXPECT_EQ(rows[3][1], "'@SUM(1+1)*cmd|' /C calc'!A0");
  EXPECT_EQ(rows[4][2], "");
}

// Moodle would assign such a line to the student of the line before.
TEST_F(Csv, for_moodle_has_no_mail_at_all_if_one_is_missing) {
  auto report = samples::grading_run();
  report.targets[1].student->email = "";
  const auto rows = rows_of(moodle_gradebook(report, english));
  EXPECT_EQ(rows[0][1], "Securing an MQTT connection");
  EXPECT_EQ(rows[2][0], "s02");
  EXPECT_EQ(rows[2][1], "0");
}

TEST_F(Csv, for_moodle_tells_students_nothing_of_single_checks) {
  for (const auto& row : rows_of(moodle_gradebook(samples::grading_run(), english)))
    for (const auto& text : row) EXPECT_EQ(text.find("anonymous"), std::string::npos) << text;
}

TEST_F(Csv, for_canvas_has_its_columns_and_the_points_that_are_possible) {
  auto report = samples::grading_run();
  report.targets[0].student->columns.emplace_back("Section", "TD 1");
  const auto rows = rows_of(canvas_gradebook(report, english));
  EXPECT_EQ(rows[0], (std::vector<std::string>{"Student", "ID", "SIS User ID", "SIS Login ID", "Section",
                                               "Securing an MQTT connection"}));
  EXPECT_EQ(rows[1], (std::vector<std::string>{"    Points Possible", "", "", "", "", "10.5"}));
  EXPECT_EQ(rows[2], (std::vector<std::string>{"Ada Lovelace", "", "s01", "ada@example.org", "TD 1", "5.5"}));
  EXPECT_EQ(rows[5][5], "");
}

}  // namespace
}  // namespace mqtts::reports
