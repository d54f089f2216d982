// Does a client give itself rights by its client id?
#pragma once

#include "harness/model/probe_kind.h"

namespace mqtts::probes {

// Kind "client_id_patterns". A rule such as "users/%c/#" puts the client id into a topic filter, or, in RabbitMQ before
// 4.2.4, into a regular expression. The client logs in with ids that mean more than a name there, publishes to "topic",
// which it may not, and subscribes to it, each beside a sentinel. Role "owner": another client, that may read and write
// the topic; it publishes there for itself before and after. Parameters:
//   topic     of the owner alone
//   sentinel  that both may read and write
//   victim    a name in the topic; the first id is "VICTIM/" and the topic's next level
//   qos       0 (default), 1 or 2
//
// Facts: "client_id_patterns.delivered", the ids by which a message came that should not have, as "write .*" or
// "read a/b"; empty only if each id was denied (see delivery_probe.h), or, twice, refused by CONNACK or without its
// sentinel, too, while with an ordinary id the client had its messages before and after.
// "client_id_patterns.tried": how many ids.
ProbeKind client_id_patterns_kind();

}  // namespace mqtts::probes
