// Writes files completely or not at all.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "harness/util/error.h"

namespace mqtts::reports {

// The file name that stands for standard output.
inline constexpr std::string_view standard_output = "-";

// A report file in memory.
struct File {
  std::string name;  // without a folder
  std::string bytes{};
  std::string page_of{};  // for a page for people about one target: the target's name; else empty
  bool operator==(const File&) const = default;
};

// Receives the next bytes of a file; returns false once they cannot be written: send no more then.
using Sink = std::function<bool(std::string_view)>;

// Sends a file's bytes piece by piece; after an error they are incomplete.
using Pieces = std::function<Result<void>(const Sink&)>;

// Writes a temporary file beside `path`, syncs it and renames it, so that a reader sees the old or the new file. Makes
// a missing folder; follows a symbolic link; writes directly to a pipe or a device. ErrorKind::local if the disk is
// full or the folder is not writable; then, and after an error of `pieces`, nothing is left behind.
Result<void> write_whole(const std::filesystem::path& path, const Pieces& pieces);
Result<void> write_whole(const std::filesystem::path& path, std::string_view bytes);

// Tries whether write_whole() could write there, or into that folder, which may be missing; leaves nothing behind.
// ErrorKind::local if not. A disk that is full is not found out.
Result<void> try_file(const std::filesystem::path& path);
Result<void> try_folder(const std::filesystem::path& folder);

// Writes to standard output. ErrorKind::local if nothing reads it.
Result<void> print_whole(const Pieces& pieces);

// Makes `latest`, beside `folder`, a symbolic link to it. ErrorKind::local if another kind of file has that name.
Result<void> point_latest(const std::filesystem::path& folder);

}  // namespace mqtts::reports
