// What a broker's host tells of the broker's protection: one script, which changes nothing there, and the parser of its
// output. Pure. No private key, password or hash is in it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/brokers/known_flaws.h"
#include "harness/brokers/review.h"
#include "harness/model/target.h"
#include "harness/remote/firewall.h"
#include "harness/remote/host_facts.h"
#include "harness/remote/readers_of_files.h"

namespace mqtts::remote {

enum class Told {
  readable,
  missing,
  unknown,  // hidden from the user that the script ran as
  cut       // too long: only its beginning was looked at
};

struct BrokerProcess {
  long id = 0;
  unsigned long user = 0;  // effective, by number
  unsigned long group = 0;
  std::string user_name;
  std::int64_t started = 0;          // by the host's clock, seconds since 1970; to 1 s
  bool reads_configuration = false;  // its command line names the profile's configuration
  bool is_verbose = false;           // its command line switches on all of its log
  bool sees_program = false;         // its program is the one that `program` names
  bool is_replaced = false;          // the program's file has changed since it started
};

struct PasswordHash {
  std::string scheme;     // "pbkdf2-sha512", "sha512", "argon2id", "plain", "other"
  std::string parameter;  // "101", "m=47104,t=1,p=1"; "-": none
  std::string account;    // "?": not known
};

// A file that only the broker should read.
struct SecretFile {
  std::string kind;  // key, accounts, shared, dynamic: see broker_secret_files
  Told told{};
  std::string path;                  // as the configuration names it
  std::optional<FileAccess> access;  // of the file that it is
  std::optional<std::vector<PasswordHash>> hashes;
  bool hashes_are_cut = false;
};

struct ToldText {
  brokers::ConfigurationText text;
  Told told{};
};

struct ToldPlace {
  std::string path;
  Told told{};
};

struct ToldFile {
  std::string path;
  std::string pem;  // certificates, or the public half of a key, at most 64 KiB
};

struct ToldSocket {
  ListeningSocket socket;
  std::string program;  // "?": not known
};

struct LogSecret {
  std::string kind;  // key, password, token
  std::int64_t line = 0;
};

// All texts come from the host, and may be hostile.
struct SecurityAnswer {
  unsigned long account = 0;  // user that the script ran as, by number
  std::optional<BrokerProcess> process;
  std::string program;
  brokers::InstalledBroker installed;
  std::optional<std::vector<std::string>> sandbox;  // "ProtectSystem=full"; none: no service manager keeps it
  std::vector<ToldText> texts;                      // first the configuration itself
  std::int64_t changed = 0;                         // when the newest of them changed last
  std::map<std::string, std::size_t> rules;         // of each file of rules, how many it has
  std::vector<SecretFile> secrets;
  People people;
  std::vector<ToldPlace> places;  // folders that were searched for keys
  std::vector<ToldFile> keys;     // private keys in them; `pem` is empty if it cannot be read without a passphrase
  std::vector<ToldFile> certificates;
  std::vector<std::string> unread;  // files in them that could not be looked at
  bool knows_sockets = false;
  bool has_ipv6 = false;
  std::vector<ToldSocket> sockets;
  std::vector<std::uint16_t> broker_ports;
  std::uint16_t ssh_port = 0;
  Firewall firewall;
  std::optional<Told> log;
  std::int64_t logins = 0;  // lines of the log
  std::int64_t refusals = 0;
  std::vector<LogSecret> log_secrets;
};

std::string security_script(const BrokerProfile& profile);

// ErrorKind::remote if the output is not complete.
Result<SecurityAnswer> parse_security(const std::string& output);

}  // namespace mqtts::remote
