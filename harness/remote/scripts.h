// Makes the shell scripts for the broker's host, and parses their output. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "harness/model/interfaces.h"
#include "harness/model/target.h"
#include "harness/remote/journal.h"
#include "harness/util/error.h"

namespace mqtts::remote {

// One run on one host: shared by its scripts.
struct Owner {
  std::string token;        // in the names of unfinished files; letters and digits
  std::string description;  // who we are and since when, for others to read; one line
};

// First script of a shell. Ends what a `former` shell, if not empty, still runs, removes its unfinished files, and
// makes this shell the holder of our journal if there is one. Parse the output with parse_greeting.
std::string take_over_script(const BrokerProfile& profile, const Owner& us, const std::string& former);

struct Greeting {
  std::string identity;               // the next shell's `former`
  std::optional<std::int64_t> clock;  // the host's, seconds since 1970; none: not reported
};

Greeting parse_greeting(const std::string& output);

// Journals the state of these paths, and the service. Parse the output with parse_taken.
std::string acquire_script(const BrokerProfile& profile, const Owner& us, const std::vector<std::string>& paths);

// Returns the new journal, or the holder of the host.
Result<std::variant<Journal, JournalOwner>> parse_taken(const std::string& output);

// Reports the state of the journal. Parse the output with parse_holder.
std::string state_script(const BrokerProfile& profile, const Owner& us);

enum class TakeOver {
  if_left,  // only if the former holder has gone
  by_force
};

// Takes over another run's journal. For parse_holder: `ours`, with the former holder's description, on success.
std::string take_over_journal_script(const BrokerProfile& profile, const Owner& us, TakeOver succession);

// Returns all files of a stage: its own, and the configuration with its former mode and owner (0644 if it is new).
std::vector<HostFile> files_of(const StageSetup& setup, const BrokerProfile& profile, const Journal& journal);

// Exit status of a script that would have changed a host that is no longer ours.
constexpr int not_held = 9;

// Installs the files, restarts the broker and waits, at most `seconds`, until it is up. For parse_applied.
std::string apply_script(const BrokerProfile& profile, const Owner& us, const std::vector<HostFile>& files,
                         const std::vector<std::uint16_t>& listening, double seconds);

struct RestartAnswer {
  std::string state;  // "up", or why it is not: see host.sh
  long process_id = 0;
  double seconds = 0;          // from before the stop until it was up, to 10 ms
  std::uint64_t log_size = 0;  // once it was up
  bool log_readable = false;
  std::vector<std::string> sums;  // SHA-256 of each file, in the given order
  std::string detail;             // output of the start command and the log; hostile text
};

Result<RestartAnswer> parse_applied(const std::string& output);

// Restores all paths of our journal and the service, at most `seconds` for the latter, and checks everything again.
std::string restore_script(const BrokerProfile& profile, const Owner& us, double seconds);

struct RestoreAnswer {
  Journal then;  // the journal
  Journal now;   // the current state
};

Result<RestoreAnswer> parse_restored(const std::string& output);

// Notes in our journal that the stage is left in place on purpose.
std::string keep_script(const BrokerProfile& profile, const Owner& us);

// Removes our journal. Exits with 0 if there is none any more.
std::string forget_script(const BrokerProfile& profile, const Owner& us);

// Prints the log's bytes since `offset`, at most `limit` of them; without `offset`: only its size.
std::string log_script(const BrokerProfile& profile, std::optional<std::uint64_t> offset, std::uint64_t limit);

struct LogAnswer {
  std::uint64_t size = 0;      // of the log, to the end of its last whole line that was read
  std::uint64_t left_out = 0;  // bytes skipped because they were too many
  std::string lines;
};

Result<LogAnswer> parse_log(const std::string& output);

// Returns the ports of the profile's listeners in the format of /proc/net/tcp, each after a space.
std::string hexadecimal_ports(const BrokerProfile& profile);

// Exits with 0 if the broker runs, with 1 if not or if it restarts again and again, with another status if this user
// cannot know. Takes up to two seconds if it has just started.
std::string runs_script(const BrokerProfile& profile);

// Returns "systemd" if the profile starts the broker by it, else "none": for last_error in host.sh.
std::string service_manager(const BrokerProfile& profile);

// Prints BrokerHost::last_error.
std::string last_error_script(const BrokerProfile& profile);

// As runs_script, for a TCP port that is open on the host, or in the network of a broker that runs there.
std::string listens_script(const BrokerProfile& profile, std::uint16_t port);

std::string version_script(const BrokerProfile& profile);

}  // namespace mqtts::remote
