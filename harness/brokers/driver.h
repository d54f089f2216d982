// What the harness must know of a kind of broker to drive it: one implementation and one row of drivers.cpp each.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/brokers/broker_version.h"
#include "harness/brokers/review.h"
#include "harness/model/broker_files.h"
#include "harness/util/message.h"

namespace mqtts::brokers {

struct BrokerFilesChoice {
  std::unique_ptr<BrokerFiles> files;
  Message doubt;  // a sentence that says so, if the version is not one that we know; else empty
};

// What is in a file that a directive of the configuration names.
enum class FileRole {
  own_certificate,  // what the broker shows to clients, its chain included
  authorities,      // whose clients it trusts
  revocation_list,
  private_key,
  accounts,
  other,
};

// The functions that BrokerDriver::script defines; what each does stands above it in mosquitto.sh.
inline constexpr std::array<std::string_view, 21> script_functions = {
    "broker_names_conf",       "broker_loaded",        "broker_opened",       "broker_events",
    "broker_version",          "broker_includes",      "broker_public_lines", "broker_runs_as",
    "broker_names_file",       "broker_names_pem",     "broker_files",        "broker_password_hashes",
    "broker_names_accounts",   "broker_account_names", "broker_secret_files", "broker_hash_schemes",
    "broker_numbered_lines",   "broker_counts_logins", "broker_is_verbose",   "broker_rule_files",
    "broker_certificate_files"};

// Stateless: one object for all brokers of the kind. Safe from any thread.
class BrokerDriver {
 public:
  virtual ~BrokerDriver() = default;

  // As a profile's "driver" has it, and as reports name the broker before its version.
  virtual std::string_view name() const = 0;

  // Finds the version in what the profile's version command, or the broker's log, says. Hostile text is only ever
  // not a version.
  virtual std::optional<BrokerVersion> version_in(std::string_view words) const = 0;

  // The same of a number as broker_version of the script tells it: "2.0.11".
  virtual std::optional<BrokerVersion> version_of(std::string_view number) const = 0;

  // Returns what writes the files of a broker of this version. For none (it could not be asked), and for one that we
  // do not know, the nearest that we do, and a doubt.
  virtual BrokerFilesChoice files_for(const std::optional<BrokerVersion>& version) const = 0;

  // Returns POSIX sh that defines script_functions, to be sent in front of the scripts of harness/remote.
  virtual std::string_view script() const = 0;

  // ---- of directives that broker_public_lines tells --------------------------------------------------------------

  // Returns what the file is for that `directive` names.
  virtual FileRole role_of(std::string_view directive) const = 0;
  // Returns the TCP port that the line opens, 0 if that is none (a Unix socket), and nothing if it is about no
  // listener.
  virtual std::optional<std::uint16_t> port_of(std::string_view directive, std::string_view value) const = 0;
  // Returns the port that is opened where no line is about a listener.
  virtual std::uint16_t default_port() const = 0;
  // True if `line`, of the configuration, makes the broker read other files as part of it.
  virtual bool includes_files(std::string_view line) const = 0;

  // ---- of the whole configuration --------------------------------------------------------------------------------

  // Which words broker_numbered_lines may tell.
  virtual const ConfigurationWords& words() const = 0;
  virtual ConfigurationReview review(const WrittenConfiguration& written) const = 0;
  // What is published of flaws, for review_flaws.
  virtual std::string_view flaws() const = 0;

  // ---- hints for people ------------------------------------------------------------------------------------------

  // How to open a port on all addresses.
  virtual Message hint_to_open(std::uint16_t port) const = 0;
  // The command that adds an account to a file of them, and asks for its password; not quoted.
  virtual std::vector<std::string> command_to_add_account(const std::string& file, const std::string& name) const = 0;
  // How to keep other files out of a run's configuration.
  virtual Message hint_to_include_nothing() const = 0;
};

}  // namespace mqtts::brokers
