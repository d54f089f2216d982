// One target, from its way in to its result: what `run` and `grade` do alike.
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
  std::string seed;                         // see engine::World; observe mode only
  std::function<void(const Error&)> doubt;  // told what is passed over: a login that only observing can do without
};

// Logs in to the broker's host, as sudo if the target says so. The target must have a way in.
ssh::ShellOpener opener_of(const Target& target);

// Begins to log in when it is constructed. `folder` is private, and holds the run's keys as long as this lives; a
// WireProber must have been made before there were threads.
class TargetRunner {
 public:
  TargetRunner(TargetRunnerOptions options, Plan plan, Target target, std::string folder, const Deadline& deadline);

  // An Error means that nothing was judged. ErrorKind::wrong_host: nothing is asked of what may be another machine.
  Result<TargetResult> go(Prober& prober, Progress& progress);

 private:
  bool observes() const { return options_.engine.mode == engine::Mode::observe; }
  std::optional<brokers::BrokerVersion> version_on(remote::SshBrokerHost* host) const;
  void begin_login();
  Result<std::unique_ptr<remote::SshBrokerHost>> log_in();
  std::unique_ptr<Materials> materials(remote::SshBrokerHost* host);
  MaterialSources given(remote::SshBrokerHost* host) const;
  std::vector<Fingerprint> traits(TargetResult result, remote::SshBrokerHost* host) const;

  TargetRunnerOptions options_;
  const Target target_;
  const std::string folder_;
  Deadline deadline_;
  Plan plan_;
  ssh::ShellOpener open_shell_;
  std::future<Result<std::unique_ptr<ssh::Shell>>> first_shell_;
  std::optional<Error> no_login_;
  std::unique_ptr<pki::MintedMaterials> minted_;  // apply mode: begun at construction
};

}  // namespace mqtts::runner
