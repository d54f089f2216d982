#include "harness/cli/watch/screen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/reports/sample_reports.h"
#include "tests/support/words.h"

namespace mqtts::cli::watch {
namespace {

using reports::Translator;
using test::english;
using test::french;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const Error broken{ErrorKind::unreachable, msg("{host} is gone\x1b[31m", {{"host", "h\x1b[2J"}})};

// All pass but the checks with these ids.
Report report(const std::vector<std::string>& failed) {
  auto all = reports::samples::all_pass();
  for (auto& stage : all.targets[0].stages)
    for (auto& check : stage.checks)
      if (std::ranges::find(failed, check.id) != failed.end()) {
        check.verdict = stage.verdict = Verdict::fail;
        check.observed->outcome = Outcome::accepted;
      }
  return all;
}

TEST(Screen, tells_the_first_step_in_the_plans_order_and_no_other) {
  const auto now = report({"missing-client-certificate-rejected", "cleartext-listener-closed"});
  const auto text = round_text({.now = now, .clock = "15:17:23"}, english, {.unicode = true});
  EXPECT_THAT(text, StartsWith("15:17:23  lab  "));
  EXPECT_THAT(text, HasSubstr("✖ fail   client-certificate"));
  EXPECT_THAT(text, HasSubstr("The next step\n✖ fail   client-certificate · cleartext-listener-closed\n"));
  EXPECT_THAT(text, HasSubstr("hint      Remove the listener on 1883."));
  EXPECT_THAT(text, HasSubstr("seen      accepted"));
  EXPECT_THAT(text, Not(HasSubstr("missing-client-certificate-rejected")));
  EXPECT_THAT(text, Not(HasSubstr("Since the last look")));
  EXPECT_THAT(text, Not(HasSubstr("nothing left to do")));
}

TEST(Screen, shows_the_line_to_paste) {
  const auto now = report({"missing-client-certificate-rejected"});
  EXPECT_THAT(round_text({.now = now}, english, {}), HasSubstr("try it    mosquitto_pub -h 127.0.0.1"));
}

TEST(Screen, says_when_all_holds_and_only_then) {
  const auto all = report({});
  const auto done = "there is nothing left to do";
  EXPECT_THAT(round_text({.now = all}, english, {}), HasSubstr(done));
  EXPECT_THAT(round_text({.now = all}, english, {}), Not(HasSubstr("The next step")));

  for (const auto verdict : {Verdict::fail, Verdict::error, Verdict::skip}) {
    auto now = all;
    now.targets[0].stages.back().checks.back().verdict = verdict;
    EXPECT_THAT(round_text({.now = now}, english, {}), Not(HasSubstr(done)));
  }
  auto unreachable = all;
  unreachable.targets[0].stages.clear();
  unreachable.targets[0].message = msg("no such host");
  EXPECT_THAT(round_text({.now = unreachable}, english, {}), HasSubstr("no such host"));
  EXPECT_THAT(round_text({.now = unreachable}, english, {}), Not(HasSubstr(done)));
  auto not_reached = all;
  not_reached.targets[0].stages.push_back({.id = "acl", .verdict = Verdict::error, .message = msg("no time was left")});
  EXPECT_THAT(round_text({.now = not_reached}, english, {}), Not(HasSubstr(done)));
  auto nothing = all;
  nothing.targets[0].stages.clear();
  EXPECT_THAT(round_text({.now = nothing}, english, {}), Not(HasSubstr(done)));
  auto hidden = all;
  hidden.targets[0].stages[0].hidden_checks = 2;
  EXPECT_THAT(round_text({.now = hidden}, english, {}), HasSubstr("Checks that you may not see yet: 2"));
}

TEST(Screen, tells_what_changed_and_why_it_looked_again) {
  const auto before = report({"cleartext-listener-closed"});
  const auto now = report({"missing-client-certificate-rejected"});
  const Change cause{.before = {"c1", "f", "m", "1:1"}, .after = {"c2", "f", "m", "2:2"}};
  const auto text = round_text({.now = now, .before = &before, .cause = cause}, english, {.unicode = true});
  EXPECT_THAT(text, HasSubstr("Since the last look (the configuration has changed, the broker was restarted):\n"));
  EXPECT_THAT(text, HasSubstr("✖ broke     client-certificate/missing-client-certificate-rejected  pass → fail\n"));
  EXPECT_THAT(text, HasSubstr("✔ improved  client-certificate/cleartext-listener-closed  fail → pass\n"));
  EXPECT_THAT(text, StartsWith("───")) << "a line between two rounds";
  EXPECT_THAT(round_text({.now = now, .before = &now}, english, {}),
              HasSubstr("Since the last look:\n  no verdict has changed\n"));
}

TEST(Screen, tells_a_stopped_and_a_started_broker) {
  const auto now = report({});
  const auto because = [&](const Change& cause) {
    return round_text({.now = now, .before = &now, .cause = cause}, english, {});
  };
  EXPECT_THAT(because({{"c", "f", "m", "1"}, {"c", "f", "m", ""}}), HasSubstr("(the broker has stopped)"));
  EXPECT_THAT(because({{"c", "f", "m", ""}, {"c", "f", "m", "1"}}), HasSubstr("(the broker has started)"));
  EXPECT_THAT(because({{"c", "f", "m", ""}, {"c", "f2", "m2", ""}}),
              HasSubstr("(a file that the configuration names has changed, keys, certificates or\n"
                        "passwords for the checks have changed)"));
}

TEST(Screen, says_that_the_broker_must_be_restarted) {
  auto now = report({"cleartext-listener-closed"});
  EXPECT_THAT(round_text({.now = now}, english, {}), Not(HasSubstr("Restart it")));
  now.targets[0].not_restarted = msg("Restart it: {command}", {{"command", "a"}});
  EXPECT_THAT(round_text({.now = now}, english, {}, Shown::next_step), HasSubstr("The next step\nRestart it: a\n"));
  EXPECT_THAT(round_text({.now = now}, english, {}, Shown::next_step), Not(HasSubstr("Remove the listener")));
  now = report({});
  now.targets[0].not_restarted = msg("Restart it: {command}", {{"command", "a"}});
  EXPECT_THAT(round_text({.now = now}, english, {}), HasSubstr("Restart it: a"));
}

TEST(Screen, clears_a_live_terminal_and_writes_no_other_escape) {
  auto now = report({"cleartext-listener-closed"});
  now.targets[0].stages[1].checks.back().id = "x\x1b[5m";
  const auto live = round_text({.now = now}, english, {.live = true});
  EXPECT_THAT(live, StartsWith("\x1b[H\x1b[2J"));
  EXPECT_EQ(live.rfind('\x1b'), 3u);
  EXPECT_THAT(round_text({.now = now, .before = &now}, english, {}), Not(HasSubstr("\x1b")));
  EXPECT_THAT(waiting_text({.broken = broken}, english, {.live = true}), Not(HasSubstr("\x1b")));
}

TEST(Screen, quietly_tells_the_next_step_alone) {
  const auto now = report({"cleartext-listener-closed"});
  const auto text = round_text({.now = now, .clock = "c"}, english, {}, Shown::next_step);
  EXPECT_THAT(text, StartsWith("c  The next step\n"));
}

TEST(Waiting, says_what_begins_another_round) {
  EXPECT_EQ(waiting_text({}, english, {.unicode = true}),
            "waiting for a change of the broker's configuration · Enter: again · q: end\n");
  EXPECT_EQ(waiting_text({}, french, {.unicode = true}),
            "en attente d'un changement de la configuration du broker · Entrée : recommencer · q : terminer\n");
  EXPECT_EQ(waiting_text({.has_keys = false}, english, {}),
            "waiting for a change of the broker's configuration - Ctrl-C: end\n");
  EXPECT_EQ(waiting_text({.has_ssh = false}, english, {}),
            "the target says nothing of SSH, so changes are not seen - Enter: again - q: end\n");
  EXPECT_THAT(waiting_text({.broken = broken}, english, {}), HasSubstr("is gone"));
  EXPECT_THAT(waiting_text({.broken = broken}, english, {}),
              EndsWith("the broker's host does not answer, and is asked again - Enter: again - q: end\n"));
}

}  // namespace
}  // namespace mqtts::cli::watch
