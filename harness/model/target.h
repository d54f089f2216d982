// Whom we test: addresses, the way in by SSH, the broker's place on its host, and the lab's own material.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/model/material_sources.h"
#include "harness/util/message.h"

namespace mqtts {

struct MqttAddress {
  std::string host;  // a name or a number; it is resolved once, before any probe
  std::uint16_t tls_port = 8883;
  std::uint16_t plain_port = 1883;
};

// What makes a host's key the right one.
enum class HostKeyPolicy {
  strict,      // known_hosts_file holds it
  accept_new,  // as strict, but where the file holds none for that host, the key is added to it
  pinned,      // it has the fingerprint; known_hosts_file is not looked at
};

// A machine on the way, as ssh(1)'s -J has it. It is logged in to with the keys of the SshAddress, and its own key is
// held against the same known_hosts_file: strictly, unless the policy is accept_new.
struct SshJump {
  std::string host;
  std::uint16_t port = 22;
  std::string user;
};

struct SshAddress {
  std::string host;
  std::uint16_t port = 22;
  std::string user;
  std::vector<std::string> identity_files;  // private keys, absolute paths, tried in this order
  bool agent = false;                       // the keys of the agent at $SSH_AUTH_SOCK are tried, too
  std::string known_hosts_file;             // absolute path; may be empty where it is not looked at
  HostKeyPolicy host_key = HostKeyPolicy::strict;
  std::string fingerprint;  // "SHA256:" and 43 letters, as ssh-keygen -l shows it; for HostKeyPolicy::pinned
  std::optional<SshJump> jump;
  std::string sudo_password_file;  // of this machine; its first line is for sudo; empty: sudo must not ask
};

// Where the broker lives on its host and how it is driven: all paths are the host's. The first block is what a profile
// says (scenarios/profiles/), the second what depends on the target.
struct BrokerProfile {
  std::string name;
  LocalText title;
  std::string driver;  // of its kind of broker (brokers/drivers.h); empty: the default one
  std::string configuration_path;
  std::string log_path;
  std::string pid_file;           // where it may be missing, the process is found by its command line
  std::string user;               // whom the broker runs as; ${broker.user}
  std::string process;            // the name of the broker's program
  std::vector<std::string> base;  // the broker's configuration lines that every stage keeps
  std::string stop_command;       // POSIX sh; returns when the broker has ended
  std::string start_command;      // POSIX sh; may return before the broker listens
  std::string version_command;    // POSIX sh; what it says holds the version; its status is no matter
  bool sudo = false;              // commands need sudo

  std::string journal;         // the folder that a run makes to keep what it will put back
  std::string home;            // ${host.home}: where the lab's student keeps certificates
  std::string root;            // ${host.root}: put before paths at the root; empty on a real machine
  std::string plain_listener;  // what stands after `listener` for the plain port; ${broker.plain_listener}
  std::string tls_listener;    // the same for TLS; "40123 127.0.0.1" binds one address
};

struct Target {
  std::string name;
  MqttAddress mqtt;
  std::optional<SshAddress> ssh;
  BrokerProfile broker;
  MaterialSources materials;
};

}  // namespace mqtts
