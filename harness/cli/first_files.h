// The files that `init` writes: a plan for a broker of the user's own, its target, and the schemas of both.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/util/error.h"

namespace mqtts::cli {

struct FirstTarget {
  std::string host = "localhost";
  std::uint16_t tls_port = 8883;
  std::uint16_t plain_port = 1883;
  std::string ca;  // path of a certificate; empty: ca.crt beside the target file
  std::string user = "alice";
  std::string password_file;  // its first line is the password; empty: the environment variable password_variable
};

inline constexpr const char* password_variable = "MQTT_PASSWORD";

struct FirstFile {
  std::filesystem::path path;
  std::string text;
};

// Returns the files for `folder`, the plan first and the target second. Relative paths of `target` are relative to the
// current folder. ErrorKind::usage if no plan or target file can hold one of its values.
Result<std::vector<FirstFile>> first_files(const FirstTarget& target, const std::filesystem::path& folder);

// Creates the folder and writes all of the files, or none: ErrorKind::usage if one exists already, ErrorKind::local if
// one cannot be written.
Result<void> write_first_files(const std::vector<FirstFile>& files);

}  // namespace mqtts::cli
