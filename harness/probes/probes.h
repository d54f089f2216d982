// Attempts made with real clients: the Prober of every run that is not a test.
#pragma once

#include "harness/model/probe_kind.h"

namespace mqtts::probes {

// The kinds that this program has, each in a file beside this one.
ProbeKinds kinds();

// Runs an attempt by the row of its kind. Safe from any thread; holds no state of its own. Construct it before other
// threads are started: the first one prepares Paho (see wire::prepare_paho).
class WireProber : public Prober {
 public:
  explicit WireProber(ProbeKinds all = kinds());
  // ErrorKind::local if there is no such kind.
  Result<Observation> observe(const Attempt& attempt, const Deadline& deadline) override;

 private:
  const ProbeKinds kinds_;
};

}  // namespace mqtts::probes
