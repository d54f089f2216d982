// Runs one target, from its login to its result; shared by `run` and `grade`.
#pragma once

#include <functional>
#include <future>
#include <memory>
#include <string>

#include "harness/brokers/broker_version.h"
#include "harness/engine/run.h"
#include "harness/model/target.h"
#include "harness/pki/minted_materials.h"
#include "harness/remote/broker_host.h"
#include "harness/ssh/shell.h"
#include "harness/util/error.h"

namespace mqtts::runner {

struct TargetRunnerOptions {
  engine::Options engine;
  std::string seed;  // see engine::Environment; observe mode only
  // Folder for files that the commands in the evidence need, as they name it: absolute, or relative to the reports'
  // folder. Empty: nothing is kept.
  std::string kept_in = {};
  std::string report_folder = {};
  TrafficRecorder* recorder = nullptr;      // of the connections to the broker; null: they are not recorded
  std::function<void(const Error&)> doubt;  // receives errors that observing can ignore: a failed login
};

// Opens shells on the broker's host, with sudo if the target says so. The target must have an SSH address.
ssh::ShellOpener opener_of(const Target& target);

// The constructor starts the login. `folder` is private, and holds the run's keys until this object ends; a WireProber
// must have been constructed before any thread starts.
class TargetRunner {
 public:
  TargetRunner(TargetRunnerOptions options, Plan plan, Target target, std::string folder, const Deadline& deadline);

  // An Error means that nothing was judged. ErrorKind::wrong_host: a machine that may be another one is not probed.
  Result<TargetResult> go(Prober& prober, Progress& progress);

 private:
  bool observes() const { return options_.engine.mode == engine::Mode::observe; }
  std::optional<brokers::BrokerVersion> version_on(remote::SshBrokerHost* host) const;
  void begin_login();
  Result<std::unique_ptr<remote::SshBrokerHost>> log_in();
  std::unique_ptr<Materials> materials(remote::SshBrokerHost* host);
  bool uses_given() const;  // though the stages are applied
  MaterialSources given(remote::SshBrokerHost* host) const;
  Message not_restarted(remote::SshBrokerHost* host) const;
  std::vector<Fingerprint> fingerprints(TargetResult result, remote::SshBrokerHost* host) const;

  TargetRunnerOptions options_;
  const Target target_;
  const std::string folder_;
  Deadline deadline_;
  Plan plan_;
  ssh::ShellOpener open_shell_;
  std::future<Result<std::unique_ptr<ssh::Shell>>> first_shell_;
  std::optional<Error> no_login_;
  // Apply mode, unless the target gives something; started by the constructor.
  std::unique_ptr<pki::MintedMaterials> minted_;
};

}  // namespace mqtts::runner
