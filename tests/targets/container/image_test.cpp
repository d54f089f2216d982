#include "harness/targets/container/image.h"

#include <gmock/gmock.h>

#include "tests/targets/container/fake_engine.h"

namespace mqtts::targets {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

TEST(ImageTag, is_another_when_anything_changes) {
  const std::vector<ImageFile> files = {{"Containerfile", "FROM a"}, {"b.sh", "b"}};
  const auto tag = image_tag(files, "");
  EXPECT_EQ(tag, image_tag(files, ""));
  EXPECT_THAT(tag, ::testing::MatchesRegex("localhost/mqtts-harness-broker:[0-9a-f]{12}"));
  EXPECT_NE(tag, image_tag(files, "debian:12"));
  EXPECT_NE(tag, image_tag({{"Containerfile", "FROM b"}, {"b.sh", "b"}}, ""));
  EXPECT_NE(tag, image_tag({{"Containerfile", "FROM a"}, {"c.sh", "b"}}, ""));
  EXPECT_NE(tag, image_tag({{"Containerfile", "FROM a"}, {"b.sh", "c"}}, ""));
}

TEST(ImageFiles, hold_every_script_that_is_copied) {
  const auto files = image_files();
  ASSERT_EQ(files.front().name, "Containerfile");
  const auto at = files.front().content.find("\nCOPY ");
  ASSERT_NE(at, std::string::npos);
  const auto copied = files.front().content.substr(at + 1, files.front().content.find('\n', at + 1) - at - 1);
  for (std::size_t i = 1; i < files.size(); ++i) {
    EXPECT_THAT(copied, HasSubstr(files[i].name));
    EXPECT_TRUE(files[i].content.starts_with("#!/bin/sh\n")) << files[i].name;
  }
}

TEST_F(FakeEngine, that_lists_no_image_has_none) {
  EXPECT_EQ(has_image(engine(""), "i", Deadline::in(20s)), false);
  EXPECT_EQ(has_image(engine("echo 0123456789ab"), "i", Deadline::in(20s)), true);
  EXPECT_EQ(has_image(engine("echo 'WARN: cgroups v1' >&2"), "i", Deadline::in(20s)), false) << "a warning is no image";
}

TEST_F(FakeEngine, that_refuses_is_told_in_its_own_words) {
  const auto there = has_image(engine("echo 'cgroups: no' >&2; exit 125"), "i", Deadline::in(20s));
  ASSERT_FALSE(there);
  EXPECT_THAT(told(there.error()), HasSubstr("podman does not work here"));
  EXPECT_EQ(there.error().detail, "cgroups: no\n");
}

TEST_F(FakeEngine, builds_from_the_files_that_the_program_carries) {
  const auto built = build_image(engine("cat \"$7\""), "tag", "mirror/debian:12", folder_, Deadline::in(20s));
  EXPECT_TRUE(built);
  EXPECT_EQ(content("calls"), "build --network host --tag tag --file " + (folder_ / "Containerfile").string() +
                                  " --build-arg BASE=mirror/debian:12 " + folder_.string() + "\n");
  for (const auto& file : image_files()) EXPECT_EQ(content(file.name), file.content);
}

TEST_F(FakeEngine, that_cannot_build_says_how_to_do_without_a_registry) {
  const auto built = build_image(engine("echo 'no such host'; exit 1"), "tag", "", folder_, Deadline::in(20s));
  ASSERT_FALSE(built);
  EXPECT_THAT(told(built.error()), HasSubstr("base-image.sh"));
  EXPECT_EQ(built.error().detail, "no such host\n");
}

TEST_F(FakeEngine, that_cannot_fetch_an_image_names_it) {
  const auto pulled = pull_image(engine("exit 1"), "reg.example/x", Deadline::in(20s));
  ASSERT_FALSE(pulled);
  EXPECT_THAT(told(pulled.error()), HasSubstr("reg.example/x"));
}

}  // namespace
}  // namespace mqtts::targets
