// The host itself fails: its disk, its files, its service.
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "tests/faults/student_host.h"

namespace mqtts::faults {

using remote::write_file;

using ::testing::AnyOf;
using ::testing::HasSubstr;

class BrokenHost : public StudentHost {};

TEST_F(BrokenHost, a_broker_that_refuses_a_stage_is_put_back) {
  std::string broken = plan;
  const std::string line = "\"allow_anonymous false\"";
  broken.replace(broken.find(line), line.size(), "\"no_such_option true\"");
  e2e::write(folder / "plan.json", broken);
  const auto ended = run(folder / "target.json");
  EXPECT_EQ(ended.code, 3) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("no_such_option"));
  EXPECT_EQ(results()["targets"][0]["restored"], true);
  expect_as_before("refused");
}

// A service whose stop hangs as long as a certain file is there.
class HangingService : public BrokenHost {
 protected:
  void SetUp() override {
    BrokenHost::SetUp();
    hang = target.broker.root + "/../hang";
  }
  std::string hanging_target(const std::string& more_at_start) {
    return changed_target("hanging.json", [&](nlohmann::json& json) {
      auto& broker = json["broker"];
      broker["stop"] = fmt::format("if [ -e '{}' ]; then sleep 1000; fi; {}", hang, broker["stop"].get<std::string>());
      broker["start"] = fmt::format("{}; {}", broker["start"].get<std::string>(), more_at_start);
    });
  }
  std::string hang;
};

TEST_F(HangingService, that_was_never_stopped_goes_on_and_the_files_are_put_back) {
  e2e::write(hang, "");
  const auto start = Clock::now();
  const auto ended = run(hanging_target(":"), {"--deadline", "4"});
  EXPECT_LT(seconds_since(start), 4 + 30 + 5);
  EXPECT_EQ(ended.code, 3) << ended.out << ended.err;
  EXPECT_EQ(results()["targets"][0]["restored"], true);
  expect_as_before("it hung at once");
}

TEST_F(HangingService, that_hangs_in_mid_run_is_told_and_put_back_once_it_can_be) {
  const auto ended = run(hanging_target(fmt::format("touch '{}'", hang)), {"--deadline", "4"});
  EXPECT_EQ(ended.code, 4) << ended.out << ended.err;
  EXPECT_THAT(ended.out + ended.err, HasSubstr("cp -a"));
  EXPECT_EQ(results()["targets"][0]["restored"], false);
  std::filesystem::remove(hang);
  EXPECT_EQ(restore({"--take-over"}).code, 0);
  expect_as_before("after it hung");
}

// chattr(1) works on few file systems.
class ImmutableFile : public StudentHost {
 protected:
  void SetUp() override {
    setenv("XDG_RUNTIME_DIR", "/var/tmp", 1);
    StudentHost::SetUp();
    unsetenv("XDG_RUNTIME_DIR");
  }
  bool set(const char* flag) {
    return std::system(fmt::format("chattr {} '{}' 2>/dev/null", flag, target.broker.configuration_path).c_str()) == 0;
  }
  void TearDown() override { set("-i"); }
};

TEST_F(ImmutableFile, is_left_alone_and_everything_else_is_put_back) {
  if (!set("+i")) GTEST_SKIP() << "this file system, or this user, makes no file immutable";
  const auto ended = run(folder / "target.json");
  EXPECT_EQ(ended.code, 3) << ended.out << ended.err;
  EXPECT_EQ(results()["targets"][0]["restored"], true) << "what cannot be changed needs no putting back";
  expect_as_before("immutable");
}

TEST_F(ImmutableFile, that_became_so_in_mid_run_is_told_with_the_commands_to_mend_it) {
  if (!set("+i") || !set("-i")) GTEST_SKIP() << "this file system, or this user, makes no file immutable";
  const auto file = changed_target("immutable.json", [&](nlohmann::json& json) {
    const std::string start = json["broker"]["start"];
    json["broker"]["start"] = fmt::format("{}; chattr +i '{}'", start, target.broker.configuration_path);
  });
  const auto ended = run(file);
  EXPECT_EQ(ended.code, 4) << ended.out << ended.err;
  EXPECT_THAT(ended.out + ended.err, HasSubstr("rm -rf -- '" + target.broker.journal));
  set("-i");
  EXPECT_EQ(restore().code, 0);
  expect_as_before("immutable in mid-run");
}

// A disk of its own for the host, and full.
class FullDisk : public StudentHost {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(folder / "disk");
    mounted = mount("tmpfs", (folder / "disk").c_str(), "tmpfs", 0, "size=2m,mode=700") == 0;
    if (!mounted) GTEST_SKIP() << "only root can mount a small disk";
    setenv("XDG_RUNTIME_DIR", (folder / "disk").c_str(), 1);
    StudentHost::SetUp();
    unsetenv("XDG_RUNTIME_DIR");
  }
  void TearDown() override {
    host.reset();
    if (mounted) umount2((folder / "disk").c_str(), MNT_DETACH);
  }
  // Leaves room for so many bytes.
  void fill(std::size_t but = 0) {
    struct statvfs facts {};
    statvfs((folder / "disk").c_str(), &facts);
    const auto room = facts.f_bavail * facts.f_bsize;
    write_file(folder / "disk/ballast", std::string(room - std::min<std::size_t>(room, but), 'x'));
  }
  bool mounted = false;
};

TEST_F(FullDisk, keeps_a_run_from_beginning) {
  fill();
  const auto ended = run(folder / "target.json");
  EXPECT_EQ(ended.code, 3) << ended.out << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("is there room on its disk?"));
  expect_as_before("full from the start");
}

TEST_F(FullDisk, in_mid_run_is_put_back_all_the_same) {
  for (const std::size_t room : {40 << 10, 64 << 10, 96 << 10, 128 << 10}) {
    fill(room);
    const auto ended = run(folder / "target.json");
    EXPECT_THAT(ended.code, AnyOf(0, 3)) << room << ended.out << ended.err;
    expect_as_before(fmt::format("full with {} bytes left", room));
    std::filesystem::remove(folder / "disk/ballast");
  }
}

}  // namespace mqtts::faults
