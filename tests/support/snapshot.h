// The state of a folder, read independently of the code under test, to check that it did not change.
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

namespace mqtts {

// Path -> kind, mode, owner, and for files the time of change and the bytes; without *.log and *.pid.
inline std::map<std::string, std::string> snapshot(const std::string& root) {
  std::map<std::string, std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    const std::string path = entry.path();
    if (path.ends_with(".log") || path.ends_with(".pid")) continue;
    struct stat facts {};
    lstat(path.c_str(), &facts);
    auto& words = found[path];
    for (const auto number : {facts.st_mode, facts.st_uid, facts.st_gid}) words += std::to_string(number) + " ";
    if (entry.is_symlink()) {
      words += std::filesystem::read_symlink(path).string();
    } else if (entry.is_regular_file()) {
      words += std::to_string(facts.st_mtim.tv_sec) + "." + std::to_string(facts.st_mtim.tv_nsec) + " ";
      std::ifstream file(path, std::ios::binary);
      words.append(std::istreambuf_iterator<char>(file), {});
    }
  }
  return found;
}

}  // namespace mqtts
