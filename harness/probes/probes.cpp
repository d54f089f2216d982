#include "harness/probes/probes.h"

#include "harness/probes/connect_probe.h"
#include "harness/probes/delivery_probe.h"
#include "harness/wire/paho_runtime.h"

namespace mqtts::probes {
namespace {

// One row a kind of probe; the first that fits an attempt makes it.
struct ProbeKind {
  bool (*fits)(const Attempt&);
  Result<Observation> (*probe)(const Attempt&, const Deadline&);
};

constexpr ProbeKind kinds[] = {
    {[](const Attempt& attempt) { return attempt.topic.empty(); }, probe_connect},
    {[](const Attempt& attempt) { return !attempt.topic.empty(); }, probe_round_trip},
};

}  // namespace

// Should it fail, every attempt fails with the reason.
WireProber::WireProber() { static_cast<void>(wire::prepare_paho()); }

Result<Observation> WireProber::observe(const Attempt& attempt, const Deadline& deadline) {
  for (const auto& kind : kinds)
    if (kind.fits(attempt)) return kind.probe(attempt, deadline);
  throw std::logic_error("no kind of probe fits the attempt");
}

}  // namespace mqtts::probes
