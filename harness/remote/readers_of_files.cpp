#include "harness/remote/readers_of_files.h"

#include <algorithm>
#include <limits>

namespace mqtts::remote {
namespace {

constexpr unsigned may_read = 4, may_write = 2, may_enter = 1;
constexpr unsigned sticky = 01000;
constexpr std::size_t most_people = 1000;  // as tell_people in security.sh: there may be more

// A user that nobody has listed: neither the owner of anything nor in any group.
Person stranger() {
  constexpr auto none = std::numeric_limits<unsigned long>::max();
  return {none, none, {}};
}

class Viewer {
 public:
  Viewer(const Person& person, const People& people) : person_(person), people_(people) {}

  bool is_in(unsigned long group) const {
    if (person_.group == group) return true;
    const auto found = people_.members.find(group);
    return found != people_.members.end() && found->second.contains(person_.name);
  }

  bool may(unsigned what, const FileNode& node) const {
    const unsigned shift = person_.user == node.owner ? 6 : is_in(node.group) ? 3 : 0;
    return ((node.mode >> shift) & what) != 0;
  }

  bool reaches(const FileAccess& access) const {
    return std::ranges::all_of(access.above, [&](const FileNode& folder) { return may(may_enter, folder); });
  }

  bool reads(const FileAccess& access) const { return may(may_read, access.file); }

  bool writes(const FileAccess& access) const {
    if (may(may_write, access.file)) return true;
    const auto folder = access.file.path.substr(0, access.file.path.rfind('/'));
    const auto found = std::ranges::find(access.above, folder.empty() ? "/" : folder, &FileNode::path);
    return found != access.above.end() && (found->mode & sticky) == 0 && may(may_write, *found);
  }

 private:
  const Person& person_;
  const People& people_;
};

// How many folders a path is in.
std::size_t depth_of(const std::string& path) { return static_cast<std::size_t>(std::ranges::count(path, '/')); }

}  // namespace

Exposure exposure_of(const FileAccess& access, const People& people, const Trusted& trusted) {
  Exposure exposure;
  exposure.is_sure = !access.has_lists && access.above.size() == depth_of(access.file.path) && !people.all.empty() &&
                     people.all.size() < most_people;
  const auto look = [&](const Person& person) {
    const Viewer viewer(person, people);
    const bool reads = viewer.reads(access), writes = viewer.writes(access);
    if (!reads && !writes) return false;
    // Another name of the same file may lie in a folder that is open.
    if (!viewer.reaches(access)) {
      if (access.file.links > 1) exposure.is_sure = false;
      return false;
    }
    exposure.to_writers = exposure.to_writers || writes;
    return true;
  };
  exposure.to_everybody = look(stranger());
  if (exposure.to_everybody) return exposure;
  std::set<unsigned long> seen{0, access.file.owner, trusted.user};
  for (const auto& person : people.all) {
    if (!seen.insert(person.user).second || Viewer(person, people).is_in(trusted.group)) continue;
    if (look(person)) exposure.to.push_back(person.name);
  }
  return exposure;
}

}  // namespace mqtts::remote
