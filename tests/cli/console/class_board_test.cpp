#include "harness/cli/console/class_board.h"

#include <algorithm>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/words.h"

namespace mqtts::cli {
namespace {

using test::english;
using ::testing::HasSubstr;
using ::testing::Not;

TargetResult marked(const char* id, double score) { return {.name = id, .score = score, .max_score = 20}; }

TargetResult ungraded(const char* id) {
  auto target = marked(id, 0);
  target.not_graded = msg("nothing answers on {host}", {{"host", "192.0.2.1\x1b[31m"}});
  return target;
}

template <class Use>
std::string board_output(const reports::Style& style, Use use) {
  std::ostringstream out;
  {
    Board board(out, english, style, 10);
    use(board);
  }
  return out.str();
}

TEST(Board, prints_a_line_for_each_that_is_done) {
  const auto text = board_output({}, [](Board& board) {
    board.begun("s1");
    board.done(marked("s1", 20));
    board.begun("s2");
    board.done(marked("s2", 7.5));
    board.begun("s3");
    board.done(ungraded("s3"));
    board.tick();
  });
  EXPECT_THAT(text, HasSubstr("s1"));
  EXPECT_THAT(text, HasSubstr("20 of 20"));
  EXPECT_THAT(text, HasSubstr("7.5 of 20"));
  EXPECT_THAT(text, HasSubstr("s3                not graded: nothing answers on 192.0.2.1"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_EQ(std::ranges::count(text, '\n'), 3);
}

TEST(Board, shows_numbers_and_the_five_slowest_on_a_terminal) {
  const auto text = board_output({.live = true}, [](Board& board) {
    for (const auto* id : {"s1", "s2", "s3", "s4", "s5", "s6"}) board.begun(id);
    board.is_at("s1", "password");
    board.begun("s7");
    board.done(marked("s7", 20));
    board.tick();
  });
  EXPECT_THAT(text, HasSubstr("1 done"));
  EXPECT_THAT(text, HasSubstr("6 running"));
  EXPECT_THAT(text, HasSubstr("3 waiting"));
  EXPECT_THAT(text, HasSubstr("password"));
  EXPECT_THAT(text, HasSubstr("s5"));
  EXPECT_THAT(text, Not(HasSubstr("s6 ")));
  EXPECT_THAT(text, ::testing::EndsWith("\x1b[7F\x1b[J")) << "the board goes in the end";
}

TEST(Board, counts_those_that_are_tried_once_more) {
  const auto text = board_output({.live = true}, [](Board& board) {
    board.begun("s1");
    board.done(ungraded("s1"));
    board.again("s1");
    board.tick();
  });
  EXPECT_THAT(text, HasSubstr("0 done"));
  EXPECT_THAT(text, HasSubstr("10 waiting"));
  EXPECT_THAT(text, HasSubstr("0 without a mark"));
}

}  // namespace
}  // namespace mqtts::cli
