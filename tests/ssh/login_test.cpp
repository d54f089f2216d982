#include "harness/ssh/login.h"

#include <sys/un.h>

#include "harness/ssh/host_key.h"
#include "harness/ssh/session.h"
#include "harness/util/fd.h"
#include "tests/remote/ssh_world.h"

namespace mqtts::ssh {

using remote::read_file;
using remote::told;
using remote::write_file;
using test::soon;

using namespace std::chrono_literals;

class LoginTest : public remote::SshWorld {
 protected:
  void TearDown() override {
    unsetenv("SSH_AUTH_SOCK");
    if (agent > 0) {
      kill(agent, SIGTERM);
      waitpid(agent, nullptr, 0);
    }
  }

  void start_agent() {
    const auto socket = (folder() / "agent").string();
    agent = fork();
    if (agent == 0) {
      execlp("ssh-agent", "ssh-agent", "-D", "-a", socket.c_str(), nullptr);
      _exit(1);
    }
    const auto deadline = soon();
    while (!std::filesystem::exists(socket) && !deadline.passed()) usleep(2000);
    setenv("SSH_AUTH_SOCK", socket.c_str(), 1);
  }

  Result<void> log_in() {
    notes = {};
    return rehearse_login(ssh(), soon(), notes);
  }

  pid_t agent = -1;
  LoginNotes notes;
};

TEST_F(LoginTest, identity_files_are_tried_in_order_until_one_is_let_in) {
  const auto stranger = make_key("stranger", "");
  ssh().identity_files = {"/nothing", stranger, ssh().identity_files.front()};
  const auto done = log_in();
  ASSERT_TRUE(done) << told(done.error());
}

TEST_F(LoginTest, that_is_refused_names_each_key_that_was_offered) {
  const auto one = make_key("one", ""), two = make_key("two", "");
  ssh().identity_files = {one, two};
  const auto done = log_in();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::denied);
  EXPECT_NE(told(done.error()).find(one + ", " + two), std::string::npos) << told(done.error());
}

TEST_F(LoginTest, without_any_key_is_our_own_fault) {
  ssh().identity_files.clear();
  ssh().agent = true;
  const auto done = log_in();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::local) << told(done.error());
}

TEST_F(LoginTest, with_a_locked_key_waits_for_its_passphrase_and_asks_nobody) {
  const auto key = make_key("locked", "open sesame");
  let_in(key);
  ssh().identity_files = {key};
  const auto done = log_in();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::denied);
  EXPECT_EQ(notes.locked_key, key);
  EXPECT_TRUE(has_locked_key(ssh()));
  EXPECT_FALSE(unlock_key(key, "wrong"));
  EXPECT_TRUE(unlock_key(key, "open sesame"));
  EXPECT_FALSE(has_locked_key(ssh()));
  const auto again = log_in();
  ASSERT_TRUE(again) << told(again.error());
}

TEST_F(LoginTest, with_a_locked_pem_key_asks_though_its_public_half_is_not_there) {
  const auto key = make_key("pem", "open sesame", "-t rsa -b 2048 -m PEM");
  let_in(key);
  std::filesystem::remove(key + ".pub");
  ssh().identity_files = {key};
  ASSERT_FALSE(log_in());
  EXPECT_EQ(notes.locked_key, key);
  ASSERT_TRUE(unlock_key(key, "open sesame"));
  const auto again = log_in();
  ASSERT_TRUE(again) << told(again.error());
}

TEST_F(LoginTest, needs_no_passphrase_of_a_key_that_would_not_be_let_in_nor_where_another_is) {
  const auto stranger = make_key("locked-stranger", "x y z 1 2 3");
  auto good = ssh().identity_files.front();
  ssh().identity_files = {stranger};
  const auto done = log_in();
  ASSERT_FALSE(done);
  EXPECT_EQ(notes.locked_key, "");
  EXPECT_NE(told(done.error()).find("refuses our keys"), std::string::npos) << told(done.error());
  let_in(stranger);
  ssh().identity_files = {stranger, good};
  const auto again = log_in();
  ASSERT_TRUE(again) << told(again.error());
}

TEST_F(LoginTest, by_the_agent_needs_no_passphrase_and_no_file) {
  const auto key = make_key("in-agent", "");
  let_in(key);
  start_agent();
  command("ssh-add " + make_key("other", "") + " " + key);
  ssh().identity_files.clear();
  ASSERT_FALSE(log_in()) << "the agent was asked, though the address does not say so";
  ssh().agent = true;
  const auto done = log_in();
  ASSERT_TRUE(done) << told(done.error());
}

TEST_F(LoginTest, by_an_agent_that_is_silent_costs_the_deadline_and_no_more) {
  const Fd silent(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto path = (folder() / "silent").string();
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(bind(silent.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(listen(silent.get(), 5), 0);
  setenv("SSH_AUTH_SOCK", path.c_str(), 1);
  ssh().identity_files.clear();
  ssh().agent = true;
  const auto start = Clock::now();
  const auto done = rehearse_login(ssh(), Deadline::in(2s), notes);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::timeout) << told(done.error());
  EXPECT_LT(seconds_since(start), 4.0);
}

TEST_F(LoginTest, learns_an_unknown_host_key_where_it_may_and_tells_it) {
  write_file(ssh().known_hosts_file, "other.example ssh-ed25519 AAAA");  // and no line end
  ssh().host_key = HostKeyPolicy::accept_new;
  const auto done = log_in();
  ASSERT_TRUE(done) << told(done.error());
  ASSERT_EQ(notes.learnt.size(), 1u);
  EXPECT_NE(to_english(notes.learnt.front()).find("SHA256:"), std::string::npos);
  ssh().host_key = HostKeyPolicy::strict;
  const auto again = log_in();
  ASSERT_TRUE(again) << told(again.error());
  EXPECT_TRUE(notes.learnt.empty());
  EXPECT_TRUE(read_file(ssh().known_hosts_file).starts_with("other.example ssh-ed25519 AAAA\n[127.0.0.1]:"));
}

TEST_F(LoginTest, makes_the_known_hosts_file_and_its_folder) {
  ssh().known_hosts_file = folder() / "new" / "known_hosts";
  ssh().host_key = HostKeyPolicy::accept_new;
  const auto done = log_in();
  ASSERT_TRUE(done) << told(done.error());
  EXPECT_NE(read_file(ssh().known_hosts_file), "");
}

TEST_F(LoginTest, refuses_a_changed_host_key_even_where_it_may_learn) {
  const auto line = read_file(ssh().known_hosts_file);
  auto other = read_file(make_key("other-host", "") + ".pub");
  write_file(ssh().known_hosts_file, line.substr(0, line.find(' ')) + " " + other);
  ssh().host_key = HostKeyPolicy::accept_new;
  const auto before = read_file(ssh().known_hosts_file);
  const auto done = log_in();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::wrong_host);
  EXPECT_NE(told(done.error()).find("has changed"), std::string::npos) << told(done.error());
  EXPECT_EQ(read_file(ssh().known_hosts_file), before);
}

TEST_F(LoginTest, with_a_pinned_fingerprint_looks_at_no_file) {
  const auto shown = shown_host_key(ssh().host, ssh().port, soon());
  ASSERT_TRUE(shown) << told(shown.error());
  ssh().known_hosts_file.clear();
  ssh().host_key = HostKeyPolicy::pinned;
  ssh().fingerprint = *shown;
  const auto done = log_in();
  ASSERT_TRUE(done) << told(done.error());
  ssh().fingerprint.back() = ssh().fingerprint.back() == 'A' ? 'E' : 'A';
  const auto wrong = log_in();
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().kind, ErrorKind::wrong_host);
  EXPECT_NE(told(wrong.error()).find(*shown), std::string::npos) << told(wrong.error());
}

}  // namespace mqtts::ssh
