// Attempts made with real clients: the Prober of every run that is not a test.
#pragma once

#include "harness/model/interfaces.h"

namespace mqtts::probes {

// Safe from any thread; holds no state of its own. Construct it before other threads are started: the first
// one prepares Paho (see wire::prepare_paho).
class WireProber : public Prober {
 public:
  WireProber();
  Result<Observation> observe(const Attempt& attempt, const Deadline& deadline) override;
};

}  // namespace mqtts::probes
