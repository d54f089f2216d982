#include "tests/support/other_brokers.h"

#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>
#include <utility>

#include "harness/util/deadline.h"
#include "harness/wire/tcp.h"
#include "tests/support/hostile_broker.h"

namespace mqtts::test {
namespace {

constexpr auto time_to_start = std::chrono::seconds(90);
constexpr const char* rabbitmq = "/usr/lib/rabbitmq/bin/rabbitmq-server";

// A node of Erlang needs a name that no other has.
std::string node_name() { return "tested" + std::to_string(closed_port()) + "@localhost"; }

}  // namespace

OtherBroker::OtherBroker(const std::vector<std::string>& command, const e2e::Folder& folder,
                         e2e::Environment environment)
    : mark_("other-broker-" + std::to_string(getpid()) + "-" + folder.path().filename().string()) {
  environment["MARK"] = mark_;
  environment["HOME"] = folder.path();
  program_ = std::make_unique<e2e::Program>(command, folder.path(), environment);
}

OtherBroker::~OtherBroker() {
  program_.reset();
  for (const auto process : e2e::processes_marked(mark_)) kill(process, SIGKILL);
}

bool OtherBroker::listens_at(std::uint16_t port) {
  for (const auto deadline = Deadline::in(time_to_start); !deadline.passed();) {
    const auto tried = wire::connect_tcp("127.0.0.1", port, deadline);
    if (tried && tried->outcome == wire::TcpOutcome::connected) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return false;
}

bool has_rabbitmq() { return std::filesystem::exists(rabbitmq); }

std::unique_ptr<OtherBroker> start_rabbitmq(const e2e::Folder& folder, const std::string& lines) {
  const auto path = [&folder](const char* name) { return (folder / name).string(); };
  e2e::write(folder / "enabled_plugins", "[rabbitmq_mqtt].\n");
  e2e::write(folder / "rabbitmq.conf", "listeners.tcp = none\n" + lines);
  return std::make_unique<OtherBroker>(
      std::vector<std::string>{rabbitmq}, folder,
      e2e::Environment{{"RABBITMQ_NODENAME", node_name()},
                       {"RABBITMQ_MNESIA_BASE", path("mnesia")},
                       {"RABBITMQ_LOG_BASE", path("log")},
                       {"RABBITMQ_ENABLED_PLUGINS_FILE", path("enabled_plugins")},
                       {"RABBITMQ_CONFIG_FILE", path("rabbitmq.conf")},
                       {"RABBITMQ_ADVANCED_CONFIG_FILE", path("advanced.config")},
                       {"RABBITMQ_CONF_ENV_FILE", path("none")},
                       {"RABBITMQ_PID_FILE", path("pid")},
                       {"ERL_EPMD_ADDRESS", "127.0.0.1"},
                       {"ERL_EPMD_PORT", std::to_string(closed_port())},
                       {"RABBITMQ_DIST_PORT", std::to_string(closed_port())},
                       {"RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
                        "-kernel inet_dist_use_interface {127,0,0,1} +S 1:1"}});
}

bool has_ejabberd() { return std::filesystem::exists("/usr/sbin/ejabberdctl"); }

std::unique_ptr<OtherBroker> start_ejabberd(const e2e::Folder& folder, const std::string& lines,
                                            const std::map<std::string, std::string>& accounts) {
  const auto path = [&folder](const char* name) { return (folder / name).string(); };
  e2e::write(folder / "ejabberd.yml", "hosts: [localhost]\n" + lines);
  std::string registered;
  for (const auto& [user, password] : accounts)
    registered += "ejabberd_auth:try_register(<<\"" + user + "\">>, <<\"localhost\">>, <<\"" + password + "\">>), ";
  return std::make_unique<OtherBroker>(
      std::vector<std::string>{"/usr/bin/erl", "-noinput", "-sname", node_name(), "-kernel", "inet_dist_use_interface",
                               "{127,0,0,1}", "-mnesia", "dir", "\"" + path("mnesia") + "\"", "-s", "ejabberd",
                               "-eval", registered + "ok."},
      folder,
      e2e::Environment{{"ERL_LIBS", "/usr/lib/x86_64-linux-gnu"},
                       {"ERL_INETRC", "/etc/ejabberd/inetrc"},
                       {"ERL_EPMD_ADDRESS", "127.0.0.1"},
                       {"ERL_EPMD_PORT", std::to_string(closed_port())},
                       {"EJABBERD_CONFIG_PATH", path("ejabberd.yml")},
                       {"EJABBERD_LOG_PATH", path("ejabberd.log")}});
}

}  // namespace mqtts::test
