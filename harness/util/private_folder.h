// A folder of this run's own, for keys that Paho reads from files.
#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include "harness/util/error.h"

namespace mqtts {

// Of mode 0700. Goes with everything in it when the object does. Folders that earlier runs of this user could not
// take away (they were killed) are removed when a new one is made.
class PrivateFolder {
 public:
  // In the first of $XDG_RUNTIME_DIR, $TMPDIR, /dev/shm and /tmp that can be written to.
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
  int lock_;  // an open, locked descriptor of the folder: as long as it is held, its owner lives
};

}  // namespace mqtts
