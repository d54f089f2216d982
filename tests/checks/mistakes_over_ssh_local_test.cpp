// The same mistakes, looked at by a run that has an account on the broker's host; and those that only show there.
#include <unistd.h>

#include <filesystem>
#include <thread>

#include <gmock/gmock.h>

#include "harness/model/next_step.h"
#include "harness/runner/target_runner.h"
#include "harness/util/private_folder.h"
#include "tests/checks/mistakes.h"
#include "tests/remote/embedded.h"
#include "tests/support/hostile_broker.h"

namespace mqtts::checks {

using test::soon;
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class OverSsh : public remote::OnEmbeddedHost, public testing::WithParamInterface<Mistake> {
 protected:
  // Of a name of its own: the host has other brokers, whose tests run beside this one.
  void SetUp() override {
    remote::OnEmbeddedHost::SetUp();
    const std::string program = "/usr/sbin/mosquitto";
    target.broker.process = "mq" + std::to_string(getpid());
    const auto own = material.folder() / target.broker.process;
    std::filesystem::create_symlink(program, own);
    auto& command = target.broker.start_command;
    command.replace(command.find(program), program.size(), own);
  }

  std::string file(const std::string& name, const std::string& text) const {
    return material.folder().write(name, text);
  }

  void write_configuration(const Configuration& wanted) {
    std::string lines = "listener " + target.broker.tls_listener;
    for (const auto& line : wanted.lines(target.mqtt.plain_port)) lines += "\n" + line;
    remote::write_file(target.broker.configuration_path, configuration(lines));
  }

  void on_host(const std::string& line) {
    auto shell = opener()(soon());
    ASSERT_TRUE(shell && (*shell)->run(line, soon())) << line;
  }

  void start() {
    on_host(target.broker.start_command);
    const auto deadline = Deadline::in(3s);  // some do not come up
    while (!is_open(target.mqtt.tls_port) && !deadline.passed()) continue;
  }

  void give(const Look& look) {
    const auto client = look.client.value_or(material.client);
    const auto reader = look.reader.value_or(material.server);
    target.materials = {.ca = material.ca.file,
                        .ca_key = look.gives_ca_key ? material.ca_key().file : "",
                        .identities = {{"userclient", {client.certificate.file, client.key.file}},
                                       {"server", {reader.certificate.file, reader.key.file}}},
                        .accounts = {{"userclient", {.password_file = file("userclient.pw", Users::client_password)}},
                                     {"userbroker", {.password_file = file("userbroker.pw", Users::broker_password)}}}};
  }

  TargetResult observed() {
    const auto loaded = plan::load_plan(LAB_PLAN, {}, probes::kinds());
    probes::WireProber prober;
    const auto folder = PrivateFolder::make();
    Silence silence;
    runner::TargetRunner run({.engine = {.mode = engine::Mode::observe}, .doubt = [](const Error&) {}}, *loaded.plan,
                             target, folder->path(), Deadline::in(60s));
    auto result = run.go(prober, silence);
    if (!result) throw std::runtime_error(to_english(result.error().what));
    return *std::move(result);
  }

  static std::string step_of(const TargetResult& seen) {
    const auto step = next_step(seen);
    if (!step) return {};
    const auto advice = advice_for(seen, *step);
    return seen.stages[step->stage].checks[step->check].id + ": " +
           (advice.message.empty() ? advice.hint.en : to_english(advice.message));
  }

  LabMaterial material;
};

TEST_P(OverSsh, a_mistake_costs_the_same_and_has_the_same_next_step) {
  const auto& mistake = GetParam();
  auto wanted = finished(material);
  Look look;
  mistake.make({material, wanted, look});
  give(look);
  write_configuration(wanted);
  start();
  const auto seen = observed();
  auto cost = mistake.cost;
  // That nothing listens there is the host's word.
  if (cost.contains("open-listener-accepts")) cost["open-listener-accepts"] = Verdict::fail;
  EXPECT_EQ(not_passed(seen), cost) << story_of(seen);
  EXPECT_EQ(seen.score, mistake.score) << story_of(seen);
  EXPECT_THAT(step_of(seen), HasSubstr(mistake.step.words));
  EXPECT_TRUE(step_of(seen).starts_with(mistake.step.check)) << step_of(seen);
  EXPECT_EQ(step_of(seen).find("${"), std::string::npos);
  EXPECT_TRUE(seen.not_restarted.empty()) << to_english(seen.not_restarted);
}

std::vector<Mistake> those_of_every_run() {
  auto all = mistakes;
  std::erase_if(all, &Mistake::only_made_here);
  return all;
}

INSTANTIATE_TEST_SUITE_P(Lab, OverSsh, ::testing::ValuesIn(those_of_every_run()),
                         [](const auto& each) { return each.param.name; });

using HostAsked = OverSsh;

// What keeps a broker from starting, and what its own log says of it, which is the next step.
TEST_F(HostAsked, tells_why_a_broker_does_not_start) {
  const auto sound = finished(material);
  auto typo = sound;
  typo.anonymous_rule = "allow_anonymus false";
  auto no_passwords = sound;
  no_passwords.password_file = "password_file /nowhere/passwords";
  auto other_key = sound;
  other_key.keyfile = material.client.key.file;
  auto no_ca = sound;
  no_ca.cafile = "/nowhere/ca.crt";
  auto twice = sound;
  twice.more = {"listener " + target.broker.tls_listener};
  const struct {
    Configuration wrong;
    std::string words;
  } rows[] = {{typo, ". Start it, and read what it says: "},  // it says so before it opens its log
              {no_passwords, ": Error: Unable to open pwfile"},
              {other_key, ": Error: Unable to load server key file"},
              {no_ca, ": Error: Unable to load CA certificates"},
              {twice, ": Error: "}};
  give({});
  for (const auto& row : rows) {
    on_host(target.broker.stop_command);
    write_configuration(row.wrong);
    on_host(target.broker.start_command);
    const auto seen = observed();
    EXPECT_EQ(seen.score, 0) << row.words;
    EXPECT_THAT(step_of(seen), HasSubstr("the host says that the broker is not running")) << row.words;
    EXPECT_THAT(step_of(seen), HasSubstr(row.words));
    EXPECT_EQ(step_of(seen).find("allow_anonymous true"), std::string::npos) << "obeyed, it would open the broker";
  }
}

TEST_F(HostAsked, is_not_misled_by_another_broker_of_that_name) {
  const auto pid_file = material.folder() / "other.pid";
  const auto port = std::to_string(test::closed_port());
  on_host(material.folder() / target.broker.process + " -c " +
          file("other.conf", "listener " + port + " 127.0.0.1\nallow_anonymous true\n" +
                                 (geteuid() == 0 ? "user root\n" : "") + "pid_file " + pid_file + "\n") +
          " -d");
  give({});
  auto wrong = finished(material);
  wrong.password_file = "password_file /nowhere/passwords";
  write_configuration(wrong);
  on_host(target.broker.start_command);
  auto seen = observed();
  EXPECT_EQ(seen.score, 0);
  EXPECT_THAT(step_of(seen), HasSubstr("when the broker was last started, it said: Error: Unable to open pwfile"));

  // The ports are others than those that are asked for: no port in clear is to be opened.
  const auto other_port = test::closed_port();
  std::string lines = "listener " + std::to_string(other_port) + " 127.0.0.1";
  for (const auto& line : finished(material).lines(0)) lines += "\n" + line;
  remote::write_file(target.broker.configuration_path, configuration(lines));
  on_host(target.broker.start_command);
  seen = observed();
  EXPECT_EQ(seen.score, 0) << story_of(seen);
  EXPECT_THAT(step_of(seen), HasSubstr("which ports does its configuration open?"));
  EXPECT_EQ(step_of(seen).find("allow_anonymous true"), std::string::npos) << step_of(seen);
  on_host("kill $(cat " + pid_file + ")");
}

TEST_F(HostAsked, a_client_certificate_for_servers_only_is_told_before_it_is_shown_to_anybody) {
  Look look;
  look.client =
      material.signed_by_lab({.subject = "/CN=userclient", .purposes = {pki::Purpose::server_authentication}});
  give(look);
  write_configuration(finished(material));
  start();
  const auto seen = observed();
  EXPECT_EQ(seen.score, 2) << story_of(seen);
  EXPECT_THAT(step_of(seen), HasSubstr("is of no use to a client: its extendedKeyUsage or keyUsage does not allow it"));
}

TEST_F(HostAsked, tells_to_restart_what_does_not_know_of_its_configuration) {
  auto before = finished(material);
  before.certificate_rule = "";
  give({});
  write_configuration(before);
  start();
  std::this_thread::sleep_for(2500ms);  // the host's clock tells the broker's start to the second
  write_configuration(finished(material));
  for (const auto* reload : {"", "kill -HUP $(cat "}) {
    if (*reload != '\0') on_host(reload + target.broker.pid_file + ")");
    const auto seen = observed();
    EXPECT_EQ(seen.score, 11) << story_of(seen);
    EXPECT_THAT(step_of(seen), HasSubstr("Restart it: ")) << reload;
  }
  on_host(restart_command(target.broker));
  const auto seen = observed();
  EXPECT_EQ(seen.score, 20) << story_of(seen);
  EXPECT_EQ(step_of(seen), "");
}

}  // namespace
}  // namespace mqtts::checks
