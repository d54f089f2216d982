// The system under test: its addresses, SSH login, the broker's files on its host, and the lab's own material.
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
  std::string host;  // a name or an IP address; resolved once, before any probe
  std::uint16_t tls_port = 8883;
  std::uint16_t plain_port = 1883;
  std::uint16_t websocket_port = 0;  // 0: not said
  std::uint16_t secure_websocket_port = 0;
  std::string websocket_path = "/mqtt";
};

// How the host's key is verified.
enum class HostKeyPolicy {
  strict,      // known_hosts_file must hold it
  accept_new,  // as strict, but adds the key if the file holds none for that host
  pinned,      // it must have the fingerprint; known_hosts_file is not read
};

// A jump host, as in ssh(1) -J. Its login uses the keys of the SshAddress, and its host key is verified against the
// same known_hosts_file: strictly, unless the policy is accept_new.
struct SshJump {
  std::string host;
  std::uint16_t port = 22;
  std::string user;
};

struct SshAddress {
  std::string host;
  std::uint16_t port = 22;
  std::string user;
  std::vector<std::string> identity_files;  // private keys, absolute paths, in the order of the attempts
  bool agent = false;                       // also tries the keys of the agent at $SSH_AUTH_SOCK
  std::string known_hosts_file;             // absolute path; may be empty if it is not read
  HostKeyPolicy host_key = HostKeyPolicy::strict;
  std::string fingerprint;  // "SHA256:" and 43 characters, as in ssh-keygen -l; for HostKeyPolicy::pinned
  std::optional<SshJump> jump;
  std::string sudo_password_file;  // file of this machine, password in its first line; empty: sudo must not ask
};

// The broker's files on its host and the commands that control it; all paths are the host's. The first block comes from
// a profile (scenarios/profiles/), the second depends on the target.
struct BrokerProfile {
  std::string name;
  LocalText title;
  std::string driver;  // of its kind of broker (brokers/drivers.h); empty: the default one
  std::string configuration_path;
  std::string log_path;
  std::string pid_file;           // if it may be missing, the process is found by its command line
  std::string user;               // user that the broker runs as; ${broker.user}
  std::string process;            // name of the broker's program
  std::vector<std::string> base;  // broker configuration lines that every stage keeps
  std::string stop_command;       // POSIX sh; returns when the broker has ended
  std::string start_command;      // POSIX sh; may return before the broker listens
  std::string version_command;    // POSIX sh; its output contains the version; its exit status is ignored
  bool sudo = false;              // commands need sudo

  std::string journal;         // folder in which a run stores what it will restore
  std::string home;            // ${host.home}: the folder of the student's certificates
  std::string root;            // ${host.root}: prefix of absolute paths; empty on a real machine
  std::string plain_listener;  // value of `listener` for the plain port; ${broker.plain_listener}
  std::string tls_listener;    // the same for TLS; "40123 127.0.0.1" binds one address
};

// As a person types it on the broker's host.
std::string restart_command(const BrokerProfile& broker);

struct Target {
  std::string name;
  MqttAddress mqtt;
  std::optional<SshAddress> ssh;
  BrokerProfile broker;
  MaterialSources materials;
};

}  // namespace mqtts
