// The shell scripts that are sent to the broker's host, and the reading of what they answer. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/model/error.h"
#include "harness/model/target.h"
#include "harness/model/world.h"
#include "harness/remote/originals.h"

namespace mqtts::remote {

// One word of POSIX sh that stands for exactly these bytes (none of which may be NUL).
std::string quoted(const std::string& word);

// Lower-case hex SHA-256 of the bytes.
std::string sha256_hex(const std::string& bytes);

std::string base64_encoded(const std::string& bytes);                // without line breaks
std::optional<std::string> base64_decoded(const std::string& text);  // white space is ignored

// The first script of a shell. Ends what a `former` shell, if it is not empty, still runs, removes what that has left
// half done beside `paths`, and answers with the identity by which this shell is the next one's former.
std::string take_over_script(const BrokerProfile& profile, const std::string& former,
                             const std::vector<std::string>& paths, const std::string& tag);

// Reads each path, and whether the broker runs, changing nothing: see parse_originals.
std::string originals_script(const BrokerProfile& profile, const std::vector<std::string>& paths);

// All files of a stage: its own, and the configuration with the mode and owner that it had (0644 if it is new).
std::vector<HostFile> files_of(const StageSetup& setup, const BrokerProfile& profile, const Originals& originals);

// Puts the files, restarts the broker and waits, at most `seconds`, until it is up. `tag` makes the names of
// temporary folders unique. The answer is for parse_applied.
std::string apply_script(const BrokerProfile& profile, const std::vector<HostFile>& files,
                         const std::vector<std::uint16_t>& listening, const std::string& tag, double seconds);

struct RestartAnswer {
  std::string state;  // "up", or why it is not: see host.sh
  long process_id = 0;
  double seconds = 0;          // from before the stop until it was up, to 10 ms
  std::uint64_t log_size = 0;  // once it was up
  bool log_readable = false;
  std::vector<std::string> sums;  // SHA-256 of each file, in the order they were given
  std::string words;              // the start command's and the log's own; hostile text
};

Result<RestartAnswer> parse_applied(const std::string& output);

// Puts back all of `originals` and the service, then reads everything again: the answer is for parse_originals.
std::string restore_script(const BrokerProfile& profile, const Originals& originals, const std::string& tag,
                           double seconds);

// What the log has gained since `offset`, at most `limit` bytes of it; none: only its size.
std::string log_script(const BrokerProfile& profile, std::optional<std::uint64_t> offset, std::uint64_t limit);

struct LogAnswer {
  std::uint64_t size = 0;      // of the log, to the end of its last whole line that was read
  std::uint64_t left_out = 0;  // bytes skipped because they were too many
  std::string lines;
};

Result<LogAnswer> parse_log(const std::string& output);

// Exits with 0 if the broker runs, with 1 if not.
std::string runs_script(const BrokerProfile& profile);

std::string version_script(const BrokerProfile& profile);

}  // namespace mqtts::remote
