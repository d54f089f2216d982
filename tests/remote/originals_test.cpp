#include "harness/remote/originals.h"

#include <gtest/gtest.h>

namespace mqtts::remote {

using Kind = OriginalFile::Kind;

TEST(Originals, files_links_and_absent_ones_are_read) {
  const auto originals = parse_originals(
      "path /etc/a b\nfile 640 0:113\naGVs\nbG8=\n.\n"
      "path /etc/link\nlink\nYQ==\n.\n"
      "path /x/y/z\nmissing /x/y\nmissing /x\nabsent\n.\n"
      "running 1F90 075B 1F90\n");
  ASSERT_TRUE(originals);
  EXPECT_EQ(originals->files, (std::vector<OriginalFile>{{"/etc/a b", Kind::file, "hello", 0640, "0:113"},
                                                         {"/etc/link", Kind::link, "a", 0, ""},
                                                         {"/x/y/z", Kind::absent, "", 0, ""}}));
  EXPECT_EQ(originals->missing_folders, (std::set<std::string>{"/x", "/x/y"}));
  EXPECT_TRUE(originals->broker_ran);
  EXPECT_EQ(originals->ports, (std::vector<std::string>{"075B", "1F90"}));
}

TEST(Originals, a_stopped_broker_is_read) {
  const auto originals = parse_originals("stopped\n");
  ASSERT_TRUE(originals);
  EXPECT_FALSE(originals->broker_ran);
}

TEST(Originals, an_answer_that_breaks_off_is_an_error) {
  EXPECT_FALSE(parse_originals(""));
  EXPECT_FALSE(parse_originals("path /a\nabsent\n.\n"));
  EXPECT_FALSE(parse_originals("path /a\nfile 640 0:0\naGVs\nstopped\n"));
  EXPECT_FALSE(parse_originals("path /a\nfile\n.\nstopped\n"));
}

TEST(Originals, a_folder_in_the_place_of_a_file_is_named) {
  const auto originals = parse_originals("path /etc\nother\n.\nstopped\n");
  ASSERT_FALSE(originals);
  EXPECT_EQ(originals.error().what.args.at("path"), "/etc");
}

TEST(Originals, what_is_read_later_is_added) {
  auto first = *parse_originals("path /a\nabsent\n.\nrunning\n");
  first.add(*parse_originals("path /x/b\nmissing /x\nabsent\n.\nstopped\n"));
  EXPECT_NE(first.find("/a"), nullptr);
  EXPECT_NE(first.find("/x/b"), nullptr);
  EXPECT_EQ(first.missing_folders.count("/x"), 1u);
  EXPECT_TRUE(first.broker_ran) << "as it was before the first change";
}

TEST(CommandsByHand, undo_everything_and_tell_no_secret) {
  BrokerProfile profile;
  profile.sudo = true;
  profile.stop_command = "systemctl stop mosquitto";
  profile.start_command = "systemctl start mosquitto";
  Originals then;
  then.files = {{"/etc/conf", Kind::file, "hello", 0644, "0:0"},
                {"/etc/key", Kind::file, "SECRET", 0600, "0:0"},
                {"/etc/link", Kind::link, "a", 0, ""},
                {"/x/y/new", Kind::absent, "", 0, ""}};
  then.missing_folders = {"/x", "/x/y"};
  then.broker_ran = true;
  const auto commands = commands_by_hand(then, profile);
  EXPECT_EQ(commands,
            (std::vector<std::string>{
                "sudo sh -c 'systemctl stop mosquitto'",
                "sudo rm -f -- '/etc/conf'; echo aGVsbG8= | base64 -d | sudo tee -- '/etc/conf' >/dev/null && "
                "sudo chown 0:0 -- '/etc/conf' && sudo chmod 644 -- '/etc/conf'",
                "# /etc/key: put its former content back from your own copy (it is not public), then: "
                "sudo chown 0:0 -- '/etc/key' && sudo chmod 600 -- '/etc/key'",
                "sudo ln -sfn -- 'a' '/etc/link'", "sudo rm -f -- '/x/y/new'", "sudo rmdir -- '/x/y'",
                "sudo rmdir -- '/x'", "sudo sh -c 'systemctl start mosquitto'"}));
}

}  // namespace mqtts::remote
