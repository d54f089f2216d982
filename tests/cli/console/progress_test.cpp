#include "harness/cli/console/progress.h"

#include <sstream>

#include <gtest/gtest.h>

#include "harness/util/utf8.h"
#include "tests/support/words.h"

namespace mqtts::cli {
namespace {

using test::english;

const StageSpec stage{.id = "password",
                      .title = {"Password", "Mot de passe"},
                      .checks = {{.id = "anonymous-rejected"}, {.id = "valid-password-accepted"}}};

CheckResult refused() {
  return {.id = "anonymous-rejected",
          .verdict = Verdict::pass,
          .seconds = 0.021,
          .observed = Observation{.outcome = Outcome::refused, .by = By::mqtt, .code = 5, .reason = "not_authorized"},
          .message = msg("refused, for the right reason")};
}

CheckResult let_in() {
  return {.id = "anonymous-rejected",
          .verdict = Verdict::fail,
          .seconds = 0.034,
          .observed = Observation{.outcome = Outcome::accepted, .by = By::broker},
          .message = msg("a client that should be refused was let in")};
}

// All that is printed while `use` drives the progress.
template <class Use>
std::string printed(const reports::Style& style, Use use, Lang lang = Lang::en) {
  std::ostringstream out;
  {
    ConsoleProgress progress(out, reports::Translator(lang), style);
    use(progress);
  }
  return out.str();
}

// What a terminal shows in the end: "\r\x1b[2K" empties the line that is being written.
std::string shown(const std::string& bytes) {
  constexpr std::string_view erase = "\r\x1b[2K";
  std::string screen;
  for (std::size_t i = 0; i < bytes.size();) {
    if (bytes.compare(i, erase.size(), erase) == 0) {
      screen.erase(screen.rfind('\n') + 1);
      i += erase.size();
    } else {
      screen += bytes[i++];
    }
  }
  return screen;
}

void whole_stage(Progress& progress) {
  progress.waiting_for(msg("the broker to restart"));
  progress.stage_started(stage);
  progress.waiting_for(msg("{check}", {{"check", "anonymous-rejected"}}));
  progress.check_done(refused());
  progress.check_done(let_in());
  progress.waiting_for(msg("the broker to restart"));
  progress.stage_done({.id = "password", .verdict = Verdict::fail, .seconds = 0.4});
}

TEST(Progress, prints_a_heading_and_a_line_per_check) {
  EXPECT_EQ(printed({.unicode = true, .width = 100}, whole_stage),
            "password  Password\n"
            "  ✔ pass   anonymous-rejected       refused by the broker at MQTT: not_authorized (5)         0.02 s\n"
            "  ✖ fail   anonymous-rejected       a client that should be refused was let in                0.03 s\n"
            "\n");
}

TEST(Progress, speaks_french) {
  EXPECT_EQ(printed({.unicode = true, .width = 100}, whole_stage, Lang::fr),
            "password  Mot de passe\n"
            "  ✔ réussi  anonymous-rejected       refus du broker au niveau MQTT : not_authorized (5)      0,02 s\n"
            "  ✖ échec   anonymous-rejected       un client qui aurait dû être refusé a été admis          0,03 s\n"
            "\n");
}

TEST(Progress, is_plain_where_it_cannot_be_live) {
  const auto text = printed({.unicode = false}, whole_stage);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find('\r'), std::string::npos);
  EXPECT_EQ(text.find("waiting"), std::string::npos);
  for (const char c : text) EXPECT_TRUE(c == '\n' || (c >= ' ' && c <= '~')) << "signs are ASCII";
}

TEST(Progress, leaves_nothing_of_its_status_line_behind) {
  const auto live = printed({.unicode = true, .live = true}, whole_stage);
  EXPECT_NE(live.find("waiting for the broker to restart"), std::string::npos);
  EXPECT_EQ(shown(live), printed({.unicode = true}, whole_stage));
  const auto abandoned =
      printed({.live = true}, [](Progress& progress) { progress.waiting_for(msg("the broker to restart")); });
  EXPECT_EQ(shown(abandoned), "");
}

TEST(Progress, keeps_its_status_on_one_line_however_long_and_hostile) {
  const auto text = printed({.unicode = true, .live = true, .width = 40}, [](Progress& progress) {
    progress.waiting_for(msg("{check}", {{"check", std::string(200, 'x') + "\n\x1b[9999;1H"}}));
  });
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_EQ(text.find("\x1b[9999"), std::string::npos);
  const std::string_view erase = "\r\x1b[2K";
  const auto status = text.substr(erase.size(), text.rfind(erase) - erase.size());
  EXPECT_LT(columns_of(status), 40U);
}

TEST(Progress, wraps_a_long_reason_under_itself) {
  auto check = let_in();
  check.message = msg("{x}", {{"x", "one two three four five six seven eight nine ten eleven twelve thirteen"}});
  EXPECT_EQ(printed({.width = 80}, [&](Progress& progress) { progress.check_done(check); }),
            "  x fail   anonymous-rejected  one two three four five six seven eight    0.03 s\n"
            "                               nine ten eleven twelve thirteen\n");
  EXPECT_EQ(printed({.width = 50}, [&](Progress& progress) { progress.check_done(check); }),
            "  x fail   anonymous-rejected  0.03 s\n"
            "      one two three four five six seven eight nine\n"
            "      ten eleven twelve thirteen\n");
}

TEST(Progress, leaves_a_word_whole_that_is_longer_than_the_line) {
  auto check = let_in();
  const std::string path = "/run/user/1000/mqtts-harness/" + std::string(90, 'x') + "/userclient.pw";
  check.message = msg("{x}", {{"x", path}});
  for (const int width : {40, 80, 100}) {
    const auto text = printed({.width = width}, [&](Progress& progress) { progress.check_done(check); });
    EXPECT_NE(text.find(path), std::string::npos) << text;
  }
}

TEST(Progress, says_what_let_a_client_in_where_a_later_stage_stands) {
  auto check = refused();
  check.observed = Observation{.outcome = Outcome::accepted, .by = By::broker, .superseded_by = "client-certificate"};
  const auto text = printed({}, [&](Progress& progress) { progress.check_done(check); });
  EXPECT_NE(text.find("accepted, with what stage client-certificate demands"), std::string::npos) << text;
}

TEST(Progress, shows_the_brokers_words_about_a_stage_made_harmless) {
  const StageResult failed{.id = "acl",
                           .verdict = Verdict::error,
                           .message = msg("the broker did not come up"),
                           .detail = "Error: \x1b[2Junknown\nline 2\n"};
  EXPECT_EQ(printed({}, [&](Progress& progress) { progress.stage_done(failed); }),
            "  ! error  the broker did not come up\n"
            "    | Error: \uFFFD[2Junknown\n"
            "    | line 2\n"
            "\n");
}

TEST(Progress, tells_only_how_many_were_skipped_where_the_summary_lists_them) {
  std::ostringstream out;
  ConsoleProgress progress(out, reports::Translator(Lang::en), {}, Skips::by_number);
  const CheckResult skipped{.id = "anonymous-rejected", .verdict = Verdict::skip, .message = msg("no account")};
  progress.stage_started(stage);
  progress.check_done(skipped);
  progress.check_done(let_in());
  progress.stage_done({.id = "password", .verdict = Verdict::fail, .checks = {skipped, let_in()}});
  EXPECT_EQ(out.str().find("no account"), std::string::npos) << out.str();
  EXPECT_NE(out.str().find("1 check not made, see below"), std::string::npos) << out.str();
  EXPECT_NE(out.str().find("a client that should be refused was let in"), std::string::npos) << out.str();
}

TEST(Progress, writes_no_escape_of_others) {
  auto check = let_in();
  check.id = "a\x1b[31m";
  check.message = msg("{x}", {{"x", "b\x1b[31m\u009b"}});
  const auto text = printed({}, [&](Progress& progress) {
    progress.stage_started({.id = "s\x1b", .title = {"t\x1b\n", ""}});
    progress.check_done(check);
  });
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find("\u009b"), std::string::npos);
}

}  // namespace
}  // namespace mqtts::cli
