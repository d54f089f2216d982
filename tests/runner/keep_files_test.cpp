#include "harness/runner/keep_files.h"

#include <sys/stat.h>

#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace mqtts::runner {
namespace {

using test::content_of;
using test::TemporaryFolder;

unsigned mode_of(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
}

TargetResult with_files(std::vector<KeptFile> files) {
  CheckResult check{.id = "check"};
  check.observed = Observation{.outcome = Outcome::accepted, .by = By::broker};
  check.observed->evidence = {{EvidenceKind::reproduce, "command", {}, std::move(files)}};
  return {.name = "target", .stages = {{.id = "stage", .checks = {check}}}};
}

TEST(KeepFiles, copies_what_commands_name_for_the_user_alone) {
  const TemporaryFolder run;
  const TemporaryFolder out;
  const auto key = run.write("certificate.user.key", "KEY");
  ASSERT_EQ(chmod(key.c_str(), 0600), 0);
  run.write("authority.ca.key", "never named");
  const auto kept = out / "materials/user.key";
  for (const auto* round : {"first", "again"})
    ASSERT_TRUE(keep_files(with_files({{key, kept}, {key, kept}}), {})) << round;
  EXPECT_EQ(content_of(kept), "KEY");
  EXPECT_EQ(mode_of(kept), 0600U);
  EXPECT_EQ(mode_of(out / "materials"), 0700U);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(out / "materials"), {}), 1);
}

TEST(KeepFiles, makes_no_folder_for_nothing_and_names_what_cannot_be_kept) {
  const TemporaryFolder out;
  ASSERT_TRUE(keep_files(with_files({}), out.path()));
  EXPECT_TRUE(std::filesystem::is_empty(out.path()));
  const auto kept = keep_files(with_files({{out / "missing", "materials/x.crt"}}), out.path());
  ASSERT_FALSE(kept);
  EXPECT_EQ(to_english(kept.error().what), (out / "materials/x.crt") + " cannot be written");
}

TargetResult with_key_on_host() {
  auto result = with_files({{"/run/fetched.key", "host:/home/me/user.key"}});
  result.stages[0].checks[0].observed->evidence[0].text = "mosquitto_pub --key host:/home/me/user.key -m hello";
  return result;
}

const std::vector<Evidence>& evidence_of(const TargetResult& result) {
  return result.stages[0].checks[0].observed->evidence;
}

TEST(CopyKeysFirst, lets_the_command_fetch_what_lies_on_the_host) {
  const TemporaryFolder out;
  auto result = with_key_on_host();
  const auto folder = out / "my materials";
  copy_keys_first(
      result,
      SshAddress{.host = "192.0.2.7", .port = 2222, .user = "me", .identity_files = {"/k"}, .known_hosts_file = "/h"},
      folder);
  EXPECT_EQ(evidence_of(result)[0].text, "scp -P 2222 -i /k -o 'UserKnownHostsFile=/h' me@192.0.2.7:/home/me/user.key '" +
                                             folder + "/user.key'; mosquitto_pub --key '" + folder +
                                             "/user.key' -m hello");
  EXPECT_EQ(evidence_of(result).size(), 1U);
  EXPECT_EQ(mode_of(folder), 0700U);
  ASSERT_TRUE(keep_files(result, {})) << "and no key is kept";
  EXPECT_TRUE(std::filesystem::is_empty(folder));
}

TEST(CopyKeysFirst, leaves_it_to_the_user_where_there_is_no_login_or_no_folder) {
  for (const auto& [ssh, folder] :
       std::vector<std::pair<std::optional<SshAddress>, std::string>>{{std::nullopt, "/x"}, {SshAddress{}, ""}}) {
    auto result = with_key_on_host();
    copy_keys_first(result, ssh, folder);
    ASSERT_EQ(evidence_of(result).size(), 2U);
    EXPECT_EQ(evidence_of(result)[0].text, "mosquitto_pub --key host:/home/me/user.key -m hello");
    EXPECT_NE(to_english(evidence_of(result)[1].message).find("host:/home/me/user.key"), std::string::npos);
  }
}

}  // namespace
}  // namespace mqtts::runner
