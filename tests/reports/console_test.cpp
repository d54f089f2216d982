#include "reports/console.h"

#include <sstream>

#include <gtest/gtest.h>

#include "harness/util/utf8.h"
#include "tests/reports/golden.h"
#include "tests/reports/sample_reports.h"
#include "tests/support/words.h"

namespace mqtts::reports {
namespace {

using test::english;
using test::french;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(Summary, is_as_approved) {
  expect_golden("lab-all-pass.0.console.txt", summary(samples::all_pass(), english, {.unicode = true}));
  expect_golden("lab-troubled.4.console.txt", summary(samples::troubled(), english, {.unicode = true}));
  expect_golden("lab-troubled.4.console.fr.txt", summary(samples::troubled(), french, {.unicode = true, .width = 80}));
  expect_golden("lab-troubled.4.console.color.txt", summary(samples::troubled(), english, {.color = true}));
  expect_golden("lab-unreachable.3.console.txt", summary(samples::unreachable(), english, {}));
}

TEST(Summary, has_no_escape_without_colour_and_only_its_own_with_it) {
  for (const auto& words : {english, french}) {
    EXPECT_EQ(summary(samples::troubled(), words, {}).find('\x1b'), std::string::npos);
    auto colored = summary(samples::troubled(), words, {.color = true});
    for (const auto* ours : {"\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[36m", "\x1b[1;31m", "\x1b[33m"})
      for (auto at = colored.find(ours); at != std::string::npos; at = colored.find(ours))
        colored.erase(at, std::string_view(ours).size());
    EXPECT_EQ(colored, summary(samples::troubled(), words, {})) << "colour changes nothing but colour";
  }
}

TEST(Summary, lets_no_hostile_text_reach_the_terminal_raw) {
  const std::string evil = "\x1b]0;owned\x07\r\x9b\u202E\n\xff";
  auto report = samples::troubled();
  auto& target = report.targets[0];
  report.run.plan = report.run.plan_title.en = target.name = target.host = evil;
  target.message = msg("{x}", {{"x", evil}});
  target.by_hand = {evil};
  for (auto& stage : target.stages) {
    stage.id = stage.title.en = stage.detail = evil;
    stage.message = target.message;
    for (auto& check : stage.checks) {
      check.id = check.title.en = check.hint.en = evil;
      check.message = msg("{x}", {{"x", evil + "2"}});
      check.verdict = Verdict::fail;
      check.expected = {{Outcome::refused, By::mqtt, {evil}}};
      check.observed = Observation{.outcome = Outcome::refused,
                                   .by = By::mqtt,
                                   .reason = evil,
                                   .evidence = {{EvidenceKind::broker_log, evil}, {EvidenceKind::reproduce, evil}}};
    }
  }
  auto text = summary(report, english, {});
  target.restored.reset();
  text += summary(report, english, {});
  target.not_restarted = target.message;
  text += summary(report, english, {});
  for (const auto& line : lines_of(text)) {
    for (std::string_view rest = line; !rest.empty();) {
      const auto next = first_code_point(rest);
      EXPECT_TRUE(next.valid && next.value >= 0x20 && !(next.value >= 0x7f && next.value < 0xa0) &&
                  next.value != 0x202e)
          << line;
      rest.remove_prefix(next.bytes);
    }
  }
}

TEST(Summary, keeps_within_its_width_and_ends_no_line_with_a_space) {
  for (const int width : {60, 80, 100}) {
    for (const auto& words : {english, french}) {
      for (const auto& line : lines_of(summary(samples::troubled(), words, {.unicode = true, .width = width}))) {
        EXPECT_FALSE(line.ends_with(' ')) << line;
        const bool is_command = line.find("sudo ") != std::string::npos;  // commands are never wrapped
        EXPECT_TRUE(is_command || columns_of(line) <= static_cast<std::size_t>(width)) << line;
      }
    }
  }
}

TEST(Summary, tells_a_reason_that_all_checks_of_a_stage_share_only_once) {
  const auto text = summary(samples::troubled(), english, {});
  const std::string reason = "the broker did not come up in stage acl";
  const auto first = text.find(reason);
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(text.find(reason, first + 1), std::string::npos);
}

TEST(Summary, says_how_to_put_the_broker_back_by_hand) {
  const auto text = summary(samples::troubled(), english, {});
  EXPECT_NE(text.find("the broker was not put back"), std::string::npos);
  EXPECT_NE(text.find("sudo systemctl restart mosquitto"), std::string::npos);
}

TEST(Summary, ends_with_the_next_step_where_more_than_one_check_is_open) {
  auto report = samples::troubled();
  auto& target = report.targets[0];
  EXPECT_EQ(summary(report, english, {}).find("The next step"), std::string::npos) << "it is to put the broker back";
  target.restored = true;
  EXPECT_NE(summary(report, english, {})
                .find("The next step  password - anonymous-rejected\n    Write allow_anonymous false in mosquitto.conf."),
            std::string::npos)
      << summary(report, english, {});
  EXPECT_NE(summary(report, french, {}).find("Écrivez allow_anonymous false"), std::string::npos);

  target.stages.pop_back();
  target.stages[0].checks = {target.stages[0].checks[1]};
  EXPECT_EQ(summary(report, english, {}).find("The next step"), std::string::npos) << "its details have told it";
  target.not_restarted = msg("Restart it.");
  EXPECT_NE(summary(report, english, {}).find("The next step  password - anonymous-rejected\n    Restart it."),
            std::string::npos);
  target.stages[0].checks[0].verdict = Verdict::pass;
  EXPECT_NE(summary(report, english, {}).find("mosquitto 3.0.0\nMosquitto 3.0.0 is not a version that we know; it is "
                                              "taken for a Mosquitto 2.1\nRestart it.\n"),
            std::string::npos)
      << "all passes: a doubt, and no step";
}

TEST(Mark, is_equally_wide_for_every_verdict) {
  for (const auto& words : {english, french}) {
    for (const auto verdict : {Verdict::pass, Verdict::fail, Verdict::error, Verdict::skip})
      EXPECT_EQ(columns_of(mark(verdict, words, TerminalStyle({.unicode = true}))), mark_width(words));
  }
}

}  // namespace
}  // namespace mqtts::reports
