#include "harness/util/private_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <vector>

namespace mqtts {
namespace {

namespace fs = std::filesystem;

constexpr auto prefix = "mqtts-harness-run.";

// Best first; /tmp is the last resort.
std::vector<fs::path> places() {
  std::vector<fs::path> places;
  for (const auto* variable : {"XDG_RUNTIME_DIR", "TMPDIR"}) {
    const char* value = std::getenv(variable);
    if (value != nullptr && *value != '\0') places.emplace_back(value);
  }
  places.emplace_back("/dev/shm");
  return places;
}

// Returns -1 if its owner holds the lock, or if the folder is not ours.
int lock_folder(const fs::path& folder) {
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  struct stat facts {};
  if (descriptor >= 0 && fstat(descriptor, &facts) == 0 && facts.st_uid == geteuid() &&
      flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    return descriptor;
  if (descriptor >= 0) close(descriptor);
  return -1;
}

// An unlocked folder was left by a run that was killed, unless it is so young that its owner has not locked it yet.
void remove_left_overs(const fs::path& place) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(place, ignored)) {
    if (!entry.path().filename().string().starts_with(prefix)) continue;
    const auto age = fs::file_time_type::clock::now() - entry.last_write_time(ignored);
    if (age < std::chrono::minutes(1)) continue;
    const int lock = lock_folder(entry.path());
    if (lock < 0) continue;
    fs::remove_all(entry.path(), ignored);
    close(lock);
  }
}

}  // namespace

Result<PrivateFolder> PrivateFolder::make_in(const fs::path& place) {
  remove_left_overs(place);
  auto pattern = (place / prefix).string() + "XXXXXX";
  if (mkdtemp(pattern.data()) != nullptr) return PrivateFolder(pattern, lock_folder(pattern));
  return failure(ErrorKind::local,
                 msg("no private folder can be made for this run's keys: {reason}", {{"reason", std::strerror(errno)}}),
                 msg("make room on the disk, or point TMPDIR to a folder that you may write to"));
}

Result<PrivateFolder> PrivateFolder::make() {
  for (const auto& place : places())
    if (auto folder = make_in(place)) return folder;
  return make_in("/tmp");
}

PrivateFolder::~PrivateFolder() {
  if (path_.empty()) return;
  std::error_code ignored;
  fs::remove_all(path_, ignored);
  if (lock_ >= 0) close(lock_);
}

}  // namespace mqtts
