// What is asked of a broker's host that nothing may be changed on: its files, its ports, its traits.
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include <gmock/gmock.h>

#include "harness/remote/broker_state.h"
#include "harness/remote/fetch_materials.h"
#include "harness/remote/fingerprints.h"
#include "harness/remote/firewall.h"
#include "harness/ssh/login.h"
#include "harness/util/digest.h"
#include "harness/util/fd.h"
#include "tests/remote/ssh_world.h"

namespace mqtts::remote {

using namespace std::chrono_literals;
using testing::Contains;
using testing::HasSubstr;

class Looking : public SshWorld {
 protected:
  void SetUp() override {
    SshWorld::SetUp();
    there = folder() / "there";
    here = folder() / "here";
    std::filesystem::create_directories(there);
    std::filesystem::create_directories(here);
    broker = std::make_unique<SshBrokerHost>(opener(), target.broker);
  }

  std::string on_host(const std::string& name) const { return "host:" + (there / name).string(); }
  std::string reason(const MaterialSources& given, const std::string& entry) const {
    const auto found = given.not_there.find(entry);
    return found == given.not_there.end() ? "it is there" : to_english(found->second.what);
  }

  // sudo as a script in the PATH of the host; `$1` is -n.
  void install_sudo(const std::string& body) {
    std::filesystem::create_directory(folder() / "bin");
    change_sshd("SetEnv ", "SetEnv PATH=\"" + (folder() / "bin").string() + ":/usr/bin:/bin\" ");
    write_file(folder() / "bin/sudo", "#!/bin/sh\nshift\n" + body);
    chmod((folder() / "bin/sudo").c_str(), 0755);
    broker = std::make_unique<SshBrokerHost>(ssh::ssh_opener(ssh(), ssh::Privilege::sudo), target.broker);
  }

  // Gives the broker's program a name that no other process of this machine has; its path.
  std::string rename_broker() {
    const auto name = fmt::format("mqtts-{}", getpid());
    auto& start = target.broker.start_command;
    const auto end = start.find("' -c "), at = start.rfind('\'', end - 1) + 1;
    const auto program = (folder() / name).string();
    std::filesystem::create_symlink(start.substr(at, end - at), program);
    start.replace(at, end - at, program);
    target.broker.process = name;
    broker = std::make_unique<SshBrokerHost>(opener(), target.broker);
    return program;
  }

  // Starts a broker as somebody does by hand, with another file than the profile names.
  void start_by_hand(const std::string& program) {
    auto lines = open_stage().configuration;
    const auto pid_file = lines.find("pid_file ");
    lines.replace(pid_file, lines.find('\n', pid_file) - pid_file, "pid_file " + (folder() / "other.pid").string());
    write_file(folder() / "other.conf", lines);
    auto shell = opener()(soon());
    ASSERT_TRUE(shell && (*shell)->run(program + " -c " + (folder() / "other.conf").string() + " -d", soon()));
    const auto deadline = soon();
    while (!is_open(target.mqtt.plain_port) && !deadline.passed()) continue;
    ASSERT_TRUE(is_open(target.mqtt.plain_port));
  }

  std::filesystem::path there;  // as if it were the student's home
  std::filesystem::path here;
  std::unique_ptr<SshBrokerHost> broker;
};

TEST_F(Looking, brings_files_byte_for_byte_and_for_nobody_else) {
  const std::string bytes("no end\0of line", 14);
  write_file(there / "ca.crt", bytes);
  write_file(there / "its key", "-----BEGIN PRIVATE KEY-----\n");
  std::filesystem::create_symlink("its key", there / "link");
  MaterialSources given{.ca = on_host("ca.crt")};
  given.identities["userclient"] = {on_host("ca.crt"), on_host("link")};
  given.accounts["userbroker"] = {.password_env = "PASSWORD"};

  const auto fetched = fetch(given, *broker, here, soon());
  EXPECT_TRUE(fetched.not_there.empty());
  EXPECT_EQ(read_file(fetched.ca), bytes);
  const auto& client = fetched.identities.at("userclient");
  EXPECT_EQ(client.certificate_file, fetched.ca) << "one file is brought once";
  EXPECT_EQ(read_file(client.key_file), "-----BEGIN PRIVATE KEY-----\n");
  EXPECT_EQ(fetched.accounts.at("userbroker").password_env, "PASSWORD");
  EXPECT_EQ(fetched.from_host.at(client.key_file), on_host("link"));
  for (const auto& file : std::filesystem::directory_iterator(here))
    EXPECT_EQ(file.status().permissions(), std::filesystem::perms(0600)) << file.path();
}

TEST_F(Looking, works_through_sudo) {
  install_sudo("exec \"$@\"");
  write_file(there / "ca.crt", "x");
  const auto fetched = fetch({.ca = on_host("ca.crt")}, *broker, here, soon());
  EXPECT_EQ(read_file(fetched.ca), "x") << reason(fetched, "ca");
}

TEST_F(Looking, says_which_file_is_not_there_and_brings_the_others) {
  write_file(there / "ca.crt", "x");
  write_file(there / "big", std::string(longest_file + 1, 'x'));
  write_file(there / "whole", std::string(longest_file, 'x'));
  ASSERT_EQ(mkfifo((there / "fifo").c_str(), 0600), 0);
  std::filesystem::create_symlink("/dev/zero", there / "zero");
  std::filesystem::create_symlink("/proc/kmsg", there / "kmsg");
  std::filesystem::create_symlink("nowhere", there / "dangling");
  MaterialSources given{.ca = on_host("ca.crt"), .ca_key = on_host("missing")};
  for (const std::string name : {"big", "whole", "fifo", "zero", "kmsg", "dangling", "."})
    given.accounts[name] = {.password_file = on_host(name)};
  given.accounts["below"] = {.password_file = on_host("ca.crt/below")};

  const auto start = Clock::now();
  const auto fetched = fetch(given, *broker, here, soon());
  EXPECT_LT(seconds_since(start), 5.0);
  EXPECT_EQ(read_file(fetched.ca), "x");
  EXPECT_EQ(read_file(fetched.accounts.at("whole").password_file).size(), longest_file);
  EXPECT_EQ(fetched.accounts.size(), 1u);
  EXPECT_EQ(fetched.ca_key, "");
  EXPECT_EQ(reason(fetched, "ca_key"), (there / "missing").string() + " is missing on the broker's host");
  EXPECT_THAT(reason(fetched, "accounts.big"), HasSubstr("larger than 64 KiB"));
  for (const std::string name : {"fifo", "zero", "kmsg", "."})
    EXPECT_THAT(reason(fetched, "accounts." + name), HasSubstr("is not a regular file")) << name;
  for (const std::string name : {"dangling", "below"})
    EXPECT_THAT(reason(fetched, "accounts." + name), HasSubstr("is missing")) << name;
  EXPECT_THAT(reason(fetched, "accounts.dangling"),
              ::testing::AllOf(HasSubstr("the password of dangling, on one line that its owner alone may read"),
                               HasSubstr("`(umask 077; cat >" + (there / "dangling").string() + ")`")));
  for (const auto& [entry, error] : fetched.not_there) EXPECT_EQ(error.kind, ErrorKind::missing_material) << entry;
}

TEST_F(Looking, says_that_a_file_is_not_the_login_users_to_read) {
  if (geteuid() == 0) GTEST_SKIP() << "root reads everything";
  write_file(there / "ca.crt", "x");
  chmod((there / "ca.crt").c_str(), 0);
  EXPECT_THAT(reason(fetch({.ca = on_host("ca.crt")}, *broker, here, soon()), "ca"), HasSubstr("cannot be read"));
}

TEST_F(Looking, a_name_is_no_command) {
  write_file(there / "a'; touch oops; '.crt", "x");
  const auto fetched = fetch({.ca = on_host("a'; touch oops; '.crt")}, *broker, here, soon());
  EXPECT_EQ(read_file(fetched.ca), "x");
}

TEST_F(Looking, a_host_that_does_not_answer_in_time_is_not_the_students_doing) {
  const auto shell = broker->ask("echo $$", soon());
  ASSERT_TRUE(shell);
  const auto process = std::stoi(shell->out);
  kill(process, SIGSTOP);
  const auto fetched = fetch({.ca = on_host("ca.crt")}, *broker, here, Deadline::in(300ms));
  kill(process, SIGCONT);
  ASSERT_TRUE(fetched.not_there.contains("ca"));
  EXPECT_EQ(fetched.not_there.at("ca").kind, ErrorKind::timeout);
}

// ---- ports ----------------------------------------------------------------------------------------

TEST_F(Looking, tells_what_listens) {
  rename_broker();
  EXPECT_EQ(broker->broker_runs(soon()), false);
  EXPECT_EQ(broker->listens(target.mqtt.plain_port, soon()), false);
  EXPECT_EQ(broker->listens(ssh().port, soon()), true) << "whoever it is";
  write_file(target.broker.configuration_path, open_stage().configuration);
  start_broker();
  EXPECT_EQ(broker->broker_runs(soon()), true);
  EXPECT_EQ(broker->listens(target.mqtt.plain_port, soon()), true);
  EXPECT_EQ(broker->listens(target.mqtt.tls_port, soon()), false);
}

TEST_F(Looking, a_broker_that_was_started_with_another_file_runs_and_is_not_ours_to_drive) {
  start_by_hand(rename_broker());
  EXPECT_EQ(broker->broker_runs(soon()), true);
  EXPECT_EQ(broker->listens(target.mqtt.plain_port, soon()), true);
  const auto state = broker_state(*broker, target.broker, {}, soon());
  ASSERT_TRUE(state) << told(state.error());
  EXPECT_NE(state->process, "") << "whoever watches sees it end";

  ASSERT_TRUE(broker->acquire({}, soon()));
  EXPECT_NE(read_file(target.broker.journal + "/index").find("\nstopped\n"), std::string::npos);
  ASSERT_TRUE(broker->restore(soon()));
  EXPECT_TRUE(is_open(target.mqtt.plain_port)) << "it was not touched";
}

TEST_F(Looking, somebody_who_has_the_brokers_port_may_be_a_broker_of_another_name) {
  const SilentServer somebody(1);
  target.broker.process = "mqtts-unseen";
  target.broker.tls_listener = std::to_string(somebody.port) + " 127.0.0.1";
  broker = std::make_unique<SshBrokerHost>(opener(), target.broker);
  EXPECT_EQ(broker->broker_runs(soon()), true);
  target.broker.tls_listener = "1";
  broker = std::make_unique<SshBrokerHost>(opener(), target.broker);
  EXPECT_EQ(broker->broker_runs(soon()), false);
}

TEST_F(Looking, a_port_that_is_open_on_ipv6_alone_is_open) {
  const Fd server(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  socklen_t size = sizeof address;
  if (bind(server.get(), reinterpret_cast<sockaddr*>(&address), size) != 0) GTEST_SKIP() << "no IPv6 here";
  getsockname(server.get(), reinterpret_cast<sockaddr*>(&address), &size);
  EXPECT_EQ(broker->listens(ntohs(address.sin6_port), soon()), false) << "bound, and not listened on";
  ASSERT_EQ(listen(server.get(), 1), 0);
  EXPECT_EQ(broker->listens(ntohs(address.sin6_port), soon()), true);
}

TEST_F(Looking, no_firewall_is_sure_to_stop_who_is_on_the_same_machine) {
  EXPECT_EQ(broker->drops("127.0.0.1", target.mqtt.plain_port, soon()), false);
}

// In a network of its own, whose firewall is nobody else's.
TEST_F(Looking, a_firewall_is_read_as_nft_and_iptables_list_it) {
  if (geteuid() != 0 || std::system("unshare -n true 2>/dev/null") != 0) GTEST_SKIP() << "no network of our own";
  write_file(folder() / "rules",
             "table inet filter { chain input { type filter hook input priority 0; policy drop;\n"
             "ct state vmap { invalid : drop, established : accept, related : accept }\niif lo accept\n"
             "meta l4proto { icmp, ipv6-icmp } accept\ntcp dport { 22, 8883 } counter accept comment \"in\"\n}\n}\n");
  write_file(folder() / "list.sh", firewall_script());
  const auto list = "; sh " + (folder() / "list.sh").string();
  const std::map<std::string, std::string> programs = {
      {"nft", "nft -f " + (folder() / "rules").string()},
      {"iptables",
       "iptables -P INPUT DROP && iptables -A INPUT -i lo -j ACCEPT && iptables -A INPUT -m conntrack --ctstate "
       "ESTABLISHED,RELATED -j ACCEPT && iptables -A INPUT -p tcp -m multiport --dports 22,8883 -j ACCEPT"}};
  for (const auto& [program, rules] : programs) {
    if (std::system(("command -v " + program + " >/dev/null").c_str()) != 0) continue;
    const auto listing = folder() / "listing";
    const auto script = "unshare -n sh -c '" + rules + list + "' >" + listing.string();
    ASSERT_EQ(std::system(script.c_str()), 0) << program;
    const auto firewall = parse_firewall(read_file(listing));
    EXPECT_TRUE(surely_drops(firewall, 1883, Family::ipv4)) << program << read_file(listing);
    EXPECT_FALSE(surely_drops(firewall, 8883, Family::ipv4)) << program;
  }
}

// ---- alternatives ---------------------------------------------------------------------------------

TEST_F(Looking, brings_those_alternatives_of_an_identity_that_are_there) {
  MaterialSources given;
  given.identities["user"] = {on_host("client.crt"), on_host("client.key")};
  given.alternatives["user"] = {{on_host("server.crt"), on_host("server.key")}, {on_host("x.crt"), on_host("x.key")}};
  const auto none = fetch(given, *broker, here, soon());
  EXPECT_TRUE(none.identities.empty());
  EXPECT_TRUE(none.alternatives.empty());
  ASSERT_EQ(none.not_there.size(), 1U);
  EXPECT_THAT(reason(none, "identities.user"), HasSubstr("x.crt is missing"));

  write_file(there / "client.crt", "c");  // and no key: of no use
  for (const std::string file : {"server.crt", "server.key", "x.crt", "x.key"}) write_file(there / file, file);
  std::filesystem::create_directories(folder() / "here2");
  const auto two = fetch(given, *broker, folder() / "here2", soon());
  EXPECT_TRUE(two.not_there.empty()) << reason(two, "identities.user");
  EXPECT_EQ(read_file(two.identities.at("user").certificate_file), "server.crt");
  ASSERT_EQ(two.alternatives.at("user").size(), 1U);
  EXPECT_EQ(read_file(two.alternatives.at("user")[0].key_file), "x.key");
}

// As a service manager does with a broker that ends some time after its process has come.
class Restarting {
 public:
  explicit Restarting(const std::string& configuration) : process_(fork()) {
    if (process_ != 0) return;
    setpgid(0, 0);
    execlp("sh", "sh", "-c", "while :; do timeout -s KILL 0.5 mosquitto -c \"$0\" >/dev/null 2>&1; done",
           configuration.c_str(), nullptr);
    _exit(127);
  }
  ~Restarting() {
    kill(-process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  Restarting(const Restarting&) = delete;
  Restarting& operator=(const Restarting&) = delete;

 private:
  pid_t process_;
};

TEST_F(Looking, a_broker_that_is_started_again_and_again_does_not_run) {
  write_file(target.broker.configuration_path, open_stage().configuration);
  const Restarting loop(target.broker.configuration_path);
  for (const auto deadline = soon(); !is_open(target.mqtt.plain_port) && !deadline.passed();) continue;
  for (int look = 1; look <= 4; ++look) EXPECT_EQ(broker->broker_runs(soon()), false) << look;
}

TEST_F(Looking, tells_the_first_error_of_the_last_start) {
  EXPECT_EQ(broker->last_error(soon()), "") << "there is no log";
  write_file(target.broker.configuration_path,
             configuration("listener " + target.broker.tls_listener + "\ncertfile /no.crt\nkeyfile /no.key"));
  ASSERT_TRUE(broker->ask("(" + target.broker.start_command + ") || :", soon()));
  std::string error;
  for (const auto deadline = soon(); error.empty() && !deadline.passed();) error = *broker->last_error(soon());
  EXPECT_THAT(error, testing::StartsWith("Error: "));
  EXPECT_THAT(error, HasSubstr("/no.crt"));
  std::ofstream(target.broker.log_path, std::ios::app) << "1700000000: mosquitto version 2.0.11 starting\n";
  EXPECT_EQ(*broker->last_error(soon()), error) << "the next start has not ended yet";
  const auto now = std::filesystem::file_time_type::clock::now();
  std::filesystem::last_write_time(target.broker.log_path, now - std::chrono::hours(1));
  EXPECT_EQ(broker->last_error(soon()), "") << "the configuration has been changed since";
  write_file(target.broker.configuration_path, open_stage().configuration);
  start_broker();
  EXPECT_EQ(broker->last_error(soon()), "") << "that start was a good one";
}

// ---- traits ---------------------------------------------------------------------------------------

TEST_F(Looking, tells_traits_and_no_secret) {
  const std::string hash = "$7$101$c2FsdHNhbHRzYWx0$aGFzaGhhc2g=";
  write_file(there / "passwd", "userclient:" + hash + "\nuserbroker:" + hash + "\nplain:secret\n");
  std::filesystem::create_directory(there / "conf.d");
  write_file(there / "conf.d/more.conf", "password_file " + (there / "passwd").string() + "\r\n");
  ASSERT_EQ(mkfifo((there / "conf.d/fifo.conf").c_str(), 0600), 0);
  write_file(target.broker.configuration_path,
             "  include_dir " + (there / "conf.d").string() + "\npassword_file /dev/zero\ncafile /no/such/file\n");
  const auto fingerprints = host_fingerprints(*broker, target.broker, soon());
  ASSERT_EQ(fingerprints.size(), 2u);
  EXPECT_EQ(fingerprints[0].kind, FingerprintKind::ssh_host_key);
  EXPECT_EQ(fingerprints[0].value, ssh::shown_host_key(ssh().host, ssh().port, soon()));
  EXPECT_EQ(fingerprints[1], (Fingerprint{FingerprintKind::password_hash, sha256_hex(hash)}));
}

// ---- change ---------------------------------------------------------------------------------------

TEST_F(Looking, sees_each_change_that_a_broker_or_a_check_can_notice) {
  const auto acl = there / "acl", ca = there / "ca.crt", part = there / "conf.d/more.conf";
  // Nothing of a listener: in an included file it would open the default one, port 1883, which may be taken here.
  std::filesystem::create_directory(there / "conf.d");
  write_file(acl, "# nobody\n");
  write_file(part, "acl_file " + acl.string() + "\r\n");
  write_file(target.broker.configuration_path,
             open_stage().configuration + "include_dir " + (there / "conf.d").string() + "\n");
  const auto look = [&] {
    const auto state = broker_state(*broker, target.broker, {ca.string()}, soon());
    EXPECT_TRUE(state) << told(state.error());
    return state.value_or(BrokerState{});
  };
  const auto first = look();
  EXPECT_EQ(first.process, "");
  EXPECT_EQ(look(), first) << "nothing has happened";

  start_broker();
  const auto running = look();
  EXPECT_NE(running.process, "");
  EXPECT_EQ(look(), running) << "and it goes on running";
  EXPECT_FALSE(running.newer_than_broker);

  write_file(part, "acl_file " + acl.string() + "\n# and a word\n");
  const auto edited = look();
  EXPECT_NE(edited.configuration, running.configuration);
  EXPECT_EQ(edited.files, running.files);
  EXPECT_EQ(edited.process, running.process);

  chmod(acl.c_str(), 0400);
  const auto locked = look();
  EXPECT_EQ(locked.configuration, edited.configuration);
  EXPECT_NE(locked.files, edited.files);

  write_file(ca, "x");
  const auto given = look();
  EXPECT_NE(given.material, locked.material);
  EXPECT_EQ(given.files, locked.files);

  std::filesystem::last_write_time(acl, std::filesystem::file_time_type::clock::now() + 10s);
  EXPECT_TRUE(look().newer_than_broker);
}

TEST_F(Looking, a_configuration_that_cannot_be_read_is_no_hang) {
  ASSERT_EQ(mkfifo((there / "fifo").c_str(), 0600), 0);
  target.broker.configuration_path = there / "fifo";
  EXPECT_TRUE(broker_state(*broker, target.broker, {}, soon()));
  target.broker.configuration_path = there / "nowhere";
  const auto state = broker_state(*broker, target.broker, {}, soon());
  ASSERT_TRUE(state);
  write_file(there / "nowhere", "");
  EXPECT_NE(broker_state(*broker, target.broker, {}, soon()), *state);
}

}  // namespace mqtts::remote
