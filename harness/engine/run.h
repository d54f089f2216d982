// One target, from its first stage to its broker put back.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/engine/resolve.h"
#include "harness/engine/setup.h"
#include "harness/model/broker_files.h"
#include "harness/model/interfaces.h"
#include "harness/model/report.h"
#include "harness/model/traffic.h"
#include "harness/util/deadline.h"

namespace mqtts::engine {

enum class Mode {
  apply,    // each stage is applied to the broker before it is probed, and the broker is put back at the end
  observe,  // the broker is probed as it stands
};

enum class Afterwards {
  put_back,
  keep
};
enum class OnFailure {
  go_on,
  stop
};

enum class Permission {
  gentle,     // what any client may do
  intrusive,  // probes that load, guess or attack, too
};

enum class Stages {
  build_on_each_other,  // observing, an early stage's client is given what a later one demands
  are_groups,           // of checks that have nothing to do with one another: each is asked as it is stated
};

struct Options {
  Mode mode = Mode::apply;
  Permission permission = Permission::gentle;
  Stages stages = Stages::build_on_each_other;
  Afterwards afterwards = Afterwards::put_back;
  OnFailure on_failure = OnFailure::go_on;
  Clock::duration probe_timeout = std::chrono::seconds(5);
  // Observe mode: how many connections must be refused for one check. Of a broker with as many weak back ends as good
  // ones, which a load balancer draws at random, 7 find a weak one with 99 %.
  int repeat = 7;
  // The same for checks by a wrong login, of which a broker may count the attempts.
  int repeat_wrong_logins = 7;
  // Observe mode: after how many time-outs of clients that should be let in a port is silent, and is not tried again.
  int silent_after = 2;
  // Before a client that was let in and is not any more is asked again. A broker that is restarted is back after the
  // first pause, and a limit on new connections may be over after the second.
  std::vector<Clock::duration> pauses = {std::chrono::seconds(1), std::chrono::seconds(3)};
  std::function<bool(const StageSpec&)> wants_stage = [](const StageSpec&) { return true; };
  std::function<bool(const CheckSpec&)> wants_check = [](const CheckSpec&) { return true; };
  // A negative check that is tried although nobody has given what its control needs: that it gets in is a failure, that
  // it does not proves nothing, and is skipped.
  std::function<bool(const CheckSpec&)> tries_without_control = [](const CheckSpec&) { return false; };
};

// All that a run touches. `host` may be null in observe mode: then nothing is asked of the broker's machine.
struct Environment {
  Endpoint endpoint;
  Materials& materials;
  Prober& prober;
  BrokerHost* host = nullptr;
  Progress& progress;
  const BrokerFiles* broker_files = nullptr;  // apply mode only
  std::vector<std::string> base;              // the broker's own configuration lines; apply mode only
  // Observe mode: what the order of stages and checks, client ids, topics and payloads are drawn from (see
  // util/seeded_random.h), so that a broker cannot know what comes next. Empty: the plan's order and topics, ids at
  // random.
  std::string seed{};
  TrafficRecorder* recorder = nullptr;  // of every connection of an attempt; null: nothing is recorded
};

// Lets the attempt's clients record their connections as those of that check. `name` is the attempt's.
void record_traffic(Attempt& attempt, const Environment& environment, const Plan& plan, const std::string& check,
                    const std::string& name);

// `plan` is expanded for this target. Returns by `deadline` plus the time that putting the broker back takes
// (30 s at most); checks that were not reached by then say so. An Error means that the host could not be taken: nothing
// was judged, and nothing changed.
Result<TargetResult> run_target(const Plan& plan, const std::string& target_name, Environment& environment,
                                const Options& options, const Deadline& deadline);

}  // namespace mqtts::engine
