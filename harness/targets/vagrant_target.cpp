#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <sstream>

#include "harness/ssh/address.h"
#include "harness/ssh/login.h"
#include "harness/ssh/shell.h"
#include "harness/targets/ssh_defaults.h"
#include "harness/targets/target_kind.h"
#include "harness/targets/vagrant/ssh_config.h"
#include "harness/targets/vagrant/vagrant_machine.h"

namespace mqtts::targets {
namespace {

constexpr auto time_for_a_guess = std::chrono::seconds(5);  // an emulated machine's SSH server takes half of it
constexpr std::uint16_t ssh_port = 22;

// Turns a Vagrant machine into a target.
class VagrantMachine {
 public:
  VagrantMachine(MachineName name, MachineCache cache, const TargetOptions& options, const Deadline& deadline,
                 Interaction& interaction)
      : name_(std::move(name)),
        cache_(std::move(cache)),
        options_(options),
        deadline_(deadline),
        interaction_(interaction) {}

  Result<void> find_way_in() {
    if (auto kept = cache_.find()) {
      kept_ = *std::move(kept);
      // Vagrant reports a machine that is down or has another address.
      if (read_config() && ssh::connect_tcp(ssh_.host, ssh_.port, deadline_.within(time_for_a_guess))) return {};
      kept_ = {};
    }
    auto config = ask_vagrant(name_, deadline_);
    if (!config) return tl::make_unexpected(config.error());
    kept_.config = *std::move(config);
    is_new_ = true;
    if (read_config()) return {};
    return failure(ErrorKind::local, msg("what `vagrant ssh-config` says cannot be understood"), {}, kept_.config);
  }

  // Applies the options, and stores and reports the host key of a new machine.
  Result<void> prepare() {
    if (auto applied = apply_ssh_options(options_, ssh_); !applied) return applied;
    if (cache_.knows_host_key(ssh_.host, ssh_.port) || ssh_.host_key == HostKeyPolicy::pinned) {
      prepare_login(ssh_, deadline_, interaction_);
      return {};
    }
    auto learning = ssh_;
    learning.host_key = HostKeyPolicy::accept_new;
    prepare_login(learning, deadline_, interaction_);
    ssh::LoginNotes notes;
    return ssh::rehearse_login(ssh_, deadline_.within(ssh::login_time), notes);
  }

  // Vagrant's address is often a forwarded port of this machine, and the broker listens on another one. The machine
  // lists its addresses, and its host key proves which of them leads to it from here.
  Result<std::string> find_broker() {
    const char* given = std::getenv("MQTTS_BROKER_ADDRESS");
    if (given != nullptr && *given != '\0') return std::string(given);
    if (!kept_.address.empty()) return kept_.address;
    if (ssh_.jump) return ssh_.host;  // MQTT clients cannot use the jump host
    auto addresses = addresses_of_machine();
    if (!addresses) return tl::make_unexpected(addresses.error());
    const auto key = ssh::shown_host_key(ssh_.host, ssh_.port, deadline_.within(ssh::login_time));
    if (!key) return tl::make_unexpected(key.error());
    std::vector<std::future<bool>> guesses;
    for (const auto& address : *addresses) {
      guesses.push_back(std::async(std::launch::async, [this, address, key = *key] {
        return ssh::shown_host_key(address, ssh_port, deadline_.within(time_for_a_guess)) == key;
      }));
    }
    kept_.address = ssh_.host;
    for (std::size_t i = guesses.size(); i-- > 0;)
      if (guesses[i].get()) kept_.address = addresses->at(i);
    is_new_ = true;
    return kept_.address;
  }

  Result<void> keep() const { return is_new_ ? cache_.keep(kept_) : Result<void>(); }

  const SshAddress& ssh() const { return ssh_; }

 private:
  bool read_config() {
    const auto config = parse_ssh_config(kept_.config);
    if (!config) return false;
    ssh_ = {.host = config->host_name, .port = config->port, .user = config->user};
    ssh_.known_hosts_file = cache_.known_hosts();
    for (const auto& file : config->identity_files)
      ssh_.identity_files.push_back((name_.folder / file).lexically_normal());
    return true;
  }

  Result<std::vector<std::string>> addresses_of_machine() const {
    const auto deadline = deadline_.within(ssh::login_time);
    auto shell = ssh::open_ssh_shell(ssh_, ssh::Privilege::login_user, deadline);
    if (!shell) return tl::make_unexpected(shell.error());
    const auto output = (*shell)->run("hostname -I || ip -o address | sed 's|.* inet6* \\([^ /]*\\).*|\\1|'", deadline);
    if (!output) return tl::make_unexpected(output.error());
    std::vector<std::string> addresses;
    std::istringstream words(output->out);
    for (std::string word; words >> word;) {
      const bool is_usable = !word.starts_with("127.") && word != "::1" && !word.starts_with("fe80");
      if (is_usable) addresses.push_back(word);
    }
    // Vagrant's own route may use a network that only Vagrant knows.
    std::ranges::stable_partition(addresses, [this](const std::string& address) { return address != ssh_.host; });
    return addresses;
  }

  MachineName name_;
  MachineCache cache_;
  const TargetOptions& options_;
  const Deadline& deadline_;
  Interaction& interaction_;
  MachineCache::Kept kept_;
  bool is_new_ = false;  // kept_ has values that the cache does not
  SshAddress ssh_;
};

}  // namespace

bool is_vagrant(const std::string& name) {
  return name == "vagrant" || name.starts_with("vagrant:") || name.starts_with("vagrant#");
}

Opened open_vagrant(const TargetOptions& options, const Deadline& deadline, Interaction& interaction) {
  const auto give_up = [](const Error& error) { return tl::make_unexpected(error); };
  auto name = parse_machine(options.name, std::filesystem::current_path());
  if (!name) return give_up(name.error());
  auto cache = MachineCache::open(*name);
  if (!cache) return give_up(cache.error());
  const auto machine_name = name->machine;
  VagrantMachine machine(*std::move(name), *std::move(cache), options, deadline, interaction);
  if (const auto found = machine.find_way_in(); !found) return give_up(found.error());
  if (const auto prepared = machine.prepare(); !prepared) return give_up(prepared.error());
  const auto broker = machine.find_broker();
  if (!broker) return give_up(broker.error());
  if (const auto kept = machine.keep(); !kept) interaction.warn(kept.error());
  return open_with_defaults(machine_name, {.host = *broker}, machine.ssh(), options);
}

}  // namespace mqtts::targets
