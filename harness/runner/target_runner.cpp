#include "harness/runner/target_runner.h"

#include "harness/brokers/drivers.h"
#include "harness/pki/given_materials.h"
#include "harness/pki/labs_own.h"
#include "harness/pki/minted_materials.h"
#include "harness/pki/random.h"
#include "harness/plan/expand.h"
#include "harness/remote/broker_state.h"
#include "harness/remote/fetch_materials.h"
#include "harness/remote/fingerprints.h"
#include "harness/runner/collect_fingerprints.h"
#include "harness/runner/keep_files.h"
#include "harness/ssh/login.h"
#include "harness/util/parse_number.h"
#include "harness/util/seeded_random.h"
#include "harness/util/utc.h"
#include "harness/wire/tcp.h"

namespace mqtts::runner {
namespace {

constexpr auto look_time = std::chrono::seconds(15);  // one round trip that reads files
constexpr auto version_time = std::chrono::seconds(5);
constexpr auto harmless_skew = std::chrono::minutes(5);

std::function<std::string()> texts_from(const std::string& seed) {
  if (seed.empty()) return pki::random_text;
  return pki::SeededTexts(derive(seed, "texts"));
}

// Maps the target's broker ports to the host's: a listener value begins with its port.
std::map<std::uint16_t, std::uint16_t> ports_there(const Target& target) {
  std::map<std::uint16_t, std::uint16_t> there;
  const auto add = [&](std::uint16_t here, const std::string& listener) {
    if (const auto port = leading_number<std::uint16_t>(listener); port != 0) there.emplace(here, port);
  };
  add(target.mqtt.plain_port, target.broker.plain_listener);
  add(target.mqtt.tls_port, target.broker.tls_listener);
  return there;
}

std::vector<std::uint16_t> mqtt_ports(const MqttAddress& address) {
  std::vector<std::uint16_t> ports = {address.tls_port, address.plain_port};
  for (const auto port : {address.secure_websocket_port, address.websocket_port})
    if (port != 0) ports.push_back(port);
  return ports;
}

Message clock_doubt(std::optional<ClockSkew> clock) {
  const auto ahead = clock ? clock->off() : std::chrono::seconds(0);
  const std::map<std::string, std::string> args = {{"span", span(std::abs(ahead.count()))}};
  if (ahead > harmless_skew)
    return msg("the clock of the broker's host is {span} ahead of ours: what this run signs is valid by both", args);
  if (ahead < -harmless_skew)
    return msg("the clock of the broker's host is {span} behind ours: what this run signs is valid by both", args);
  return {};
}

}  // namespace

ssh::ShellOpener opener_of(const Target& target) {
  const auto privilege = target.broker.sudo ? ssh::Privilege::sudo : ssh::Privilege::login_user;
  return ssh::ssh_opener(*target.ssh, privilege);
}

TargetRunner::TargetRunner(TargetRunnerOptions options, Plan plan, Target target, std::string folder,
                           const Deadline& deadline)
    : options_(std::move(options)),
      target_(std::move(target)),
      folder_(std::move(folder)),
      deadline_(deadline),
      plan_(plan::expand(std::move(plan), plan::target_variables(target_), texts_from(options_.seed))) {
  // The login takes as long as minting keys: both run in parallel.
  begin_login();
  // Materials that only the host can give are fetched once it is there.
  if (!observes() && !uses_given())
    minted_ = std::make_unique<pki::MintedMaterials>(plan_.materials, folder_, pki::in_order_of_need(plan_),
                                                     pki::Provided{.names = pki::kept_names(plan_, options_.kept_in)});
}

Result<TargetResult> TargetRunner::go(Prober& prober, Progress& progress) {
  auto addresses = wire::addresses_of(target_.mqtt.host, deadline_);
  if (!addresses) return tl::make_unexpected(addresses.error());
  progress.waiting_for(msg("the login by SSH"));
  auto host = log_in();
  if (!host) return tl::make_unexpected(host.error());

  addresses = wire::open_first(*addresses, mqtt_ports(target_.mqtt), deadline_);
  const auto version = version_on(host->get());
  const auto& driver = brokers::driver_of(target_.broker);
  const auto [broker_files, doubt] = driver.files_for(version);
  const auto materials = this->materials(host->get());
  engine::Environment environment{
      .endpoint = {addresses->front(), target_.mqtt.host, {addresses->begin() + 1, addresses->end()}},
      .materials = *materials,
      .prober = prober,
      .host = host->get(),
      .progress = progress,
      .broker_files = broker_files.get(),
      .base = target_.broker.base,
      .seed = options_.seed,
      .recorder = options_.recorder};
  auto result = engine::run_target(plan_, target_.name, environment, options_.engine, deadline_);
  if (result && version) result->broker = std::string(driver.name()) + " " + version->text;
  if (result && !observes()) result->broker_doubt = doubt;
  if (result && *host) result->clock_doubt = clock_doubt((*host)->clock());
  if (result && observes()) result->not_restarted = not_restarted(host->get());
  if (result && observes()) result->fingerprints = fingerprints(*result, host->get());
  if (result) copy_keys_first(*result, target_.ssh, options_.kept_in);
  if (result)
    if (const auto kept = keep_files(*result, options_.report_folder); !kept) options_.doubt(kept.error());
  return result;
}

// The broker may have been told of a change without a restart: that is not seen from outside.
Message TargetRunner::not_restarted(remote::SshBrokerHost* host) const {
  if (host == nullptr) return {};
  const auto state = remote::broker_state(*host, target_.broker, {}, deadline_.within(look_time));
  if (!state || !state->newer_than_broker) return {};
  return msg(
      "The configuration, or a file that it names, has changed since the broker was started: unless the broker has "
      "been told, it does not know of that. Restart it: {command}",
      {{"command", restart_command(target_.broker)}});
}

std::vector<Fingerprint> TargetRunner::fingerprints(TargetResult result, remote::SshBrokerHost* host) const {
  if (host != nullptr)
    result.fingerprints = remote::host_fingerprints(*host, target_.broker, deadline_.within(look_time));
  return fingerprints_of(result);
}

bool TargetRunner::uses_given() const {
  const auto own = pki::labs_own(plan_, merged(target_.materials, plan_.given), Configuration::applied);
  return !own.authorities.empty() || !own.accounts.empty() || !own.identities.empty();
}

// Materials that the target does not give come from the paths at which the plan installs them.
MaterialSources TargetRunner::given(remote::SshBrokerHost* host) const {
  auto given = merged(target_.materials, plan_.given);
  if (!remote::lies_on_host(given)) return given;
  if (host != nullptr) return remote::fetch(given, *host, folder_, deadline_.within(look_time));
  return remote::without_host(given, no_login_.value_or(remote::no_way_to_host()));
}

std::unique_ptr<Materials> TargetRunner::materials(remote::SshBrokerHost* host) {
  const auto clock = host == nullptr ? ClockSkew{} : host->clock().value_or(ClockSkew{});
  if (minted_) {
    minted_->set_host_clock(clock);
    return std::move(minted_);
  }
  auto given = std::make_unique<pki::ProvidedMaterials>(
      plan_, this->given(host), folder_,
      pki::GivenOptions{.seed = options_.seed.empty() ? "" : derive(options_.seed, "strangers"),
                        .configuration = observes() ? Configuration::as_it_stands : Configuration::applied,
                        .kept_in = options_.kept_in});
  given->set_host_clock(clock);
  return given;
}

// None without a host or a version in its answer: then the plan is applied as for the newest version.
std::optional<brokers::BrokerVersion> TargetRunner::version_on(remote::SshBrokerHost* host) const {
  if (host == nullptr) return std::nullopt;
  const auto words = host->version_words(deadline_.within(version_time));
  return words ? brokers::driver_of(target_.broker).version_in(*words) : std::nullopt;
}

void TargetRunner::begin_login() {
  if (!target_.ssh) return;
  open_shell_ = opener_of(target_);
  first_shell_ = std::async(std::launch::async, open_shell_, deadline_.within(ssh::login_time));
}

// None if the target has no SSH address. A failed login ends a run that applies stages; one that only observes
// continues.
Result<std::unique_ptr<remote::SshBrokerHost>> TargetRunner::log_in() {
  if (!target_.ssh) return nullptr;
  auto shell = first_shell_.get();
  // Much can be observed without sudo.
  if (!shell && observes() && target_.broker.sudo && shell.error().kind == ErrorKind::denied) {
    open_shell_ = ssh::ssh_opener(*target_.ssh, ssh::Privilege::login_user);
    shell = open_shell_(deadline_.within(ssh::login_time));
  }
  // The peer may be another machine, and so may its broker.
  if (!shell && shell.error().kind == ErrorKind::wrong_host) return tl::make_unexpected(shell.error());
  if (!shell && observes()) {
    options_.doubt(shell.error());
    no_login_ = shell.error();
    return nullptr;
  }
  if (!shell) return tl::make_unexpected(shell.error());
  auto first = std::make_shared<std::unique_ptr<ssh::Shell>>(*std::move(shell));
  auto host = std::make_unique<remote::SshBrokerHost>(
      [first, open = open_shell_](const Deadline& deadline) -> Result<std::unique_ptr<ssh::Shell>> {
        if (*first != nullptr) return std::move(*first);
        return open(deadline.within(ssh::login_time));
      },
      target_.broker);
  host->map_ports(ports_there(target_));
  return host;
}

}  // namespace mqtts::runner
