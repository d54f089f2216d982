// Files that are written whole or not at all.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "harness/util/error.h"

namespace mqtts::reports {

// The name of a file that is printed instead.
inline constexpr std::string_view standard_output = "-";

// A file of a report, still in memory.
struct File {
  std::string name;  // without a folder
  std::string bytes{};
  std::string page_of{};  // the target that it alone tells of, if it is a page for people; else empty
  bool operator==(const File&) const = default;
};

// Takes the next bytes of a file; false once they cannot be written, then no more are wanted.
using Sink = std::function<bool(std::string_view)>;

// Gives a file's bytes piece by piece; an error means that there are not all of them.
using Pieces = std::function<Result<void>(const Sink&)>;

// Writes a temporary file beside `path`, syncs it and renames it, so that a reader sees the old file or the
// new one. The folder is made if it is missing; a symbolic link is followed; a pipe or a device is written
// straight. ErrorKind::local, and nothing is left behind, if the disk is full or the folder may not be written; the
// same is left behind by an error of `pieces`.
Result<void> write_whole(const std::filesystem::path& path, const Pieces& pieces);
Result<void> write_whole(const std::filesystem::path& path, std::string_view bytes);

// Prints them. ErrorKind::local if nobody takes them.
Result<void> print_whole(const Pieces& pieces);

// Makes `latest`, beside `folder`, a symbolic link to it. ErrorKind::local if something else has that name.
Result<void> point_latest(const std::filesystem::path& folder);

}  // namespace mqtts::reports
