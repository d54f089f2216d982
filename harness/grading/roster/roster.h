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
  // Named by the student's id. For an ssh:// URL, only host, port and user of its SshAddress are set: the caller sets
  // keys and known hosts. For a target file, as in the file.
  Target target;
  int line = 0;  // line of the student's row, from 1
  int row = 0;   // number of the student in the roster, from 1
};

struct LoadedRoster {
  std::optional<std::vector<RosterEntry>> entries;  // in the roster's order, at least one; set if there is no problem
  std::vector<json::Diagnostic> problems;           // by position, at most 100; then those of target files and profiles
};

inline constexpr std::size_t most_students = 5000;  // per roster

// Reads CSV (RFC 4180, UTF-8) with a header and commas, semicolons or tabs as separators; or JSON, if the file's name
// ends in .json or its text begins with a brace or bracket. Times without an offset are UTC. A target is a URL, or the
// path of a target file relative to the roster's folder. `profile` as for targets::load_target; for URLs, empty means
// the default profile. Two students with the same target are a problem: a pair that shares a broker needs a target file
// for each, which distinguishes it from a mistake.
LoadedRoster load_roster(const std::string& path, const std::string& profile = {});

// Replaces targets::load_target.
using TargetLoader = std::function<targets::LoadedTarget(const std::string& path, const std::string& profile)>;

// The same for a text in memory; the folder and the format come from `path`.
LoadedRoster parse_roster(std::string_view text, const std::string& path, const std::string& profile = {},
                          const TargetLoader& target_loader = targets::load_target);

}  // namespace mqtts::grading
