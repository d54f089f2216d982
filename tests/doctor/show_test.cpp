#include "harness/doctor/show.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/words.h"

namespace mqtts::doctor {
namespace {

using test::english;

const Findings some = {
    {"name", State::fine, msg("good")},
    {"host-key", State::broken, msg("bad {what}", {{"what", "\x1b[31mkey\xff"}}), msg("mend"), "line one\nline two"},
    {"clock", State::warning, msg("late")},
    {"log", State::unknown, msg("who knows")},
    {"disk", State::not_looked_at, msg("not looked at")},
};
TEST(Show, tells_states_apart_without_colour_and_the_fix_below) {
  EXPECT_EQ(lines_of(some, english, {.unicode = true}, Detail::all),
            "  ✔ name      good\n"
            "  ✖ host-key  bad \uFFFD[31mkey\uFFFD\n"
            "              | line one\n"
            "              | line two\n"
            "              fix: mend\n"
            "  ! clock     late\n"
            "  ? log       who knows\n"
            "  – disk      not looked at\n"
            "\n"
            "to be mended: 1; not known: 2\n");
}

TEST(Show, quietly_tells_only_what_is_not_well) {
  EXPECT_EQ(lines_of({some[0], some[2], some[3]}, english, {}, Detail::troubles),
            "  ? log    who knows\n\nnothing that was looked at needs mending; not known: 1\n");
  EXPECT_EQ(lines_of({some[0]}, english, {}, Detail::troubles), "nothing needs mending\n");
}

TEST(Show, speaks_french) {
  EXPECT_NE(lines_of(some, reports::Translator(Lang::fr), {}, Detail::all).find("remède : mend"), std::string::npos);
}

TEST(Show, a_long_fix_stays_on_one_line_to_be_pasted) {
  const std::string command = "sudo " + std::string(60, 'x') + " " + std::string(60, 'y');
  const Findings one = {{"a", State::broken, msg("b"), Message{"{c}", {{"c", command}}}}};
  EXPECT_NE(lines_of(one, english, {.width = 40}, Detail::all).find(command), std::string::npos);
}

TEST(Json, holds_all_findings_and_hostile_text_harmlessly) {
  const auto json = nlohmann::json::parse(json_of(some, "lab", 1, english));
  EXPECT_EQ(json.at("target"), "lab");
  EXPECT_EQ(json.at("exit_code"), 1);
  const auto& list = json.at("findings");
  ASSERT_EQ(list.size(), some.size());
  EXPECT_EQ(list[1].at("id"), "host-key");
  EXPECT_EQ(list[1].at("state"), "broken");
  EXPECT_EQ(list[1].at("sentence"), "bad \uFFFD[31mkey\uFFFD");
  EXPECT_EQ(list[1].at("fix"), "mend");
  EXPECT_EQ(list[1].at("detail"), nlohmann::json({"line one", "line two"}));
  EXPECT_FALSE(list[0].contains("fix"));
  EXPECT_EQ(list[4].at("state"), "not_looked_at");
}

}  // namespace
}  // namespace mqtts::doctor
