// Does the broker throttle a client that publishes as fast as it can?
#pragma once

#include "harness/model/probe_kind.h"

namespace mqtts::probes {

// Kind "publish_flood": "messages" of QoS 1 to "topic", which nobody need subscribe to; for who may load the broker.
//
// Throttled is a flood that the broker ends (twice of two), answers with a quota's code, or holds back: its messages
// are acknowledged several times slower than those of another client that, meanwhile, sends one and waits for its
// answer before the next. A broker or network that is merely slow is slow for both, and the one that waits is slower
// then. Not throttled is one that is acknowledged whole, at no less than a thousand messages a second. Between the two
// nothing is known.
ProbeKind publish_flood_kind();

}  // namespace mqtts::probes
