#include "reports/files.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>

#include <gtest/gtest.h>

#include "tests/reports/golden.h"
#include "tests/reports/temporary_folder.h"

namespace mqtts::reports {
namespace {

namespace fs = std::filesystem;

std::size_t entries_of(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST(WriteWhole, makes_folders_and_replaces_an_older_file) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "a" / "b" / "results.json";
  ASSERT_TRUE(write_whole(path, "old, and longer"));
  ASSERT_TRUE(write_whole(path, std::string("new\0", 4)));
  EXPECT_EQ(text_of(path), std::string("new\0", 4));
  EXPECT_EQ(entries_of(path.parent_path()), 1U) << "no temporary file is left";
}

TEST(WriteWhole, gives_others_the_rights_that_the_umask_leaves) {
  const TemporaryFolder folder;
  const auto before = ::umask(022);
  ASSERT_TRUE(write_whole(folder.path() / "f", "x"));
  ::umask(before);
  EXPECT_EQ(fs::status(folder.path() / "f").permissions(), fs::perms(0644));
}

TEST(WriteWhole, follows_a_link_instead_of_replacing_it) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_whole(folder.path() / "real", "old"));
  fs::create_symlink("real", folder.path() / "link");
  ASSERT_TRUE(write_whole(folder.path() / "link", "new"));
  EXPECT_TRUE(fs::is_symlink(folder.path() / "link"));
  EXPECT_EQ(text_of(folder.path() / "real"), "new");
}

// Runs `action` with a file size limit of 4 KiB: write(2) then fails as on a full disk.
template <class Action>
auto with_little_room(Action action) {
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  auto* const old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit little{4096, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &little);
  auto result = action();
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old_handler);
  return result;
}

TEST(WriteWhole, keeps_the_old_file_and_leaves_nothing_when_there_is_no_room) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "results.json";
  ASSERT_TRUE(write_whole(path, "old"));
  const auto done = with_little_room([&] { return write_whole(path, std::string(10'000, 'x')); });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::local);
  EXPECT_NE(to_english(done.error().what).find(path.string()), std::string::npos);
  EXPECT_EQ(text_of(path), "old");
  EXPECT_EQ(entries_of(folder.path()), 1U);
}

TEST(TryFile, finds_out_what_write_whole_would_and_leaves_nothing) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_whole(folder.path() / "file", "old"));
  fs::create_symlink("nowhere", folder.path() / "dangling");
  EXPECT_TRUE(try_file(folder.path() / "file"));
  EXPECT_TRUE(try_file(folder.path() / "a" / "b" / "results.json"));
  EXPECT_TRUE(try_file("/dev/null"));
  EXPECT_TRUE(try_folder(folder.path() / "a" / "b"));
  EXPECT_FALSE(try_file(folder.path()));
  EXPECT_FALSE(try_file(folder.path() / "file" / "results.json"));
  EXPECT_FALSE(try_folder(folder.path() / "file"));
  EXPECT_FALSE(try_folder(folder.path() / "dangling"));
  EXPECT_FALSE(try_folder(folder.path() / std::string(300, 'x')));
  EXPECT_FALSE(try_file("/proc/none/results.json"));
  EXPECT_EQ(text_of(folder.path() / "file"), "old");
  EXPECT_EQ(entries_of(folder.path()), 2U);
}

TEST(WriteWhole, says_why_a_place_will_not_do) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_whole(folder.path() / "file", "x"));
  const auto below_a_file = write_whole(folder.path() / "file" / "results.json", "x");
  ASSERT_FALSE(below_a_file);
  EXPECT_NE(to_english(below_a_file.error().what).find("Not a directory"), std::string::npos);
  const auto a_folder = write_whole(folder.path(), "x");
  ASSERT_FALSE(a_folder);
  EXPECT_NE(to_english(a_folder.error().what).find("Is a directory"), std::string::npos);
}

TEST(WriteWhole, writes_straight_into_a_device) {
  EXPECT_TRUE(write_whole("/dev/null", "x"));
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  const auto full = write_whole("/dev/full", "x");
  ASSERT_FALSE(full);
  EXPECT_NE(to_english(full.error().what).find("No space left"), std::string::npos);
}

TEST(PointLatest, makes_a_relative_link_and_moves_it_on) {
  const TemporaryFolder folder;
  for (const auto* run : {"run-1", "run-2"}) {
    fs::create_directory(folder.path() / run);
    ASSERT_TRUE(point_latest(folder.path() / run));
    EXPECT_EQ(fs::read_symlink(folder.path() / "latest"), run);
  }
  ASSERT_TRUE(point_latest(folder.path() / "run-1" / "")) << "a slash at the end changes nothing";
  EXPECT_EQ(fs::read_symlink(folder.path() / "latest"), "run-1");
  EXPECT_EQ(entries_of(folder.path()), 3U);
}

TEST(PointLatest, does_not_take_the_place_of_something_else) {
  const TemporaryFolder folder;
  fs::create_directories(folder.path() / "latest" / "kept");
  fs::create_directory(folder.path() / "run");
  const auto done = point_latest(folder.path() / "run");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::local);
  EXPECT_TRUE(fs::exists(folder.path() / "latest" / "kept"));
}

}  // namespace
}  // namespace mqtts::reports
