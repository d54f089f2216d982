#include "harness/grading/roster/csv_reader.h"

#include <gtest/gtest.h>

namespace mqtts::grading {
namespace {

// "text@offset|text@offset" for each row, then the problems.
std::string read(std::string_view text, char separator = ',', std::size_t most_rows = 10) {
  json::Diagnostics problems("f", text);
  std::string all;
  for (const auto& row : read_csv(text, separator, most_rows, problems)) {
    for (const auto& field : row) all += field.text + "@" + std::to_string(field.at) + "|";
    all.back() = '\n';
  }
  for (const auto& problem : problems.list())
    all += std::to_string(problem.line) + ":" + std::to_string(problem.column) + ": " + to_english(problem.message);
  return all;
}

TEST(csv, is_read_with_the_place_of_each_field) {
  EXPECT_EQ(read("a,bc,d\ne,,f\n"), "a@0|bc@2|d@5\ne@7|@9|f@10\n");
  EXPECT_EQ(read("a,b\r\nc,d"), "a@0|b@2\nc@5|d@7\n");
  EXPECT_EQ(read("a;b,c", ';'), "a@0|b,c@2\n");
  EXPECT_EQ(read("a\t\tb", '\t'), "a@0|@2|b@3\n");
}

TEST(csv, has_fields_in_quotation_marks) {
  EXPECT_EQ(read("\"a\",\"b,c\"\n\"say \"\"hi\"\"\",\"\""), "a@0|b,c@4\nsay \"hi\"@10|@23\n");
  EXPECT_EQ(read("\"two\nlines\",x\ny,z"), "two\nlines@0|x@12\ny@14|z@16\n");
}

TEST(csv, drops_blanks_around_a_field_without_quotation_marks_and_empty_lines) {
  EXPECT_EQ(read("  a , b\t\n\n\r\n  \nc,d\n\n"), "a@2|b@6\nc@15|d@17\n");
  EXPECT_EQ(read(" \" a \" ,b"), " a @1|b@8\n");
}

TEST(csv, may_end_in_an_empty_field) {
  EXPECT_EQ(read("a,\nb,"), "a@0|@2\nb@3|@4\n");
  EXPECT_EQ(read(","), "@0|@0\n");
}

TEST(csv, of_nothing_has_no_rows) {
  for (const auto* text : {"", "\n", "\r\n\r\n", "  \n"}) EXPECT_EQ(read(text), "") << text;
}

TEST(csv, goes_on_with_the_next_line_after_a_wrong_quotation_mark) {
  const std::string told =
      "2:3: the quotation marks of this field are not right: it must begin and end with one, and each one in it must "
      "stand twice";
  EXPECT_EQ(read("a,b\nc,d\"e\nf,g\n"), "a@0|b@2\nf@10|g@12\n" + told);
  EXPECT_EQ(read("a,b\nc,\"d\"e\nf,g\n"), "a@0|b@2\nf@11|g@13\n" + told);
  EXPECT_EQ(read("a,b\nc,\"d\"e"), "a@0|b@2\n" + told);
}

TEST(csv, tells_where_a_quotation_mark_is_never_closed) {
  EXPECT_EQ(read("a,b\nc,\"d\ne,f\n"), "a@0|b@2\n2:3: the quotation mark that begins this field is never closed");
  EXPECT_EQ(read("\""), "1:1: the quotation mark that begins this field is never closed");
}

TEST(csv, has_no_more_rows_than_are_taken) {
  EXPECT_EQ(read("a\nb\nc\nd\n", ',', 3), "a@0\nb@2\nc@4\n4:1: there are more than 3 rows");
}

TEST(separator, is_what_the_first_line_has_most_of) {
  EXPECT_EQ(separator_of("a,b;c,d"), ',');
  EXPECT_EQ(separator_of("a;b;c\nd,e,f,g"), ';');
  EXPECT_EQ(separator_of("\r\na\tb"), '\t');
  EXPECT_EQ(separator_of("\"a,b,c\";d"), ';');
  EXPECT_EQ(separator_of("a"), ',');
  EXPECT_EQ(separator_of(""), ',');
}

}  // namespace
}  // namespace mqtts::grading
