#include "harness/targets/ssh_destination.h"

#include <gtest/gtest.h>

namespace mqtts::targets {
namespace {

std::string place_of(std::string_view text) {
  const auto place = parse_ssh_place(text);
  return place ? place->user + "|" + place->host + "|" + std::to_string(place->port) : "none";
}

TEST(ssh_place, is_a_host_with_a_user_and_a_port_that_may_be_missing) {
  EXPECT_EQ(place_of("broker.example"), "|broker.example|22");
  EXPECT_EQ(place_of("me@broker"), "me|broker|22");
  EXPECT_EQ(place_of("me@192.0.2.7:2222"), "me|192.0.2.7|2222");
  EXPECT_EQ(place_of("me@[2001:db8::7]"), "me|2001:db8::7|22");
  EXPECT_EQ(place_of("[::1]:65535"), "|::1|65535");
}

TEST(ssh_place, of_another_form_is_none) {
  for (const auto* text :
       {"",        "@host",     "me@",    "a@b@c", "host:", "host:0",  "host:65536", "host:22x",
        "host:-1", "host: 22",  "::1",    "[::1",  "[]:22", "[::1]22", "ho st",      "-oProxyCommand=x",
        "me@-x",   "host/path", "ho\nst", "$(x)",  "a'b",   "-l@host"})
    EXPECT_EQ(place_of(text), "none") << text;
}

TEST(host_key_policy, is_read_from_its_words) {
  const std::string fingerprint = "SHA256:Rzj1Ei8xkWmVUpvVCXKnxTRxWVTVpVYuAJdWcVAPiXM";
  SshAddress address;
  ASSERT_TRUE(set_host_key(address, "accept-new"));
  EXPECT_EQ(address.host_key, HostKeyPolicy::accept_new);
  ASSERT_TRUE(set_host_key(address, "strict"));
  EXPECT_EQ(address.host_key, HostKeyPolicy::strict);
  ASSERT_TRUE(set_host_key(address, fingerprint));
  EXPECT_EQ(address.host_key, HostKeyPolicy::pinned);
  EXPECT_EQ(address.fingerprint, fingerprint);
  for (const auto& wrong : {std::string(), std::string("no"), std::string("SHA256:"), fingerprint + "=",
                            fingerprint.substr(0, 49), "sha256" + fingerprint.substr(6), std::string("MD5:00:11")}) {
    EXPECT_FALSE(set_host_key(address, wrong)) << wrong;
    EXPECT_EQ(address.fingerprint, fingerprint);
  }
}

}  // namespace
}  // namespace mqtts::targets
