// A class: its students and their brokers, from a CSV or JSON file.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/grading.h"
#include "harness/model/target.h"
#include "harness/targets/load_target.h"

namespace mqtts::grading {

struct RosterEntry {
  Student student;
  // Named by the student's id. Of an ssh:// URL, only host, port and user of its SshAddress are known: which keys and
  // known hosts are meant is for the caller to say. Of a target file, all is as there.
  Target target;
  int line = 0;  // where the student begins in the roster, from 1
  int row = 0;   // which student of the roster it is, from 1
};

struct LoadedRoster {
  std::optional<std::vector<RosterEntry>> entries;  // in the roster's order, one at least; there if there is no problem
  std::vector<json::Diagnostic> problems;           // by place, 100 at most; then those of target files and profiles
};

inline constexpr std::size_t most_students = 5000;  // of one roster

// CSV by RFC 4180 in UTF-8 with a header, its fields separated by commas, semicolons or tabs; or JSON, if the file's
// name ends in .json or its text begins with a brace or bracket. Moments without an offset are taken for UTC. A target
// is a URL, or the path of a target file from the roster's own folder. `profile` as for targets::load_target; for URLs,
// empty means the default profile. Two students with the same target are a problem: a pair that shares a broker is told
// apart from a slip by a target file of its own for each.
LoadedRoster load_roster(const std::string& path, const std::string& profile = {});

// Stands in for targets::load_target.
using TargetLoader = std::function<targets::LoadedTarget(const std::string& path, const std::string& profile)>;

// The same for a text in memory; `path` tells the folder and the format.
LoadedRoster parse_roster(std::string_view text, const std::string& path, const std::string& profile = {},
                          const TargetLoader& target_loader = targets::load_target);

}  // namespace mqtts::grading
