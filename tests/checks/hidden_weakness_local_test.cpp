// Brokers whose weakness shows only to some clients, at some address or at some time: none of them passes the check
// that looks at it. Each case was a false pass once.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/checks/configuration.h"
#include "tests/checks/observed_lab.h"
#include "tests/support/hostile_broker.h"
#include "tests/support/two_faced_broker.h"

namespace mqtts::checks {
namespace {

using test::PrivateMosquitto;

const std::vector<std::string> password_checks = {"anonymous-rejected", "wrong-password-rejected",
                                                  "unknown-user-rejected"};

class HiddenWeakness : public ::testing::Test {
 protected:
  Configuration without_passwords() const {
    auto configuration = finished(material);
    configuration.certificate_rule.clear();
    configuration.password_file.clear();
    configuration.anonymous_rule = "allow_anonymous true";
    return configuration;
  }
  static void expect_no_pass(const TargetResult& target, const std::vector<std::string>& ids) {
    for (const auto& id : ids) EXPECT_NE(verdicts_of(target).at(id), Verdict::pass) << id << '\n' << story_of(target);
  }

  test::LabMaterial material;
};

// A refusal for the client's id is none for its password: a control and its checks have ids of one kind.
TEST_F(HiddenWeakness, ids_are_looked_at_and_passwords_are_not) {
  auto configuration = without_passwords();
  configuration.more = {"clientid_prefixes auto-"};
  const PrivateMosquitto broker(configuration.lines(0));
  for (int i = 0; i < 16; ++i) {
    const auto seed = i == 0 ? std::string() : "seed " + std::to_string(i);
    expect_no_pass(observe({broker.port(), test::closed_port()}, material, Look{.seed = seed}), password_checks);
  }
}

TEST_F(HiddenWeakness, clear_text_is_open_at_the_names_other_address) {
  auto configuration = finished(material);
  const auto port = test::closed_port();
  configuration.more = {"listener " + std::to_string(port) + " ::1"};
  const PrivateMosquitto broker(configuration.lines(0));
  EXPECT_EQ(not_passed(observe({broker.port(), port}, material)), Verdicts()) << "the address alone has none";
  const auto target = observe({broker.port(), port}, material, Look{.other_addresses = {"::1"}});
  EXPECT_EQ(verdicts_of(target).at("cleartext-listener-closed"), Verdict::fail) << story_of(target);
  EXPECT_NE(verdicts_of(target).at("open-listener-accepts"), Verdict::pass);
}

TEST_F(HiddenWeakness, passwords_are_asked_for_at_one_address_only) {
  auto configuration = finished(material);
  const PrivateMosquitto strict(configuration.lines(0));
  auto open = without_passwords();
  const auto port = std::to_string(strict.port());
  open.more = {"listener " + port + " ::1", "cafile " + open.cafile, "certfile " + open.certfile,
               "keyfile " + open.keyfile};
  const PrivateMosquitto lax(open.lines(0));
  const auto target = observe({strict.port(), test::closed_port()}, material, Look{.other_addresses = {"::1"}});
  for (const auto& id : password_checks) EXPECT_EQ(verdicts_of(target).at(id), Verdict::fail) << story_of(target);
  EXPECT_EQ(verdicts_of(target).at("valid-password-accepted"), Verdict::fail) << "it proves nothing beside them";
}

// What a broker's host says, and nothing else.
class HostThatSays : public BrokerHost {
 public:
  explicit HostThatSays(bool that_somebody_listens) : listens_(that_somebody_listens) {}
  Result<void> acquire(const std::vector<std::string>&, const Deadline&) override { return {}; }
  Result<Applied> apply(const StageSetup&, const Deadline&) override { return Applied{}; }
  Result<std::string> new_log_lines(const Deadline&) override { return std::string(); }
  Result<bool> broker_runs(const Deadline&) override { return true; }
  Result<std::string> last_error(const Deadline&) override { return std::string(); }
  Result<bool> listens(std::uint16_t, const Deadline&) override { return listens_; }
  Result<void> restore(const Deadline&) override { return {}; }

 private:
  bool listens_;
};

// A listener whose queue is full: the kernel drops who comes, as a firewall does.
class FullListener {
 public:
  FullListener() {
    sockaddr_in address{.sin_family = AF_INET};
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    socklen_t size = sizeof address;
    auto* name = reinterpret_cast<sockaddr*>(&address);
    bind(listener_, name, size);
    listen(listener_, 0);
    getsockname(listener_, name, &size);
    port_ = ntohs(address.sin_port);
    for (auto& client : clients_) {
      client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
      connect(client, name, size);
    }
  }
  ~FullListener() {
    for (const int client : clients_) close(client);
    close(listener_);
  }
  FullListener(const FullListener&) = delete;
  FullListener& operator=(const FullListener&) = delete;
  std::uint16_t port() const { return port_; }

 private:
  int listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::array<int, 4> clients_{};
  std::uint16_t port_ = 0;
};

TEST_F(HiddenWeakness, clear_text_is_open_and_too_busy_to_answer) {
  const PrivateMosquitto broker(finished(material).lines(0));
  const FullListener plain;
  const auto look = [&](BrokerHost* host) {
    return observe({broker.port(), plain.port()}, material,
                   Look{.probe_timeout = std::chrono::milliseconds(1500), .host = host});
  };
  HostThatSays open(true);
  const auto with_host = look(&open);
  expect_no_pass(with_host, {"cleartext-listener-closed", "open-listener-accepts"});
  HostThatSays closed(false);
  EXPECT_EQ(verdicts_of(look(&closed)).at("cleartext-listener-closed"), Verdict::pass);
  const auto outside = look(nullptr);
  const auto& checks = outside.stages.at(1).checks;
  const auto closing = std::ranges::find(checks, "cleartext-listener-closed", &CheckResult::id);
  EXPECT_EQ(to_english(closing->message).find("port " + std::to_string(plain.port()) + " never answered"), 0u)
      << "from outside it looks like a firewall, and the message says so: " << story_of(outside);
}

// Two back ends, of which one asks for no password.
TEST_F(HiddenWeakness, every_second_connection_needs_no_password) {
  const PrivateMosquitto strict(finished(material).lines(0));
  const PrivateMosquitto lax(without_passwords().lines(0));
  for (int first = 0; first < 4; ++first) {
    int count = first;
    const test::TwoFacedBroker broker(
        [&](const test::ClientHello&) { return ++count % 2 == 0 ? lax.port() : strict.port(); });
    const auto target = observe({broker.port(), test::closed_port()}, material);
    expect_no_pass(target, password_checks);
    expect_no_pass(target,
                   {"missing-client-certificate-rejected", "untrusted-ca-rejected", "mtls-wrong-password-rejected"});
  }
}

// A front that compares the name of the issuer and does not verify the signature, before a broker with passwords.
TEST_F(HiddenWeakness, a_client_certificates_issuer_is_known_by_its_name_only) {
  auto configuration = finished(material);
  const PrivateMosquitto broker({"allow_anonymous false", configuration.password_file});
  const test::HostileBroker front(test::hostile::behind_tls(
      {.identity = material.server,
       .admits =
           [](const X509& certificate) {
             std::array<char, 64> name{};
             X509_NAME_get_text_by_NID(X509_get_issuer_name(&certificate), NID_commonName, name.data(), name.size());
             return std::string_view(name.data()) == "Lab CA";
           }},
      [&](test::Peer& peer) { test::connect_through(peer, broker.port()); }));
  const auto target = observe({front.port(), test::closed_port()}, material);
  EXPECT_EQ(not_passed(target), (Verdicts{{"untrusted-ca-rejected", Verdict::fail}})) << story_of(target);
}

// Real clients refuse such a server; ours tries again with everything offered, to see what else is to be seen.
TEST_F(HiddenWeakness, the_servers_certificate_is_too_weak) {
  auto configuration = finished(material);
  const auto server = material.signed_by_lab_for_rsa({.subject = "/CN=127.0.0.1"}, 1024);
  configuration.certfile = server.certificate.file;
  configuration.keyfile = server.key.file;
  const auto lax = material.folder().write("lax.cnf",
                                           "openssl_conf = init\n[init]\nssl_conf = ssl\n[ssl]\nsystem_default = all\n"
                                           "[all]\nCipherString = DEFAULT@SECLEVEL=0\n");
  const PrivateMosquitto broker(configuration.lines(0), {{"OPENSSL_CONF", lax}});
  const auto target = observe({broker.port(), test::closed_port()}, material);
  EXPECT_EQ(not_passed(target),
            (Verdicts{{"server-certificate-trusted", Verdict::fail}, {"untrusted-server-ca-detected", Verdict::error}}))
      << story_of(target);
}

}  // namespace
}  // namespace mqtts::checks
