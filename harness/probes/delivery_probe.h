// Does what this client publishes reach a subscriber, and intact?
#pragma once

#include "harness/model/probe_kind.h"

namespace mqtts::probes {

// Kind "deliver". The client publishes a random payload to "topic", a subscriber receives it. Role "reader": the
// subscriber; without it the client subscribes on its own connection. Parameters:
//   topic     where the client publishes
//   filter    what the subscriber subscribes to; `topic` if it is left out
//   sentinel  a topic that the same two clients may use: after the payload a sentinel is published there
//   qos       0 (default), 1 or 2, of subscription and publication
//   retain    "true": the payload is retained, and published before the subscription; it is taken away afterwards
//   will      "true": the payload is the client's will, and its connection ends without DISCONNECT
//   client_id of the client that publishes; one drawn for the attempt if it is left out
//
// accepted: the payload came back intact. garbled by the broker: altered. Refused or closed as the broker said it to
// either client. timeout with the reason "not_delivered": it did not arrive, and neither did a sentinel.
// With a sentinel: denied by the broker if the sentinel arrived on the same path and the payload did not; denied by
// MQTT, with the code, if SUBACK, PUBACK, DISCONNECT or the CONNACK of a client with a will refused. A broker that ends
// the connection at a denied request (RabbitMQ, ejabberd) has denied if it does so twice, while the other client's
// connection stays and a sentinel arrives in between. Ignores other messages. Nothing is retained where the broker
// keeps somebody else's message.
// Facts: "delivery.received", "delivery.sentinel", "delivery.dropped" (more came than could be kept), "delivery.refused"
// ("reader"), and of a denial "delivery.denial": "silence", "suback", "puback", "connack", "disconnect" or "closing".
// Before a silence counts, payload and sentinel are published a second time, unless they are wills.
ProbeKind deliver_kind();

}  // namespace mqtts::probes
