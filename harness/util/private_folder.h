// A private folder of this run, for keys that Paho reads from files.
#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include "harness/util/error.h"

namespace mqtts {

// Mode 0700. The destructor removes it with its contents. Making one also removes the folders that earlier, killed runs
// of this user left.
class PrivateFolder {
 public:
  // Uses the first writable folder of $XDG_RUNTIME_DIR, $TMPDIR, /dev/shm and /tmp.
  static Result<PrivateFolder> make();
  static Result<PrivateFolder> make_in(const std::filesystem::path& place);
  ~PrivateFolder();
  PrivateFolder(PrivateFolder&& other) noexcept
      : path_(std::exchange(other.path_, {})), lock_(std::exchange(other.lock_, -1)) {}
  PrivateFolder& operator=(PrivateFolder&&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  PrivateFolder(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}

  std::filesystem::path path_;
  int lock_;  // an open, locked descriptor of the folder: the lock shows that the owner lives
};

}  // namespace mqtts
