// An attempt of a kind of probe on 127.0.0.1, and its facts.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "harness/probes/probes.h"
#include "tests/support/finished_lab.h"

namespace mqtts::test {

inline Client plain_client(std::uint16_t port, MqttVersion mqtt) {
  return {.address = "127.0.0.1", .port = port, .name = "127.0.0.1", .mqtt = mqtt};
}

// "name=value" of each fact, in the order of their names; what went wrong, if nothing was observed.
inline std::string facts_seen(const Result<Observation>& seen) {
  if (!seen) return to_english(seen.error().what);
  std::string all;
  for (const auto& [name, value] : seen->facts) all += (all.empty() ? "" : " ") + name + "=" + to_text(value);
  return all;
}

inline std::string story(const Result<Observation>& seen) {
  if (!seen) return to_english(seen.error().what);
  std::string all = std::string(to_string(seen->outcome)) + "/" + std::string(to_string(seen->by)) + "\n";
  for (const auto& each : seen->evidence) all += each.text + to_english(each.message) + "\n";
  return all;
}

inline Result<Observation> attempt_by(const std::string& kind, const Client& client,
                                      std::map<std::string, std::string> parameters = {},
                                      std::map<std::string, Client> others = {},
                                      Clock::duration timeout = std::chrono::seconds(3),
                                      Clock::duration span = std::chrono::seconds(30)) {
  probes::WireProber prober;
  return prober.observe({.client = client,
                         .kind = kind,
                         .others = std::move(others),
                         .parameters = std::move(parameters),
                         .timeout = timeout},
                        Deadline::in(span));
}

// Both versions of MQTT, for parameterised tests.
class BothVersions : public testing::TestWithParam<MqttVersion> {};

inline std::string name_of_version(const testing::TestParamInfo<MqttVersion>& each) {
  return each.param == MqttVersion::v5_0 ? "mqtt_5_0" : "mqtt_3_1_1";
}

}  // namespace mqtts::test
