// Who on a host may read a file, or write another content to it, by its mode, its owner, and the folders above it.
// Pure.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

namespace mqtts::remote {

struct FileNode {
  unsigned mode = 0;
  unsigned long owner = 0;  // user id
  unsigned long group = 0;  // group id
  unsigned long links = 1;  // names that it has
  std::string path;         // without symbolic links
};

struct FileAccess {
  FileNode file;
  std::vector<FileNode> above;  // every folder above it, up to /
  bool has_lists = false;       // one of them has an access control list, which decides besides
};

struct Person {
  unsigned long user = 0;
  unsigned long group = 0;
  std::string name;
};

struct People {
  std::vector<Person> all;
  std::map<unsigned long, std::set<std::string>> members;  // names, by the id of a group that is not their first
};

// Who may have access: root, the file's owner, this user, and who is in this group.
struct Trusted {
  unsigned long user = 0;
  unsigned long group = 0;
};

struct Exposure {
  bool to_everybody = false;    // also to users that are not in `people`
  std::vector<std::string> to;  // names, if not to everybody
  bool to_writers = false;      // they may write it, or put another one in its place
  bool is_sure = true;          // false: it may be exposed, and cannot be known from what is here
  bool is_none() const { return !to_everybody && to.empty(); }
};

Exposure exposure_of(const FileAccess& access, const People& people, const Trusted& trusted);

}  // namespace mqtts::remote
