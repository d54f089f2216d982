#include "reports/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <iostream>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "harness/util/fd.h"

namespace mqtts::reports {
namespace fs = std::filesystem;
namespace {

// Removes the file unless it was renamed.
class Temporary {
 public:
  explicit Temporary(fs::path path) : path_(std::move(path)) {}
  ~Temporary() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;

  const fs::path& path() const { return path_; }
  void renamed() { path_.clear(); }

 private:
  fs::path path_;
};

std::error_code last_error() { return {errno, std::generic_category()}; }

tl::unexpected<Error> cannot_write(const fs::path& path, const std::error_code& why) {
  return failure(ErrorKind::local, msg("cannot write {path}: {why}", {{"path", path.string()}, {"why", why.message()}}),
                 msg("give another place with --out DIR, or make room there"));
}

std::error_code write_bytes(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return last_error();
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

// Writes all pieces into an open file; `path` is for messages.
Result<void> write_pieces(int descriptor, const fs::path& path, const Pieces& pieces) {
  std::error_code error;
  auto given = pieces([&](std::string_view bytes) {
    if (!error) error = write_bytes(descriptor, bytes);
    return !error;
  });
  if (error) return cannot_write(path, error);
  return given;
}

// A pipe or a device, such as /dev/stdout, can be neither synced nor replaced by a rename.
Result<void> write_straight(const fs::path& path, const Pieces& pieces) {
  Fd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file) return cannot_write(path, last_error());
  if (auto written = write_pieces(file.get(), path, pieces); !written) return written;
  if (file.close() != 0) return cannot_write(path, last_error());
  return {};
}

// Creates a file beside `path` with the permissions of the umask; mkstemp would set mode 0600.
std::pair<int, fs::path> open_beside(const fs::path& path) {
  for (int i = 0;; ++i) {
    auto temporary = path.parent_path() / fmt::format(".{}.{}-{}.tmp", path.filename().string(), ::getpid(), i);
    const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (descriptor >= 0 || errno != EEXIST) return {descriptor, std::move(temporary)};
  }
}

std::error_code sync_folder(const fs::path& folder) {
  const Fd opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Some file systems cannot sync a folder (EINVAL); the rename has succeeded nevertheless.
  if (!opened || (::fsync(opened.get()) != 0 && errno != EINVAL)) return last_error();
  return {};
}

// `path` is for messages, `real` is the file that it resolves to.
Result<void> replace(const fs::path& path, const fs::path& real, const Pieces& pieces) {
  auto [descriptor, name] = open_beside(real);
  if (descriptor < 0) return cannot_write(path, last_error());
  Fd file(descriptor);
  Temporary temporary(std::move(name));
  if (auto written = write_pieces(file.get(), path, pieces); !written) return written;
  if (::fsync(file.get()) != 0 || file.close() != 0) return cannot_write(path, last_error());
  if (::rename(temporary.path().c_str(), real.c_str()) != 0) return cannot_write(path, last_error());
  temporary.renamed();
  if (const auto error = sync_folder(real.parent_path())) return cannot_write(path, error);
  return {};
}

// Makes a file in the nearest folder that exists, and removes it: permissions alone do not tell what root may do, or
// that a file system is read-only. `path` is for messages.
Result<void> try_creating_below(const fs::path& path, fs::path folder) {
  std::error_code error;
  for (; !fs::exists(folder, error); folder = folder.parent_path()) {
    if (error) return cannot_write(path, error);
    if (fs::is_symlink(folder, error))
      return cannot_write(path, std::make_error_code(std::errc::no_such_file_or_directory));
  }
  if (!fs::is_directory(folder, error)) return cannot_write(path, std::make_error_code(std::errc::not_a_directory));
  auto [descriptor, name] = open_beside(folder / "try");
  if (descriptor < 0) return cannot_write(path, last_error());
  const Fd file(descriptor);
  const Temporary temporary(std::move(name));
  return {};
}

}  // namespace

Result<void> write_whole(const fs::path& path, const Pieces& pieces) {
  std::error_code error;
  const auto kind = fs::status(path, error).type();
  if (kind == fs::file_type::directory) return cannot_write(path, std::make_error_code(std::errc::is_a_directory));
  if (kind != fs::file_type::not_found && kind != fs::file_type::regular && kind != fs::file_type::none)
    return write_straight(path, pieces);
  const auto real = fs::weakly_canonical(fs::absolute(path), error);
  if (error) return cannot_write(path, error);
  fs::create_directories(real.parent_path(), error);
  if (error) return cannot_write(path, error);
  return replace(path, real, pieces);
}

Result<void> write_whole(const fs::path& path, std::string_view bytes) {
  return write_whole(path, [bytes](const Sink& sink) -> Result<void> {
    sink(bytes);
    return {};
  });
}

Result<void> try_file(const fs::path& path) {
  std::error_code error;
  const auto kind = fs::status(path, error).type();
  if (kind == fs::file_type::none) return cannot_write(path, error);
  if (kind == fs::file_type::directory) return cannot_write(path, std::make_error_code(std::errc::is_a_directory));
  // Nobody may ever read it.
  if (kind == fs::file_type::fifo) return cannot_write(path, std::make_error_code(std::errc::invalid_argument));
  if (kind != fs::file_type::not_found && kind != fs::file_type::regular) {
    if (::access(path.c_str(), W_OK) != 0) return cannot_write(path, last_error());
    return {};
  }
  const auto real = fs::weakly_canonical(fs::absolute(path), error);
  return error ? cannot_write(path, error) : try_creating_below(path, real.parent_path());
}

Result<void> try_folder(const fs::path& folder) {
  std::error_code error;
  const auto real = fs::weakly_canonical(fs::absolute(folder), error);
  return error ? cannot_write(folder, error) : try_creating_below(folder, real);
}

Result<void> print_whole(const Pieces& pieces) {
  auto given = pieces([](std::string_view bytes) {
    return bool(std::cout.write(bytes.data(), static_cast<std::streamsize>(bytes.size())));
  });
  if (!std::cout.flush()) return cannot_write(standard_output, last_error());
  return given;
}

Result<void> point_latest(const fs::path& folder) {
  const auto absolute = fs::absolute(folder / ".").lexically_normal().parent_path();
  const auto link = absolute.parent_path() / "latest";
  std::error_code error;
  const auto kind = fs::symlink_status(link, error).type();
  if (kind != fs::file_type::not_found && kind != fs::file_type::symlink)
    return cannot_write(link, std::make_error_code(std::errc::file_exists));
  Temporary temporary(absolute.parent_path() / fmt::format(".latest.{}.tmp", ::getpid()));
  ::unlink(temporary.path().c_str());  // left by a killed process with the same id
  fs::create_symlink(absolute.filename(), temporary.path(), error);
  if (error) return cannot_write(link, error);
  fs::rename(temporary.path(), link, error);
  if (error) return cannot_write(link, error);
  temporary.renamed();
  return {};
}

}  // namespace mqtts::reports
