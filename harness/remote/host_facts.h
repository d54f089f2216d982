// Facts for `doctor` about the broker's host: one script, which changes nothing there, and the parser of its output.
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/target.h"
#include "harness/util/error.h"

namespace mqtts::remote {

// Answer to a question that the host may be unable to answer.
enum class Answer {
  yes,
  no,
  unknown
};

enum class Presence {
  readable,  // by the user that the script ran as
  missing,
  unknown,  // hidden from that user
};

struct RunningBroker {
  long process_id = 0;
  std::int64_t seconds = 0;  // since its start
  std::int64_t started = 0;  // by the host's clock, seconds since 1970; to 1 s
  std::string user;          // its effective user
};

struct ListeningSocket {
  std::uint16_t port = 0;
  bool loopback_only = false;
};

// Parses "0100007F:1F90" or the same with IPv6's 32 digits, as proc(5) writes them on a little-endian machine.
std::optional<ListeningSocket> socket_in(std::string_view text);

// One directive of the broker's configuration: only those that doctor needs, and none that may hold a secret.
struct ConfigurationLine {
  std::string word;
  std::string rest;
};

struct ConfigurationFile {
  std::string path;
  Presence presence{};
  std::vector<ConfigurationLine> lines;
};

// A file that the configuration names.
struct NamedFile {
  std::string kind;  // the directive, as BrokerDriver::role_of knows it
  std::string path;
  bool missing = false;
  Answer readable{};       // by the broker's user
  std::string mode;        // octal
  std::string owner;       // a name
  std::string blocked;     // a folder above it that the broker's user cannot enter; empty: none
  std::string pem;         // its certificates and revocation lists, at most 64 KiB; never a key
  std::string public_key;  // PEM; of a private key that openssl could read there
  std::optional<std::vector<std::string>> accounts;  // names; none: this is no file of accounts, or cannot be read
};

struct Folder {
  std::string purpose;  // configuration, log, journal
  std::string path;
  bool writable = false;                  // by the user that the script ran as
  std::optional<std::uint64_t> free_kib;  // on its file system
};

enum class FirewallKind {
  ufw,       // active
  nft,       // what nft(8) lists
  iptables,  // what iptables(8) lists
  unknown,   // none of them exists, or none answers this user
};

// All texts come from the host, and may be hostile.
struct HostFacts {
  std::int64_t clock = 0;  // seconds since 1970, when the script began
  std::string account;     // user that the script ran as
  std::string program;     // the broker's path; empty: not found
  std::string version;     // "2.0.11"; empty: not known
  std::optional<RunningBroker> running;
  std::string last_error;                        // of a broker that does not run: see BrokerHost::last_error
  std::string reader;                            // user whose permissions were checked
  std::vector<ConfigurationFile> configuration;  // first the file itself, then its includes
  std::vector<NamedFile> files;
  std::int64_t changed = 0;                 // when the newest of both changed last, seconds since 1970; 0: unknown
  std::string newest;                       // its path
  std::vector<NamedFile> given;             // for each path of FactsQuestion::given; readable by the login
  Answer broker_ports_known{};              // no: the broker does not run
  std::vector<std::uint16_t> broker_ports;  // that the broker listens on
  std::vector<ListeningSocket> listening;   // by any process
  FirewallKind firewall = FirewallKind::unknown;
  std::vector<std::string> firewall_rules;  // lines as that program prints them
  Presence log{};
  Answer log_writable{};  // by the broker's user; for its folder if there is no log yet
  std::vector<Folder> folders;
  std::optional<Answer> home_open;  // the broker's user may enter it; none: there is no such folder
  std::optional<Answer> journal;    // a run left one; none: not requested
  std::string kept_since;           // when a run with --keep left it; empty: an interrupted one
};

struct FactsQuestion {
  BrokerProfile profile;
  std::string journal;                  // the host's folder for the journal of an interrupted run; empty: not requested
  std::vector<std::string> given = {};  // the host's files with material for the checks
};

std::string facts_script(const FactsQuestion& question);

// The functions of that script, with its variables, for a script that goes on with others.
std::string facts_head(const FactsQuestion& question);

// ErrorKind::remote if the output is not complete.
Result<HostFacts> parse_facts(const std::string& output);

}  // namespace mqtts::remote
