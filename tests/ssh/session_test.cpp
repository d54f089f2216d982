#include "harness/ssh/session.h"

#include "tests/remote/ssh_world.h"

namespace mqtts::ssh {

using remote::open_files;

using remote::read_file;
using remote::read_target;
using remote::told;
using remote::write_file;
using test::soon;

using namespace std::chrono_literals;

class SessionTest : public remote::SshWorld {};

TEST_F(SessionTest, logs_in_with_the_pinned_host_key) {
  const auto session = Session::connect(ssh(), soon());
  ASSERT_TRUE(session) << told(session.error());
}

TEST_F(SessionTest, a_name_is_resolved) {
  ssh().host = "localhost";
  write_file(ssh().known_hosts_file, "[localhost]:" + read_file(ssh().known_hosts_file).substr(12));
  const auto session = Session::connect(ssh(), soon());
  ASSERT_TRUE(session) << told(session.error());
}

TEST_F(SessionTest, a_refused_connection_is_unreachable) {
  ssh().port = remote::SilentServer(0).port;
  const auto session = Session::connect(ssh(), soon());
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().kind, ErrorKind::unreachable);
}

TEST_F(SessionTest, a_silent_server_costs_the_deadline_and_no_more) {
  const remote::SilentServer server(5);
  ssh().port = server.port;
  const auto start = Clock::now();
  const auto session = Session::connect(ssh(), Deadline::in(300ms));
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().kind, ErrorKind::timeout);
  EXPECT_GE(seconds_since(start), 0.3);
  EXPECT_LT(seconds_since(start), 1.5);
}

TEST_F(SessionTest, a_stop_ends_the_wait_for_a_silent_server) {
  const remote::SilentServer server(5);
  ssh().port = server.port;
  const StopFlag stop = 15;
  const auto session = Session::connect(ssh(), Deadline::in(20s, &stop));
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().kind, ErrorKind::interrupted);
}

TEST_F(SessionTest, an_unknown_host_key_is_told_with_its_fingerprint) {
  write_file(ssh().known_hosts_file, "");
  const auto session = Session::connect(ssh(), soon());
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().kind, ErrorKind::unknown_host);
  EXPECT_NE(told(session.error()).find("SHA256:"), std::string::npos) << told(session.error());
  EXPECT_NE(told(session.error()).find("is not in"), std::string::npos) << told(session.error());
}

TEST_F(SessionTest, a_missing_known_hosts_file_knows_no_host) {
  ssh().known_hosts_file = folder() / "nothing";
  const auto session = Session::connect(ssh(), soon());
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().kind, ErrorKind::unknown_host);
  EXPECT_FALSE(std::filesystem::exists(ssh().known_hosts_file));
}

TEST_F(SessionTest, a_changed_host_key_may_be_another_machines) {
  auto other = targets::EmbeddedHost::start(soon());
  ASSERT_TRUE(other);
  const auto others_key = read_file(read_target(other->target_file()).ssh->known_hosts_file);
  write_file(ssh().known_hosts_file,
             fmt::format("[127.0.0.1]:{}{}", ssh().port, others_key.substr(others_key.find(' '))));
  const auto session = Session::connect(ssh(), soon());
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().kind, ErrorKind::wrong_host);
  EXPECT_NE(told(session.error()).find("has changed"), std::string::npos) << told(session.error());
}

TEST_F(SessionTest, a_key_that_the_host_does_not_know_is_denied) {
  ssh().identity_files = {folder() / "ssh/host_key"};
  const auto session = Session::connect(ssh(), soon());
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().kind, ErrorKind::denied) << told(session.error());
}

TEST_F(SessionTest, an_unreadable_identity_file_is_our_own_fault) {
  ssh().identity_files = {folder() / "nothing"};
  const auto session = Session::connect(ssh(), soon());
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().kind, ErrorKind::local);
}

TEST_F(SessionTest, an_mqtt_broker_is_not_taken_for_an_ssh_server) {
  remote::SshBrokerHost broker(opener(), target.broker);
  ASSERT_TRUE(take_and_apply(broker, open_stage(), soon()));
  auto address = ssh();
  address.port = target.mqtt.plain_port;
  const auto session = Session::connect(address, soon());
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().kind, ErrorKind::unreachable) << told(session.error());
}

TEST_F(SessionTest, leaves_no_file_open) {
  const auto before = open_files();
  ASSERT_TRUE(Session::connect(ssh(), soon()));
  ssh().identity_files = {folder() / "ssh/host_key"};
  ASSERT_FALSE(Session::connect(ssh(), soon()));
  EXPECT_EQ(open_files(), before);
}

}  // namespace mqtts::ssh
