#include "harness/json/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mqtts::json {
namespace {

struct Parsed {
  std::optional<Node> root;
  std::vector<Diagnostic> problems;
};

Parsed parse(std::string_view text) {
  Diagnostics problems("f", text);
  auto root = parse_json(text, problems);
  return {std::move(root), problems.list()};
}

// "line:column: message" of the only problem.
std::string only_problem(std::string_view text) {
  const auto problems = parse(text).problems;
  if (problems.size() != 1) return std::to_string(problems.size()) + " problems";
  return std::to_string(problems[0].line) + ":" + std::to_string(problems[0].column) + ": " +
         to_english(problems[0].message);
}

TEST(json, knows_where_keys_and_values_begin) {
  const std::string_view text = "{ \"a\" : [1 ,-2.5, true,null,\"\\\"x\\\"\"],\n\t\"b\":{ } }";
  const auto parsed = parse(text);
  ASSERT_TRUE(parsed.root);
  const auto& members = *parsed.root->as<Node::Object>();
  EXPECT_EQ(text.substr(members[0].at, 3), "\"a\"");
  EXPECT_EQ(text.substr(members[1].at, 3), "\"b\"");
  EXPECT_EQ(text[members[1].value.at], '{');
  const auto& list = *members[0].value.as<Node::Array>();
  EXPECT_EQ(text[members[0].value.at], '[');
  for (const auto& [index, begins] : {std::pair(0, "1"), {1, "-2.5"}, {2, "true"}, {3, "null"}, {4, "\"\\\"x"}})
    EXPECT_TRUE(text.substr(list[static_cast<std::size_t>(index)].at).starts_with(begins)) << begins;
  EXPECT_EQ(*list[4].as<std::string>(), "\"x\"");
}

TEST(json, counts_columns_in_characters_not_bytes) {
  EXPECT_EQ(only_problem("{\n \"é€😀\": 1, \"é€😀\": 2}"), "2:12: the key \"é€😀\" stands here twice");
}

TEST(json, skips_a_byte_order_mark) { EXPECT_TRUE(parse("\xEF\xBB\xBF{\"a\": 1}").root); }

TEST(json, names_the_place_of_a_syntax_error) {
  EXPECT_EQ(only_problem("").substr(0, 23), "1:1: this is not JSON: ");  // the rest is the library's, and has changed
  EXPECT_EQ(only_problem("{\n  \"a\": 1\n  \"b\": 2\n}"),
            "3:3: this is not JSON: unexpected string literal; expected '}'");
  EXPECT_EQ(only_problem("{\"a\": 1,}"), "1:9: this is not JSON: unexpected '}'; expected string literal");
  EXPECT_EQ(only_problem("[1,,2]"), "1:4: this is not JSON: unexpected ','; expected '[', '{', or a literal");
  EXPECT_EQ(only_problem("{} {}"), "1:4: this is not JSON: unexpected '{'; expected end of input");
  EXPECT_EQ(only_problem("[\"a\nb\"]").substr(0, 4), "1:4:");
  EXPECT_EQ(only_problem("[nul]").substr(0, 4), "1:5:");
}

TEST(json, takes_no_bytes_that_are_not_utf_8) {
  EXPECT_EQ(only_problem("[\"ab\xFF\"]"), "1:5: this is not JSON: invalid string: ill-formed UTF-8 byte");
  EXPECT_THAT(only_problem("[\"\\ud800\"]"), testing::HasSubstr("surrogate"));
}

TEST(json, takes_no_nul_byte_for_the_end) {
  EXPECT_EQ(only_problem(std::string_view("{}\0garbage", 10)), "1:3: this is not JSON: it holds a NUL byte");
}

TEST(json, takes_no_number_that_is_beyond_all) {
  EXPECT_EQ(only_problem("[1, 1e999]"), "1:5: this is not JSON: number overflow parsing '1e999'");
  EXPECT_TRUE(parse("[18446744073709551616]").root);
}

TEST(json, bounds_nesting_entries_and_size) {
  EXPECT_TRUE(parse(std::string(64, '[') + std::string(64, ']')).root);
  EXPECT_EQ(only_problem(std::string(100000, '[')), "1:65: this is nested more than 64 levels deep");
  std::string many = "[\n[0";
  for (int i = 0; i < 1000; ++i) many += ",0";
  EXPECT_EQ(only_problem(many + "]]"), "2:1: this has more than 1000 entries");
  Diagnostics none("f", "");
  EXPECT_TRUE(parse_json(many + "]]", none, 1001));
  EXPECT_EQ(only_problem("\"" + std::string(10'000'000, 'x') + "\""), "0:0: the file is larger than 1048576 bytes");
}

TEST(json, leaves_comments_out_of_every_object) {
  const auto parsed = parse(R"({ "$comment": "why", "a": [{ "b": 1, "$comment": "" }], "c": { "$comment": "\u001b" } })");
  EXPECT_TRUE(parsed.problems.empty());
  ASSERT_TRUE(parsed.root);
  EXPECT_EQ(parsed.root->find("$comment"), nullptr);
  const auto& inner = parsed.root->find("a")->as<Node::Array>()->front();
  EXPECT_EQ(inner.as<Node::Object>()->size(), 1U);
  EXPECT_TRUE(parsed.root->find("c")->as<Node::Object>()->empty());
}

TEST(json, takes_a_comment_only_as_a_text_and_only_once) {
  EXPECT_EQ(only_problem(R"({ "$comment": ["a"] })"), "1:15: \"$comment\" must be a text");
  EXPECT_EQ(only_problem(R"({ "$comment": "a", "$comment": "b" })"), "1:20: the key \"$comment\" stands here twice");
}

TEST(json, shows_hostile_text_harmlessly) {
  EXPECT_EQ(shown("\x1b[31mred\n"), "?[31mred?");
  EXPECT_EQ(shown(std::string(81, 'x')), std::string(80, 'x') + "…");
  EXPECT_EQ(shown(std::string(79, 'x') + "é!"), std::string(79, 'x') + "é…");
}

TEST(json, tells_a_hundred_problems_at_most) {
  std::string text = "{\"a\":0";
  for (int i = 0; i < 500; ++i) text += ",\n\"a\":0";
  const auto problems = parse(text + "}").problems;
  ASSERT_EQ(problems.size(), 100U);
  EXPECT_EQ(to_english(problems.back().message), "there are 500 problems; the rest is told once these are mended");
}

}  // namespace
}  // namespace mqtts::json
