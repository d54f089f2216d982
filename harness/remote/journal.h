// What the broker's host was before a run changed it, as the journal on the host has it (see journal.sh), and what
// restoring is proven against. Pure. No content of a file ever leaves the host.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/model/target.h"
#include "harness/util/error.h"

namespace mqtts::remote {

// What stands at a path.
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
  std::string sha256;         // file: of its bytes; link: of where it points
  bool operator==(const FileState&) const = default;
};

struct Journal {
  std::vector<FileState> files;           // the N-th lies in the journal's folder as files/N, counted from 1
  std::set<std::string> missing_folders;  // parents of these files that did not exist
  bool broker_ran = false;
  std::string process;             // the broker's process id and when it was started, "12:3456"; empty: it did not run
  std::vector<std::string> ports;  // that the broker listened on, sorted, as /proc/net/tcp writes them: "1F90"

  const FileState* find(const std::string& path) const;
};

// Reads an index. ErrorKind::remote if it is none, or if a path is neither a file nor a symbolic link nor absent.
Result<Journal> parse_journal(const std::string& index);

// What of the host is not yet again as the journal says; none: nothing. A broker that was started again is another
// process. `why` are the words of the commands that tried.
std::optional<Message> difference(const Journal& then, const Journal& now, const std::string& why);

// The commands that make the host what the journal says, one a line, to be typed on the host. They take the files'
// contents from the journal's folder.
std::vector<std::string> commands_by_hand(const Journal& then, const BrokerProfile& profile);

// Who holds a host's journal, as `tell_holder` of journal.sh tells it.
struct JournalOwner {
  enum class State {
    none,      // there is no journal: nothing is changed
    ours,      // this run's
    held,      // another run's, which is still there
    orphaned,  // another run's, which has lost its connection while a command of its was running
    left       // another run's, which has ended without putting everything back
  };
  State state = State::none;
  std::string description;  // who it is and since when, as that run said it
};

// Reads the answer's first line. ErrorKind::remote if it is none.
Result<JournalOwner> parse_holder(const std::string& answer);

}  // namespace mqtts::remote
