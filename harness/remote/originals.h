// What the broker's host was before we changed anything: read once, kept, and what restoring is proven against.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "harness/model/error.h"
#include "harness/model/target.h"

namespace mqtts::remote {

struct OriginalFile {
  enum class Kind {
    absent,
    file,
    link
  };
  std::string path;
  Kind kind = Kind::absent;
  std::string content;  // file: its bytes; link: where it points
  int mode = 0;         // file only
  std::string owner;    // file only: "uid:gid"
  bool operator==(const OriginalFile&) const = default;
};

struct Originals {
  std::vector<OriginalFile> files;
  std::set<std::string> missing_folders;  // parents of these files that did not exist
  bool broker_ran = false;
  std::vector<std::string> ports;  // that the broker listened on, sorted, as /proc/net/tcp writes them: "1F90"

  const OriginalFile* find(const std::string& path) const;
  // Adds what was read later, of files that had not been changed by then.
  void add(Originals later);
};

// Reads the output of scripts' `originals_script(profile, paths)`. ErrorKind::remote if it is not such output, or if
// a path is neither a file nor a symbolic link nor absent.
Result<Originals> parse_originals(const std::string& output);

// Longest first: each folder stands before the one that it is in.
std::vector<std::string> deepest_first(const std::set<std::string>& folders);

// The commands that make the host what `then` was, one a line, to be typed on the host. The content of a file that not
// everybody may read is not written down; a comment stands in its place.
std::vector<std::string> commands_by_hand(const Originals& then, const BrokerProfile& profile);

}  // namespace mqtts::remote
