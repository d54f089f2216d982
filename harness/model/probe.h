// What a check does: a kind of probe, its clients by role, and its parameters.
#pragma once

#include <map>
#include <optional>
#include <string>

namespace mqtts {

// How far a client got. Each layer includes those before it.
enum class Layer {
  none,
  network,  // TCP connected, or somebody answered
  server,   // the server has shown a certificate that the client verified, and proven that it holds its key
  tls,      // the handshake is complete on both sides
  mqtt,     // CONNACK accepted the client
  action    // the probe's action was carried out
};

std::string_view to_string(Layer);
std::optional<Layer> layer_from(std::string_view);

// What a kind of probe cannot do without. Where it is missing, a check is skipped and says so.
struct Needs {
  bool ssh = false;        // the broker's host
  bool ca_key = false;     // the key of the broker's own CA, to issue certificates with
  bool recorder = false;   // a recording of the traffic
  bool intrusion = false;  // permission to load, guess or break
  bool change = false;     // permission to change the broker's rights for a moment: had where we have set it up
  bool operator==(const Needs&) const = default;
};

// What another client of the probe brings in place of what the check's client brings; none: the same.
struct RoleSpec {
  std::optional<std::string> account;
  std::optional<std::string> certificate;
  bool operator==(const RoleSpec&) const = default;
};

struct ProbeSpec {
  std::string kind = "connect";                        // see probes/probes.h
  std::map<std::string, RoleSpec> roles = {};          // clients beside the check's own: "reader"
  std::map<std::string, std::string> parameters = {};  // "topic", "qos"; variables until expanded
  Needs needs = {};                                    // of the kind
  bool waits = false;                                  // of the kind: see ProbeKind
  bool operator==(const ProbeSpec&) const = default;

  // Empty if there is none.
  const std::string& parameter(const std::string& name) const {
    static const std::string none;
    const auto found = parameters.find(name);
    return found == parameters.end() ? none : found->second;
  }
};

}  // namespace mqtts
