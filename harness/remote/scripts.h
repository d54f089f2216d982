// The shell scripts that are sent to the broker's host, and the reading of what they answer. Pure.
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

// One run on one host: what its scripts have in common.
struct Owner {
  std::string token;        // in the names of what is half done; letters and digits
  std::string description;  // who we are and since when, for others to read; one line
};

// The first script of a shell. Ends what a `former` shell, if it is not empty, still runs, removes what that has left
// half done, makes this shell the holder of our journal if there is one. The answer is for parse_greeting.
std::string take_over_script(const BrokerProfile& profile, const Owner& us, const std::string& former);

struct Greeting {
  std::string identity;               // by which this shell is the next one's former
  std::optional<std::int64_t> clock;  // the host's, seconds since 1970; none: it does not tell
};

Greeting parse_greeting(const std::string& output);

// Journals what stands at these paths, and the service. The answer is for parse_taken.
std::string acquire_script(const BrokerProfile& profile, const Owner& us, const std::vector<std::string>& paths);

// The journal that was made, or who holds the host.
Result<std::variant<Journal, JournalOwner>> parse_taken(const std::string& output);

// The state of the journal. The answer is for parse_holder.
std::string state_script(const BrokerProfile& profile, const Owner& us);

enum class TakeOver {
  if_left,  // only where the former holder has gone
  by_force
};

// Takes over another run's journal. The answer is for parse_holder: `ours`, with the former holder's words, if it was.
std::string take_over_journal_script(const BrokerProfile& profile, const Owner& us, TakeOver succession);

// All files of a stage: its own, and the configuration with the mode and owner that it had (0644 if it is new).
std::vector<HostFile> files_of(const StageSetup& setup, const BrokerProfile& profile, const Journal& journal);

// The exit status of a script that would have changed something on a host that is not ours any more.
constexpr int not_held = 9;

// Puts the files, restarts the broker and waits, at most `seconds`, until it is up. The answer is for parse_applied.
std::string apply_script(const BrokerProfile& profile, const Owner& us, const std::vector<HostFile>& files,
                         const std::vector<std::uint16_t>& listening, double seconds);

struct RestartAnswer {
  std::string state;  // "up", or why it is not: see host.sh
  long process_id = 0;
  double seconds = 0;          // from before the stop until it was up, to 10 ms
  std::uint64_t log_size = 0;  // once it was up
  bool log_readable = false;
  std::vector<std::string> sums;  // SHA-256 of each file, in the order they were given
  std::string detail;             // the start command's and the log's own; hostile text
};

Result<RestartAnswer> parse_applied(const std::string& output);

// Puts back all that our journal names and the service, at most `seconds` for the latter, and looks at everything
// again.
std::string restore_script(const BrokerProfile& profile, const Owner& us, double seconds);

struct RestoreAnswer {
  Journal then;  // the journal
  Journal now;   // what is
};

Result<RestoreAnswer> parse_restored(const std::string& output);

// Removes our journal. Exits with 0 if there is none any more.
std::string forget_script(const BrokerProfile& profile, const Owner& us);

// What the log has gained since `offset`, at most `limit` bytes of it; none: only its size.
std::string log_script(const BrokerProfile& profile, std::optional<std::uint64_t> offset, std::uint64_t limit);

struct LogAnswer {
  std::uint64_t size = 0;      // of the log, to the end of its last whole line that was read
  std::uint64_t left_out = 0;  // bytes skipped because they were too many
  std::string lines;
};

Result<LogAnswer> parse_log(const std::string& output);

// The ports of the profile's listeners as /proc/net/tcp writes them, each after a space.
std::string hexadecimal_ports(const BrokerProfile& profile);

// Exits with 0 if the broker runs, with 1 if not or if it is started again and again and always ends, with another
// status if this user cannot know. Takes up to two seconds where it has just started.
std::string runs_script(const BrokerProfile& profile);

// "systemd" if the profile starts the broker by it, else "none": for last_error in host.sh.
std::string service_manager(const BrokerProfile& profile);

// Prints BrokerHost::last_error.
std::string last_error_script(const BrokerProfile& profile);

// The same as runs_script of a TCP port that is open on the host, or in the network of a broker that runs there.
std::string listens_script(const BrokerProfile& profile, std::uint16_t port);

std::string version_script(const BrokerProfile& profile);

}  // namespace mqtts::remote
