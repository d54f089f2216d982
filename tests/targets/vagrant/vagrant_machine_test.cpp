// Uses a fake `vagrant` in PATH, in private folders.
#include "harness/targets/vagrant/vagrant_machine.h"

#include <signal.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "harness/util/run_program.h"
#include "tests/support/must.h"

namespace mqtts::targets {
namespace {

using test::soon;

namespace fs = std::filesystem;
using namespace std::chrono_literals;

void write(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class MachineTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto pattern = (fs::temp_directory_path() / "mqtts-vagrant.XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder = fs::canonical(pattern);
    write(folder / "lab/Vagrantfile", "");
    write(id(), "one");
    setenv("XDG_CACHE_HOME", (folder / "cache").c_str(), 1);
    setenv("PATH", ((folder / "bin").string() + ":" + path).c_str(), 1);
    machine = *parse_machine("vagrant", folder / "lab");
  }
  void TearDown() override {
    setenv("PATH", path.c_str(), 1);
    unsetenv("XDG_CACHE_HOME");
    fs::remove_all(folder);
  }

  void install_vagrant(const std::string& body) const {
    write(folder / "bin/vagrant", "#!/bin/sh\n" + body);
    chmod((folder / "bin/vagrant").c_str(), 0755);
  }
  MachineCache open() const { return *MachineCache::open(machine); }

  const std::string path = std::getenv("PATH");
  fs::path folder;
  MachineName machine;
  fs::path id() const { return folder / "lab/.vagrant/machines/broker/virtualbox/id"; }
};

TEST_F(MachineTest, is_named_by_a_folder_and_a_name_that_may_both_be_missing) {
  write(folder / "odd#name/Vagrantfile", "");
  fs::create_directories(folder / "lab/deep/er");
  const auto said = [&](const std::string& name, const fs::path& here) {
    const auto found = parse_machine(name, here);
    return found ? found->folder.string() + "|" + found->machine : to_english(found.error().what);
  };
  const auto lab = (folder / "lab").string();
  EXPECT_EQ(said("vagrant", folder / "lab/deep/er"), lab + "|broker");
  EXPECT_EQ(said("vagrant#client", lab), lab + "|client");
  EXPECT_EQ(said("vagrant:lab#client", folder), lab + "|client");
  EXPECT_EQ(said("vagrant:" + lab, "/"), lab + "|broker");
  EXPECT_EQ(said("vagrant:" + (folder / "odd#name").string() + "#client", "/"),
            (folder / "odd#name").string() + "|client");
  EXPECT_NE(said("vagrant", "/").find("no Vagrantfile in / nor above it"), std::string::npos);
  EXPECT_NE(said("vagrant:lab/deep", folder).find("no Vagrantfile in"), std::string::npos);
  for (const auto* wrong : {"vagrant:", "vagrant#", "vagrant#a/b", "vagrant#--help", "vagrant#..", "vagrant:lab#a b"})
    EXPECT_NE(said(wrong, folder).find("it is written vagrant[:DIR][#MACHINE]"), std::string::npos) << wrong;
}

TEST_F(MachineTest, is_asked_of_vagrant_in_its_folder) {
  install_vagrant("pwd -P; echo \"$*\"; cat; echo noise >&2\n");
  const auto answer = ask_vagrant(machine, soon());
  ASSERT_TRUE(answer) << to_english(answer.error().what);
  EXPECT_EQ(*answer, (folder / "lab").string() + "\nssh-config broker\n");
}

TEST_F(MachineTest, that_does_not_run_is_unreachable_in_vagrants_own_words) {
  install_vagrant("echo 'it is not yet ready for SSH' >&2; exit 1\n");
  const auto answer = ask_vagrant(machine, soon());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::unreachable);
  EXPECT_EQ(answer.error().detail, "it is not yet ready for SSH\n");
  EXPECT_NE(to_english(answer.error().hint).find("vagrant up broker"), std::string::npos);
}

TEST_F(MachineTest, without_vagrant_is_a_missing_program) {
  setenv("PATH", (folder / "bin").c_str(), 1);
  const auto answer = ask_vagrant(machine, soon());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::missing_program);
}

TEST_F(MachineTest, costs_the_deadline_where_vagrant_hangs_and_leaves_nothing_running) {
  install_vagrant("echo $$ >" + (folder / "pid").string() + "; sleep 20 & wait\n");
  const auto start = Clock::now();
  const auto answer = ask_vagrant(machine, Deadline::in(1s));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::timeout);
  EXPECT_LT(seconds_since(start), 5.0);
  EXPECT_NE(kill(std::stoi(read(folder / "pid")), 0), 0);
}

TEST_F(MachineTest, is_kept_until_vagrant_touches_it_or_its_vagrantfile_changes) {
  const auto cache = open();
  EXPECT_FALSE(cache.find());
  ASSERT_TRUE(cache.keep({"config", "192.0.2.1"}));
  ASSERT_TRUE(open().find());
  EXPECT_EQ(open().find()->config, "config");
  EXPECT_EQ(open().find()->address, "192.0.2.1");
  for (const fs::path& file : {id().parent_path() / "action_set", folder / "lab/Vagrantfile"}) {
    ASSERT_TRUE(cache.keep({"config", "192.0.2.1"}));
    write(file, "x");
    fs::last_write_time(file, fs::file_time_type::clock::now() + 5s);
    EXPECT_FALSE(open().find()) << file;
  }
}

TEST_F(MachineTest, that_is_not_there_any_more_is_not_kept) {
  ASSERT_TRUE(open().keep({"config", ""}));
  fs::remove_all(folder / "lab/.vagrant");
  EXPECT_FALSE(open().find());
  ASSERT_TRUE(open().keep({"config", ""}));
  EXPECT_FALSE(open().find());
}

TEST_F(MachineTest, keeps_its_host_key_until_it_is_made_anew_and_where_its_port_moves) {
  const auto cache = open();
  ASSERT_TRUE(cache.keep({"config", ""}));
  EXPECT_FALSE(cache.knows_host_key("127.0.0.1", 2222));
  write(cache.known_hosts(), "[127.0.0.1]:2222 ssh-ed25519 AAAA\n");
  EXPECT_TRUE(cache.knows_host_key("127.0.0.1", 2222));
  EXPECT_TRUE(cache.knows_host_key("127.0.0.1", 2200));
  EXPECT_EQ(read(cache.known_hosts()), "[127.0.0.1]:2200 ssh-ed25519 AAAA\n");
  EXPECT_TRUE(cache.knows_host_key("192.168.56.20", 22));
  EXPECT_EQ(read(cache.known_hosts()), "192.168.56.20 ssh-ed25519 AAAA\n");
  write(id(), "two");
  EXPECT_FALSE(cache.knows_host_key("127.0.0.1", 2222));
  EXPECT_FALSE(fs::exists(cache.known_hosts()));
}

TEST_F(MachineTest, is_kept_in_a_private_folder_only) {
  const auto place = open().known_hosts().parent_path();
  struct stat facts {};
  ASSERT_EQ(stat(place.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0700u);
  chmod(place.c_str(), 0755);
  const auto again = MachineCache::open(machine);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::denied);
}

TEST_F(MachineTest, with_a_spoilt_cache_is_asked_again) {
  ASSERT_TRUE(open().keep({"config", ""}));
  for (const auto* text : {"", "{", "[]", "{\"youngest\": \"x\"}", "{\"youngest\": 1}"}) {
    write(open().known_hosts().parent_path() / "machine.json", text);
    EXPECT_FALSE(open().find()) << text;
  }
}

}  // namespace
}  // namespace mqtts::targets
