#include "harness/remote/readers_of_files.h"

#include <gmock/gmock.h>

namespace mqtts::remote {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr unsigned long broker_user = 110, broker_group = 115, vagrant = 1000, www = 33, staff = 50;

People people() {
  return {.all = {{0, 0, "root"},
                  {broker_user, broker_group, "mosquitto"},
                  {vagrant, vagrant, "vagrant"},
                  {www, www, "www-data"}},
          .members = {{staff, {"vagrant"}}}};
}

// /etc/m/k, of `owner` and `group`; /etc/m has `folder_mode` and is root's and of `folder_group`.
FileAccess file(unsigned mode, unsigned long owner, unsigned long group, unsigned folder_mode = 0755,
                unsigned long folder_group = 0) {
  return {.file = {mode, owner, group, 1, "/etc/m/k"},
          .above = {{0755, 0, 0, 1, "/"}, {0755, 0, 0, 1, "/etc"}, {folder_mode, 0, folder_group, 1, "/etc/m"}}};
}

Exposure of(const FileAccess& access) { return exposure_of(access, people(), {broker_user, broker_group}); }

TEST(Readers, of_a_closed_file_are_those_that_may) {
  for (const auto& good : {file(0600, 0, 0), file(0600, broker_user, broker_group), file(0640, 0, broker_group),
                           file(0600, vagrant, vagrant), file(0400, broker_user, 0)}) {
    const auto exposure = of(good);
    EXPECT_TRUE(exposure.is_none());
    EXPECT_TRUE(exposure.is_sure);
  }
}

TEST(Readers, of_an_open_file_are_everybody) {
  const auto exposure = of(file(0644, 0, 0));
  EXPECT_TRUE(exposure.to_everybody);
  EXPECT_FALSE(exposure.to_writers);
  EXPECT_TRUE(of(file(0602, 0, 0)).to_writers);
}

TEST(Readers, are_stopped_by_the_folders_above) {
  EXPECT_TRUE(of(file(0644, 0, 0, 0700)).is_none());
  EXPECT_TRUE(of(file(0644, 0, 0, 0750, broker_group)).is_none());
  const auto staff_folder = of(file(0644, 0, 0, 0750, staff));
  EXPECT_FALSE(staff_folder.to_everybody);
  EXPECT_THAT(staff_folder.to, ElementsAre("vagrant")) << "who may enter that folder";
  auto second_name = file(0644, 0, 0, 0700);
  second_name.file.links = 2;
  EXPECT_FALSE(of(second_name).is_sure) << "its other name may lie anywhere";
}

TEST(Readers, of_a_group_are_its_members) {
  EXPECT_THAT(of(file(0640, 0, staff)).to, ElementsAre("vagrant"));
  EXPECT_THAT(of(file(0640, 0, www)).to, ElementsAre("www-data"));
  EXPECT_THAT(of(file(0604, 0, staff)).to, IsEmpty());
  EXPECT_TRUE(of(file(0604, 0, staff)).to_everybody);
  EXPECT_TRUE(of(file(0604, 0, staff)).is_sure);
}

TEST(Readers, who_may_write_the_folder_put_another_file_there) {
  EXPECT_TRUE(of(file(0600, 0, 0, 0777)).to_everybody);
  EXPECT_TRUE(of(file(0600, 0, 0, 0777)).to_writers);
  EXPECT_TRUE(of(file(0600, 0, 0, 01777)).is_none()) << "not in one as /tmp is";
}

TEST(Readers, are_not_known_without_all_that_decides) {
  auto lists = file(0600, 0, 0);
  lists.has_lists = true;
  EXPECT_FALSE(of(lists).is_sure);
  auto hidden = file(0600, 0, 0);
  hidden.above.pop_back();
  EXPECT_FALSE(of(hidden).is_sure);
  EXPECT_FALSE(exposure_of(file(0600, 0, 0), {}, {}).is_sure);
  auto crowd = people();
  for (unsigned long each = 2000; crowd.all.size() < 1000; ++each) crowd.all.push_back({each, each, "x"});
  EXPECT_FALSE(exposure_of(file(0600, 0, 0), crowd, {}).is_sure) << "there may be more";
}

}  // namespace
}  // namespace mqtts::remote
