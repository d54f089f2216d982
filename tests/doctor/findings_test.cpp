// From facts to findings: a host without troubles, and each trouble alone.
#include "harness/doctor/findings.h"

#include <algorithm>
#include <ctime>
#include <limits>

#include <gtest/gtest.h>

#include "tests/pki/support.h"
#include "tests/remote/a_profile.h"

namespace mqtts::doctor {
namespace {

using remote::Answer;
using remote::FirewallKind;
using remote::Presence;
using wire::TcpOutcome;

constexpr std::int64_t now = 1795558630;
constexpr std::int64_t day = 86400;

Target lab_target() {
  Target target;
  target.name = "lab";
  target.mqtt.host = "192.0.2.20";
  target.ssh = SshAddress{"192.0.2.20", 22, "vagrant", {"/k"}, false, "/known"};
  target.broker = remote::a_profile();
  target.broker.sudo = true;
  return target;
}

// A host as `vagrant up` leaves it: the plain listener is open, TLS is not there yet.
Facts sound() {
  Facts seen;
  seen.target_option = "lab.json";
  seen.now = seen.asked = seen.answered = now;
  seen.plain = {.outcome = TcpOutcome::connected, .reason = {}};
  seen.tls = {.outcome = TcpOutcome::refused, .reason = "connection_refused"};
  auto& facts = seen.facts.emplace();
  facts.clock = now;
  facts.account = "root";
  facts.program = "/usr/sbin/mosquitto";
  facts.version = "2.0.11";
  facts.running = remote::RunningBroker{4711, 3600, 0, "mosquitto"};
  facts.reader = "mosquitto";
  facts.configuration = {{"/etc/mosquitto/mosquitto.conf", Presence::readable, {{"listener", "1883"}}}};
  facts.broker_ports_known = Answer::yes;
  facts.broker_ports = {1883};
  facts.listening = {{1883, false}};
  facts.firewall = FirewallKind::ufw;
  facts.firewall_rules = {"Status: active", "1883/tcp   ALLOW   Anywhere", "8883    ALLOW IN   Anywhere"};
  facts.log = Presence::readable;
  facts.log_writable = Answer::yes;
  facts.folders = {{"configuration", "/etc/mosquitto", true, 1 << 20}, {"log", "/var/log/mosquitto", true, 1 << 20}};
  facts.home_open = Answer::yes;
  facts.journal = Answer::no;
  return seen;
}

Finding only(const Facts& seen, const std::string& id, const Target& target = lab_target()) {
  const auto all = findings(target, seen);
  const auto found = std::ranges::find(all, id, &Finding::id);
  if (found == all.end()) return {"no " + id, {}, {}};
  return *found;
}

std::string sentence(const Finding& finding) { return to_english(finding.sentence); }
std::string fix(const Finding& finding) { return to_english(finding.fix); }
bool says(const Finding& finding, const std::string& words) {
  return (sentence(finding) + "\n" + fix(finding)).find(words) != std::string::npos;
}

int code(const Facts& seen, const Target& target = lab_target()) {
  return exit_code(target, seen, findings(target, seen));
}

#define EXPECT_FINDING(finding, wanted_state, words)                    \
  EXPECT_EQ((finding).state, State::wanted_state) << sentence(finding); \
  EXPECT_TRUE(says(finding, words)) << sentence(finding) << "\n" << fix(finding)

TEST(Findings, of_a_sound_host_are_all_fine) {
  const auto all = findings(lab_target(), sound());
  for (const auto& each : all) EXPECT_EQ(each.state, State::fine) << each.id << ": " << sentence(each);
  EXPECT_GE(all.size(), 20u);
  EXPECT_EQ(code(sound()), 0);
}

TEST(Findings, of_a_broker_that_was_not_restarted_tell_how_to_do_it) {
  auto seen = sound();
  const auto started = now - seen.facts->running->seconds;
  seen.facts->running->started = started;
  seen.facts->changed = started + 1;
  seen.facts->newest = "/etc/mosquitto/mosquitto.conf";
  EXPECT_EQ(only(seen, "service").state, State::fine) << "the start is known to the second";
  seen.facts->changed = started + 2;
  EXPECT_FINDING(only(seen, "service"), warning, "mosquitto was started before /etc/mosquitto/mosquitto.conf changed");
  EXPECT_FINDING(only(seen, "service"), warning, "sudo systemctl restart mosquitto");
}

TEST(Findings, stop_where_the_way_in_ends_and_the_rest_is_not_looked_at) {
  auto seen = sound();
  seen.facts.reset();
  seen.trouble = FailedStep{Step::host_key, {ErrorKind::wrong_host, msg("another key"), msg("mend it")}};
  EXPECT_EQ(only(seen, "ssh-protocol").state, State::fine);
  EXPECT_FINDING(only(seen, "host-key"), broken, "mend it");
  for (const auto* id : {"login", "shell", "sudo", "answers", "clock", "broker", "configuration", "service", "firewall",
                         "certificate", "log", "disk"})
    EXPECT_EQ(only(seen, id).state, State::not_looked_at) << id;
  EXPECT_EQ(only(seen, "plain-port").state, State::fine) << "it can be seen from here";
  EXPECT_EQ(only(seen, "tls-port").state, State::unknown) << "refused, and nobody to ask";
  EXPECT_EQ(code(seen), 1);
}

TEST(Findings, an_unreachable_host_could_not_be_looked_at) {
  for (const auto step : {Step::name, Step::port, Step::protocol, Step::answers}) {
    auto seen = sound();
    seen.facts.reset();
    seen.trouble = FailedStep{step, {ErrorKind::unreachable, msg("no")}};
    EXPECT_EQ(code(seen), 3);
  }
}

TEST(Findings, without_ssh_only_this_side_is_looked_at) {
  auto target = lab_target();
  target.ssh.reset();
  auto seen = sound();
  seen.facts.reset();
  EXPECT_FINDING(only(seen, "ssh", target), not_looked_at, "says nothing of SSH");
  EXPECT_EQ(code(seen, target), 3);
}

TEST(Findings, a_clock_that_differs_is_told_beyond_the_time_that_asking_took) {
  const auto with_clock = [](std::int64_t off, std::int64_t trip) {
    auto seen = sound();
    seen.facts->clock = now + off;
    seen.asked = now - trip;
    return only(seen, "clock");
  };
  EXPECT_EQ(with_clock(0, 0).state, State::fine);
  EXPECT_EQ(with_clock(0, 100).state, State::fine) << "it may have been read just before the answer came";
  EXPECT_EQ(with_clock(-100, 100).state, State::fine) << "or right after the question";
  EXPECT_FINDING(with_clock(120, 0), warning, "ahead");
  EXPECT_FINDING(with_clock(-120, 0), warning, "behind");
  EXPECT_FINDING(with_clock(7200, 1), broken, "2 h ahead");
  EXPECT_FINDING(with_clock(-600, 1), broken, "sudo timedatectl");
}

TEST(Findings, our_own_clock_and_materials_count_too) {
  auto seen = sound();
  seen.now = 1000;
  seen.materials = 2;
  seen.materials_trouble = {{ErrorKind::local, msg("cannot read it"), msg("chmod")}};
  EXPECT_FINDING(only(seen, "local-clock"), broken, "1970-01-01");
  EXPECT_FINDING(only(seen, "materials"), broken, "chmod");
  seen.materials = 0;
  seen.materials_trouble.clear();
  seen.materials_on_host = 3;
  EXPECT_EQ(only(seen, "materials").sentence.args.at("count"), "3");
}

TEST(Findings, a_broker_that_is_not_there_or_does_not_run) {
  auto seen = sound();
  seen.facts->running.reset();
  EXPECT_FINDING(only(seen, "service"), broken, "sudo systemctl start mosquitto");
  seen.facts->last_error = "Error: no key";
  EXPECT_EQ(to_english(only(seen, "service").sentence), "mosquitto does not run: Error: no key");
  seen.facts->program.clear();
  EXPECT_FINDING(only(seen, "broker"), broken, "sudo apt install mosquitto");
  seen.facts->configuration[0] = {"/etc/mosquitto/mosquitto.conf", Presence::missing, {}};
  EXPECT_EQ(only(seen, "configuration").state, State::warning);
  EXPECT_EQ(only(seen, "service").state, State::warning) << "a new host: a run starts it";
}

TEST(Findings, a_broker_that_runs_as_another_user_than_the_keys_are_put_for) {
  auto seen = sound();
  seen.facts->running->user = "mqtt";
  EXPECT_FINDING(only(seen, "service"), broken, "broker.user");
  seen.facts->running->user = "root";
  EXPECT_EQ(only(seen, "service").state, State::fine) << "root reads them all";
}

TEST(Findings, a_configuration_that_cannot_be_read_or_written) {
  auto seen = sound();
  seen.facts->configuration[0].presence = Presence::unknown;
  seen.facts->folders[0].writable = false;
  EXPECT_FINDING(only(seen, "configuration"), broken, "broker.sudo");
  EXPECT_FINDING(only(seen, "configuration-folder"), broken, "read-only");
}

TEST(Findings, what_is_included_counts_in_a_run_only_if_the_target_includes_it) {
  auto seen = sound();
  seen.facts->configuration.push_back({"/etc/mosquitto/conf.d/open.conf", Presence::readable, {}});
  EXPECT_FINDING(only(seen, "included"), fine, "leaves aside");
  auto target = lab_target();
  target.broker.base = {"include_dir /etc/mosquitto/conf.d"};
  EXPECT_FINDING(only(seen, "included", target), warning, "open.conf");
}

struct PortCase {
  const char* name;
  TcpOutcome here;
  const char* there;  // who listens: "broker", "loopback", "other", "hidden" or "nobody"
  bool configured;
  State state;
  const char* words;
};

TEST(Findings, a_dead_listener_is_told_from_a_firewall) {
  const PortCase cases[] = {
      {"served", TcpOutcome::connected, "broker", true, State::fine, "answers"},
      {"served, not to be looked at", TcpOutcome::connected, "hidden", true, State::fine, "is open"},
      {"not ours", TcpOutcome::connected, "other", true, State::broken, "ss -ltnp 'sport = :8883'"},
      {"elsewhere", TcpOutcome::connected, "nobody", true, State::warning, "who answers?"},
      {"not yet there", TcpOutcome::refused, "nobody", false, State::fine, "a run opens it"},
      {"dead", TcpOutcome::refused, "nobody", true, State::broken, "tail -n 20"},
      {"rejected", TcpOutcome::refused, "broker", true, State::broken, "ufw allow 8883/tcp"},
      {"loopback", TcpOutcome::refused, "loopback", true, State::warning, "127.0.0.1"},
      {"taken", TcpOutcome::refused, "other", true, State::broken, "another program"},
      {"dropped", TcpOutcome::timed_out, "broker", true, State::broken, "a firewall drops it"},
      {"dropped before it is there", TcpOutcome::timed_out, "nobody", false, State::broken, "ufw allow 8883/tcp"},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.name);
    const std::string there = each.there;
    auto seen = sound();
    seen.tls = {.outcome = each.here, .reason = each.here == TcpOutcome::refused ? "connection_refused" : ""};
    auto& facts = *seen.facts;
    if (each.configured) facts.configuration[0].lines.push_back({"listener", "8883 0.0.0.0"});
    if (there != "nobody") facts.listening.push_back({8883, there == "loopback"});
    if (there == "broker" || there == "loopback") facts.broker_ports.push_back(8883);
    if (there == "hidden") facts.broker_ports_known = Answer::unknown;
    const auto finding = only(seen, "tls-port");
    EXPECT_EQ(finding.state, each.state) << sentence(finding);
    EXPECT_TRUE(says(finding, each.words)) << sentence(finding) << "\n" << fix(finding);
  }
}

TEST(Findings, a_port_of_a_broker_that_does_not_run_is_not_looked_at) {
  auto seen = sound();
  seen.facts->running.reset();
  seen.facts->listening.clear();
  seen.facts->broker_ports_known = Answer::no;
  seen.plain = {.outcome = TcpOutcome::refused, .reason = "connection_refused"};
  EXPECT_EQ(only(seen, "plain-port").state, State::not_looked_at);
}

TEST(Findings, a_host_without_a_way_to_it_is_no_dead_listener) {
  auto seen = sound();
  seen.tls = {.outcome = TcpOutcome::refused, .reason = "host_unreachable"};
  EXPECT_FINDING(only(seen, "tls-port"), broken, "host_unreachable");
  seen.plain = {.outcome = std::nullopt, .reason = {}, .error = Error{ErrorKind::unreachable, msg("no such name")}};
  EXPECT_FINDING(only(seen, "plain-port"), broken, "no such name");
}

TEST(Findings, of_firewalls) {
  auto seen = sound();
  seen.facts->firewall_rules = {"Status: active", "8883/tcp   DENY   Anywhere", "1883   ALLOW   192.0.2.0/24"};
  EXPECT_FINDING(only(seen, "firewall"), warning, "sudo ufw allow 8883/tcp") << "1883 came through";
  seen.plain = {.outcome = TcpOutcome::timed_out, .reason = "timed_out"};
  EXPECT_FINDING(only(seen, "firewall"), warning, "sudo ufw allow 1883/tcp && sudo ufw allow 8883/tcp");
  seen.facts->firewall = FirewallKind::iptables;
  seen.facts->firewall_rules = {"-P INPUT ACCEPT"};
  EXPECT_EQ(only(seen, "firewall").state, State::fine);
  seen.facts->firewall_rules = {"-P INPUT DROP"};
  EXPECT_EQ(only(seen, "firewall").state, State::unknown);
  seen.facts->firewall = FirewallKind::unknown;
  seen.plain.outcome = TcpOutcome::connected;
  EXPECT_EQ(only(seen, "firewall").state, State::unknown);
  EXPECT_EQ(code(seen), 0) << "what cannot be told needs no mending";
}

Facts with_file(remote::NamedFile file) {
  auto seen = sound();
  seen.now = std::time(nullptr);
  seen.facts->files = {std::move(file)};
  return seen;
}

remote::NamedFile certificate(std::int64_t from, std::int64_t until) {
  const auto lab = pki::authority("/CN=Lab CA");
  const auto broker = pki::signed_by(
      lab, {.subject = "/CN=broker", .validity = {std::chrono::seconds(from), std::chrono::seconds(until)}});
  return {.kind = "certfile", .path = "/c", .readable = Answer::yes, .pem = pki::to_pem(*broker.certificate)};
}

TEST(Findings, of_certificates_dates) {
  EXPECT_FINDING(only(with_file(certificate(-60, 30 * day)), "certificate"), fine, "holds until");
  EXPECT_FINDING(only(with_file(certificate(-60, 13 * day + 60)), "certificate"), warning, "expires in 13 days");
  EXPECT_FINDING(only(with_file(certificate(-2 * day, -day)), "certificate"), broken, "/CN=broker in /c has expired");
  EXPECT_FINDING(only(with_file(certificate(day, 2 * day)), "certificate"), broken, "holds only from");
}

TEST(Findings, the_worst_of_a_files_certificates_counts) {
  auto file = certificate(-60, 90 * day);
  file.pem += certificate(-60, -30).pem;
  EXPECT_EQ(only(with_file(file), "certificate").state, State::broken);
}

TEST(Findings, a_certificate_of_which_nothing_can_be_read_is_not_fine) {
  auto file = certificate(-60, 90 * day);
  file.pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  EXPECT_EQ(only(with_file(file), "certificate").state, State::broken);
  file.readable = Answer::unknown;
  file.pem.clear();
  EXPECT_EQ(only(with_file(file), "certificate").state, State::unknown);
  file = certificate(-60, 90 * day);
  file.readable = Answer::unknown;
  EXPECT_EQ(only(with_file(file), "certificate").state, State::unknown) << "good dates alone are no proof";
}

TEST(Findings, a_key_that_the_broker_cannot_read) {
  remote::NamedFile key{
      .kind = "keyfile", .path = "/etc/m/a key", .readable = Answer::no, .mode = "600", .owner = "root"};
  EXPECT_FINDING(only(with_file(key), "key"), broken, "sudo chown mosquitto '/etc/m/a key'");
  key.blocked = "/home/vagrant";
  EXPECT_FINDING(only(with_file(key), "key"), broken, "sudo chmod o+x /home/vagrant");
  key.readable = Answer::yes;
  EXPECT_EQ(only(with_file(key), "key").state, State::fine);
  key.missing = true;
  EXPECT_FINDING(only(with_file(key), "key"), broken, "does not exist");
}

TEST(Findings, of_the_log_the_home_the_disk_and_the_journal) {
  auto seen = sound();
  auto& facts = *seen.facts;
  facts.log_writable = Answer::no;
  EXPECT_FINDING(only(seen, "log"), broken, "sudo chown mosquitto /var/log/mosquitto/mosquitto.log");
  facts.log = Presence::missing;
  EXPECT_FINDING(only(seen, "log"), broken,
                 "sudo install -o mosquitto -m 640 /dev/null /var/log/mosquitto/mosquitto.log");
  facts.home_open = Answer::no;
  EXPECT_FINDING(only(seen, "home"), broken, "chmod o+x");
  facts.folders = {{"log", "/var/log", true, 100}};
  EXPECT_FINDING(only(seen, "disk"), broken, "only 100 KiB");
  facts.folders = {{"log", "/var/log", true, 20 << 10}};
  EXPECT_EQ(only(seen, "disk").state, State::warning);
  facts.folders = {{"log", "/var/log", true, std::nullopt}};
  EXPECT_EQ(only(seen, "disk").state, State::unknown);
  facts.journal = Answer::yes;
  EXPECT_FINDING(only(seen, "journal"), broken, "mqtts-harness restore --target lab.json");
  facts.kept_since = "2026-11-22 15:17:23 UTC";
  EXPECT_FINDING(only(seen, "journal"), broken, "mqtts-harness restore --target lab.json");
  EXPECT_EQ(to_english(only(seen, "journal").sentence),
            "a run with --keep left its configuration in place (since 2026-11-22 15:17:23 UTC)");
  EXPECT_EQ(code(seen), 1);
}

TEST(Findings, that_are_broken_say_how_to_mend_it) {
  auto seen = sound();
  auto& facts = *seen.facts;
  facts.running.reset();
  facts.program.clear();
  facts.clock += day;
  facts.configuration[0].presence = Presence::unknown;
  facts.folders = {{"configuration", "/e", false, 1}};
  facts.log_writable = Answer::no;
  facts.home_open = Answer::no;
  facts.journal = Answer::yes;
  seen.tls = {.outcome = TcpOutcome::timed_out, .reason = "timed_out"};
  int broken = 0;
  for (const auto& each : findings(lab_target(), seen)) {
    if (each.state != State::broken) continue;
    ++broken;
    EXPECT_FALSE(each.fix.empty()) << each.id;
  }
  EXPECT_EQ(broken, 10);
}

TEST(Date, of_any_number_is_a_date) {
  EXPECT_EQ(date(0), "1970-01-01 00:00");
  EXPECT_EQ(date(std::numeric_limits<std::int64_t>::max()), "9999-12-31 23:59");
  EXPECT_EQ(date(std::numeric_limits<std::int64_t>::min()), "1970-01-01 00:00");
}

}  // namespace
}  // namespace mqtts::doctor
