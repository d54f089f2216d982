// Mistakes in Mosquitto's configuration that change who gets in, and how Mosquitto reads it. Pure.
//
// From its sources (1.6 to 2.1) and tried with 2.0.11; tests/brokers/mosquitto_lint_local_test.cpp tries again what a
// running Mosquitto can show:
// - A file that is included begins outside of every listener: what it says there is about the default listener.
// - While per_listener_settings is false, accounts, rules and allow_anonymous are everybody's, and the last one counts.
// - A listener has TLS if it has `certfile`, or `psk_hint`; `cafile` alone changes nothing since 2.0.
// - Up to 2.0.11 any TLS option outside of a listener opens port 1883 on all addresses.
#pragma once

#include "harness/brokers/review.h"

namespace mqtts::brokers {

const ConfigurationWords& mosquitto_words();

ConfigurationReview review_mosquitto(const WrittenConfiguration& written);

}  // namespace mqtts::brokers
