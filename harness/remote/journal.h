// State of the broker's host before a run changed it, as stored in the journal on the host (see journal.sh); restoring
// is checked against it. Pure. No file content ever leaves the host.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/model/target.h"
#include "harness/util/error.h"

namespace mqtts::remote {

// State of a path.
struct FileState {
  enum class Kind {
    absent,
    file,
    link,
    other  // a folder, a device
  };
  std::string path;
  Kind kind = Kind::absent;
  int mode = 0;               // file only
  std::string owner;          // "uid:gid"; file and link
  std::int64_t modified = 0;  // file only, seconds since 1970
  std::string sha256;         // file: of its bytes; link: of its target
  bool operator==(const FileState&) const = default;
};

struct Journal {
  std::vector<FileState> files;           // the N-th is files/N in the journal's folder, from 1
  std::set<std::string> missing_folders;  // parents of these files that did not exist
  bool broker_ran = false;
  std::string process;             // the broker's process id and start time, "12:3456"; empty: it did not run
  std::vector<std::string> ports;  // that the broker listened on, sorted, as /proc/net/tcp writes them: "1F90"

  const FileState* find(const std::string& path) const;
};

// Parses an index. ErrorKind::remote if it is invalid, or if a path is neither a file nor a symbolic link nor absent.
Result<Journal> parse_journal(const std::string& index);

// Describes what on the host still differs from the journal; none: nothing. A restarted broker is another process.
// `why` is the output of the commands that tried.
std::optional<Message> difference(const Journal& then, const Journal& now, const std::string& why);

// Returns the commands that restore the journal's state by hand on the host, one per line. They take the files'
// contents from the journal's folder.
std::vector<std::string> commands_by_hand(const Journal& then, const BrokerProfile& profile);

// Holder of a host's journal, as `tell_holder` of journal.sh reports it.
struct JournalOwner {
  enum class State {
    none,      // there is no journal: nothing is changed
    ours,      // this run's
    held,      // another run's, which is still connected
    orphaned,  // another run's, which lost its connection while its command was running
    left       // another run's, which ended without restoring everything
  };
  State state = State::none;
  std::string description;  // that run's own description: its user and start
  std::string kept_since{};  // it left its last stage in place on purpose, then; empty: it was interrupted
};

// Parses the answer's first lines. ErrorKind::remote if it is invalid.
Result<JournalOwner> parse_holder(const std::string& answer);

}  // namespace mqtts::remote
