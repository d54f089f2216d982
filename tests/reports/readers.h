// Runs independent readers: other programs must be able to read a report.
#pragma once

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <string>

#include <gtest/gtest.h>

#include "reports/files.h"
#include "tests/reports/temporary_folder.h"

namespace mqtts::reports {

struct Read {
  int code = -1;
  std::string out;  // what it printed
};

// Runs a shell command with `bytes` in a file, whose path replaces each "{}".
inline Read read_with(std::string command, const std::string& bytes) {
  const TemporaryFolder folder;
  const auto path = (folder.path() / "report").string();
  EXPECT_TRUE(write_whole(path, bytes));
  for (auto at = command.find("{}"); at != std::string::npos; at = command.find("{}")) command.replace(at, 2, path);
  Read read;
  auto* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return read;
  std::array<char, 4096> buffer{};
  for (std::size_t got = 0; (got = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    read.out.append(buffer.data(), got);
  const int status = ::pclose(pipe);
  read.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return read;
}

}  // namespace mqtts::reports
