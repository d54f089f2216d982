#include "harness/remote/journal.h"

#include <gtest/gtest.h>

namespace mqtts::remote {

using Kind = FileState::Kind;

const std::string a_sum(64, 'a'), other_sum(64, 'b');

Journal a_journal() {
  Journal journal;
  journal.files = {{"/etc/conf", Kind::file, 0644, "0:0", 1700000000, a_sum}, {"/x/y/new"}};
  journal.missing_folders = {"/x", "/x/y"};
  journal.broker_ran = true;
  journal.process = "12:3456";
  journal.ports = {"075B"};
  return journal;
}

TEST(Journal, files_links_and_absent_ones_are_read) {
  const auto journal =
      parse_journal("path /etc/a b\nfile 640 0:113 1700000000 " + a_sum + "\npath /etc/link\nlink 0:0 " + other_sum +
                    "\npath /x/y/z\nmissing /x/y\nmissing /x\nabsent\n"
                    "running 12:3456 1F90 075B 1F90\n");
  ASSERT_TRUE(journal);
  EXPECT_EQ(journal->files, (std::vector<FileState>{{"/etc/a b", Kind::file, 0640, "0:113", 1700000000, a_sum},
                                                    {"/etc/link", Kind::link, 0, "0:0", 0, other_sum},
                                                    {"/x/y/z", Kind::absent}}));
  EXPECT_EQ(journal->missing_folders, (std::set<std::string>{"/x", "/x/y"}));
  EXPECT_TRUE(journal->broker_ran);
  EXPECT_EQ(journal->process, "12:3456");
  EXPECT_EQ(journal->ports, (std::vector<std::string>{"075B", "1F90"}));
}

TEST(Journal, a_stopped_broker_is_read) {
  const auto journal = parse_journal("stopped\n");
  ASSERT_TRUE(journal);
  EXPECT_FALSE(journal->broker_ran);
  EXPECT_EQ(journal->process, "");
}

TEST(Journal, an_answer_that_breaks_off_is_an_error) {
  EXPECT_FALSE(parse_journal(""));
  EXPECT_FALSE(parse_journal("path /a\nabsent\n"));
  EXPECT_FALSE(parse_journal("path /a\nstopped\n"));
  EXPECT_FALSE(parse_journal("path /a\nfile\nstopped\n"));
  EXPECT_FALSE(parse_journal("path /a\nfile 640 0:0 1700000000 abc\nstopped\n"));
  EXPECT_FALSE(parse_journal("path /a\nfile 640 0:0 now " + a_sum + "\nstopped\n"));
}

TEST(Difference, there_is_none_where_only_the_brokers_process_is_another) {
  auto now = a_journal();
  now.process = "99:9999";
  EXPECT_EQ(difference(a_journal(), now, ""), std::nullopt);
}

TEST(Difference, each_part_of_what_stands_at_a_path_counts) {
  const auto told_of = [](auto change) {
    auto now = a_journal();
    change(now.files[0]);
    const auto what = difference(a_journal(), now, "disk full");
    return what ? to_english(*what) : "";
  };
  const std::string told = "/etc/conf on the broker's host could not be put back: disk full";
  EXPECT_EQ(told_of([](FileState& it) { it.sha256 = other_sum; }), told);
  EXPECT_EQ(told_of([](FileState& it) { it.mode = 0600; }), told);
  EXPECT_EQ(told_of([](FileState& it) { it.owner = "1:0"; }), told);
  EXPECT_EQ(told_of([](FileState& it) { it.modified += 1; }), told);
  EXPECT_EQ(told_of([](FileState& it) { it.kind = Kind::link; }), told);
  EXPECT_EQ(told_of([](FileState& it) { it.path = "/elsewhere"; }), told);
}

TEST(Difference, folders_and_the_service_count) {
  auto now = a_journal();
  now.missing_folders.erase("/x");
  EXPECT_TRUE(difference(a_journal(), now, ""));
  now = a_journal();
  now.broker_ran = false;
  EXPECT_TRUE(difference(a_journal(), now, ""));
  now = a_journal();
  now.ports = {"1F90"};
  EXPECT_TRUE(difference(a_journal(), now, ""));
}

TEST(CommandsByHand, undo_everything_from_the_journals_copies) {
  BrokerProfile profile;
  profile.sudo = true;
  profile.journal = "/var/lib/j";
  profile.stop_command = "systemctl stop mosquitto";
  profile.start_command = "systemctl start mosquitto";
  EXPECT_EQ(commands_by_hand(a_journal(), profile),
            (std::vector<std::string>{"sudo sh -c 'systemctl stop mosquitto'",
                                      "sudo rm -f -- '/etc/conf' && sudo cp -a -- '/var/lib/j/files/1' '/etc/conf'",
                                      "sudo rm -f -- '/x/y/new'", "sudo rmdir -- '/x/y'", "sudo rmdir -- '/x'",
                                      "sudo sh -c 'systemctl start mosquitto'",
                                      "sudo rm -rf -- '/var/lib/j'; sudo rmdir -- '/var/lib' 2>/dev/null"}));
}

TEST(JournalOwner, is_read_from_the_first_line) {
  const auto holder = parse_holder("left vagrant@client, process 3\nmore\n");
  ASSERT_TRUE(holder);
  EXPECT_EQ(holder->state, JournalOwner::State::left);
  EXPECT_EQ(holder->description, "vagrant@client, process 3");
  EXPECT_EQ(holder->kept_since, "");
  EXPECT_EQ(parse_holder("left vagrant\nkept 2026-11-22 15:17:23 UTC\n")->kept_since, "2026-11-22 15:17:23 UTC");
  EXPECT_EQ(parse_holder("none \n")->state, JournalOwner::State::none);
  EXPECT_EQ(parse_holder("none \n")->description, "");
  EXPECT_FALSE(parse_holder(""));
  EXPECT_FALSE(parse_holder("taken\n"));
}

}  // namespace mqtts::remote
