#include "harness/remote/scripts.h"

#include <gtest/gtest.h>

#include "harness/util/digest.h"
#include "harness/util/shell_quote.h"
#include "tests/remote/a_profile.h"

namespace mqtts::remote {

const Owner us = {"tag", "us"};

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Quoting, a_word_is_quoted_so_that_the_shell_sees_its_bytes) {
  EXPECT_EQ(shell_quoted(""), "''");
  EXPECT_EQ(shell_quoted("a b;$(c)\n"), "'a b;$(c)\n'");
  EXPECT_EQ(shell_quoted("it's"), "'it'\\''s'");
}

TEST(Base64, is_the_usual_one) {
  EXPECT_EQ(to_base64(""), "");
  EXPECT_EQ(to_base64("hello"), "aGVsbG8=");
  EXPECT_EQ(to_base64(std::string("a\0b", 3)), "YQBi");
}

TEST(Sha256, is_the_usual_one) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(FilesOfAStage, the_configuration_keeps_the_mode_and_owner_that_it_had) {
  Journal journal;
  journal.files = {{"/etc/mosquitto/mosquitto.conf", FileState::Kind::file, 0640, "0:113", 0, ""}};
  const auto files = files_of({"tls", {{"/a", "b", 0600, "vagrant"}}, "text", {8883}}, a_profile(), journal);
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files[1].content, "text");
  EXPECT_EQ(files[1].mode, 0640);
  EXPECT_EQ(files[1].owner, "0:113");
}

TEST(FilesOfAStage, a_new_configuration_is_readable_by_all) {
  const auto files = files_of({"tls", {}, "text", {}}, a_profile(), {});
  EXPECT_EQ(files.at(0).mode, 0644);
}

TEST(Greeting, is_who_the_shell_is_and_the_clock_where_it_is_told) {
  EXPECT_EQ(parse_greeting("12:34\nclock 1790000000\n").identity, "12:34");
  EXPECT_EQ(parse_greeting("12:34\nclock 1790000000\n").clock, 1790000000);
  for (const std::string output : {"12:34", "12:34\n", "12:34\nclock \n", "12:34\ndate: not found\n"}) {
    EXPECT_EQ(parse_greeting(output).identity, "12:34");
    EXPECT_FALSE(parse_greeting(output).clock) << output;
  }
}

TEST(ApplyScript, a_text_is_written_by_the_shell_itself) {
  const auto script = apply_script(a_profile(), us, {{"/etc/key.pem", "it's\n", 0600, ""}}, {8883}, 5);
  EXPECT_TRUE(has(script, "\nprintf %s 'it'\\''s\n' >'/etc/.mqtts-tag/key.pem'\n")) << script;
}

TEST(ApplyScript, bytes_that_are_no_text_are_written_through_a_pipe) {
  const std::string bytes("a\0b", 3);
  const auto script = apply_script(a_profile(), us, {{"/etc/key", bytes, 0600, ""}}, {8883}, 5);
  EXPECT_TRUE(has(script, "base64 -d >'/etc/.mqtts-tag/key' <<'END'\n" + to_base64(bytes) + "\nEND\n"));
}

TEST(ApplyScript, one_process_does_for_all_files_that_have_a_mode_in_common) {
  const auto script =
      apply_script(a_profile(), us, {{"/x/a", "", 0644, ""}, {"/x/b", "", 0644, ""}, {"/y/c", "", 0600, ""}}, {}, 5);
  EXPECT_TRUE(has(script, "chmod 644 -- '/x/.mqtts-tag/a' '/x/.mqtts-tag/b'\n")) << script;
  EXPECT_TRUE(has(script, "mv -f -- '/x/.mqtts-tag/a' '/x/.mqtts-tag/b' '/x'/\n")) << script;
}

TEST(ApplyScript, with_sudo_a_file_without_owner_is_the_login_users) {
  auto profile = a_profile();
  profile.sudo = true;
  const auto script = apply_script(profile, us, {{"/x/a", "", 0644, ""}, {"/x/b", "", 0644, "mosquitto"}}, {}, 5);
  EXPECT_TRUE(has(script, "chown \"${SUDO_USER:-root}:\" -- '/x/.mqtts-tag/a'\n")) << script;
  EXPECT_TRUE(has(script, "chown 'mosquitto:' -- '/x/.mqtts-tag/b'\n")) << script;
}

TEST(AppliedAnswer, is_read) {
  const auto answer =
      parse_applied("state up\nprocess 12\nrestart 3\nlog readable\nlog_size 99\nsums\n" + std::string(64, 'a') +
                    "  /x\n\\" + std::string(64, 'b') + "  /y\\n\nwords\nstate died\nwords\n");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->state, "up");
  EXPECT_EQ(answer->process_id, 12);
  EXPECT_DOUBLE_EQ(answer->seconds, 0.03);
  EXPECT_EQ(answer->log_size, 99u);
  EXPECT_TRUE(answer->log_readable);
  EXPECT_EQ(answer->sums, (std::vector<std::string>{std::string(64, 'a'), std::string(64, 'b')}));
  EXPECT_EQ(answer->detail, "state died\nwords\n");
}

TEST(AppliedAnswer, anything_else_is_an_error) {
  EXPECT_FALSE(parse_applied(""));
  EXPECT_FALSE(parse_applied("state up\nprocess 12\n"));
  EXPECT_FALSE(parse_applied("garbage\nwords\n"));
  EXPECT_FALSE(parse_applied("sums\nwords\n"));
}

TEST(TakenAnswer, is_the_journal_or_who_holds_the_host) {
  const auto taken = parse_taken("taken\npath /a\nabsent\nstopped\n");
  ASSERT_TRUE(taken && std::holds_alternative<Journal>(*taken));
  EXPECT_EQ(std::get<Journal>(*taken).files.size(), 1u);
  const auto held = parse_taken("held somebody\n");
  ASSERT_TRUE(held && std::holds_alternative<JournalOwner>(*held));
  EXPECT_EQ(std::get<JournalOwner>(*held).description, "somebody");
  EXPECT_FALSE(parse_taken(""));
  EXPECT_FALSE(parse_taken("taken\n"));
}

TEST(RestoredAnswer, is_what_was_and_what_is) {
  const auto answer = parse_restored("index\npath /a\nabsent\nrunning 1:2 075B\nnow\npath /a\nother\nstopped\n");
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->then.broker_ran);
  EXPECT_EQ(answer->now.files.at(0).kind, FileState::Kind::other);
  EXPECT_FALSE(parse_restored("index\nstopped\n"));
  EXPECT_FALSE(parse_restored("index\nstopped\nnow\n"));
  EXPECT_FALSE(parse_restored(""));
}

TEST(LogAnswer, half_a_line_is_left_for_the_next_time) {
  const auto answer = parse_log("20 0\none\ntwo\nthr");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->lines, "one\ntwo\n");
  EXPECT_EQ(answer->size, 17u);
}

TEST(LogAnswer, an_unchanged_log_has_no_lines) {
  const auto answer = parse_log("20 0\n");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->lines, "");
  EXPECT_EQ(answer->size, 20u);
  EXPECT_FALSE(parse_log(""));
}

TEST(VersionScript, takes_no_more_than_the_beginning_of_what_is_said) {
  EXPECT_EQ(version_script(a_profile()), "{\n:\nmosquitto -h\n} 2>&1 | head -c 4096\n");
}

}  // namespace mqtts::remote
