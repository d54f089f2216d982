#include "harness/targets/vagrant/ssh_config.h"

#include <gtest/gtest.h>

namespace mqtts::targets {
namespace {

using Files = std::vector<std::string>;

// Output of Vagrant 2.3 with VirtualBox.
constexpr auto usual = R"(Host broker
  HostName 127.0.0.1
  User vagrant
  Port 2222
  UserKnownHostsFile /dev/null
  StrictHostKeyChecking no
  PasswordAuthentication no
  IdentityFile /lab/.vagrant/machines/broker/virtualbox/private_key
  IdentitiesOnly yes
  LogLevel FATAL
  PubkeyAcceptedKeyTypes +ssh-rsa
  HostKeyAlgorithms +ssh-rsa

)";

TEST(SshConfig, of_vagrant_is_read) {
  const auto config = parse_ssh_config(usual);
  ASSERT_TRUE(config);
  EXPECT_EQ(config->host, "broker");
  EXPECT_EQ(config->host_name, "127.0.0.1");
  EXPECT_EQ(config->port, 2222);
  EXPECT_EQ(config->user, "vagrant");
  EXPECT_EQ(config->identity_files, Files{"/lab/.vagrant/machines/broker/virtualbox/private_key"});
}

struct Case {
  const char* lines;  // in the block
  Files files;
};

TEST(SshConfig, takes_identity_files_as_they_are_written) {
  const Case cases[] = {
      {"IdentityFile /a\nIdentityFile /b\n", {"/a", "/b"}},
      {"IdentityFile \"/with space/key\"\n", {"/with space/key"}},
      {"IdentityFile /with space/key\n", {"/with space/key"}},
      {"IdentityFile=/a\n  identityfile = \"/b\"  \r\n", {"/a", "/b"}},
      {"\tIDENTITYFILE\t/a\t\n", {"/a"}},
      {"# IdentityFile /a\nIdentityFile none\nIdentityFile\n", {}},
      {"IdentityFile \"\n", {"\""}},
  };
  for (const auto& each : cases) {
    const auto config = parse_ssh_config(std::string("Host x\nHostName h\nUser u\n") + each.lines);
    ASSERT_TRUE(config) << each.lines;
    EXPECT_EQ(config->identity_files, each.files) << each.lines;
    EXPECT_EQ(config->port, 22);
  }
}

TEST(SshConfig, passes_over_what_stands_before_the_block_and_after_it) {
  const auto config = parse_ssh_config(
      "[fog][WARNING] Unrecognized arguments\nUser nobody\nHost a\nHostName 10.0.0.1\nUser u\nUser late\n"
      "ProxyCommand ssh -W %h:%p gate\nHost b\nHostName 10.0.0.2\nPort 99\nIdentityFile /b\n");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->host, "a");
  EXPECT_EQ(config->host_name, "10.0.0.1");
  EXPECT_EQ(config->user, "u");
  EXPECT_EQ(config->port, 22);
  EXPECT_TRUE(config->identity_files.empty());
}

TEST(SshConfig, that_does_not_say_where_to_go_is_none) {
  for (const auto* text : {"", "Host x\n", "Host x\nHostName h\n", "Host x\nUser u\n", "HostName h\nUser u\n",
                           "Host x\nHostName h\nUser u\nPort 0\n", "Host x\nHostName h\nUser u\nPort 65536\n",
                           "Host x\nHostName h\nUser u\nPort 22x\n", "Host x\nHostName h\nUser u\nPort\n"})
    EXPECT_FALSE(parse_ssh_config(text)) << text;
}

}  // namespace
}  // namespace mqtts::targets
