#include "harness/pki/material_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "harness/util/fd.h"

namespace mqtts::pki {
namespace {

constexpr off_t most_pem_bytes = 1 << 20;

std::string system_words() { return std::generic_category().message(errno); }

tl::unexpected<Error> not_read(const std::string& path) {
  auto detail = system_words();
  return failure(ErrorKind::local, msg("{file} cannot be read", {{"file", path}}),
                 msg("name a file that exists and that you may read"), std::move(detail));
}

tl::unexpected<Error> not_written(const std::string& path) {
  auto detail = system_words();
  return failure(ErrorKind::local, msg("{file} cannot be written", {{"file", path}}), {}, std::move(detail));
}

}  // namespace

// A pipe or a device may have no end, or no writer.
Result<Pem> read_pem(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  struct stat state {};
  if (!file || ::fstat(file.get(), &state) != 0) return not_read(path);
  if (S_ISDIR(state.st_mode)) {
    errno = EISDIR;
    return not_read(path);
  }
  if (!S_ISREG(state.st_mode) || state.st_size > most_pem_bytes)
    return failure(ErrorKind::local, msg("{file} is no file of at most 1 MiB", {{"file", path}}),
                   msg("name a file that exists and that you may read"));
  Pem pem{.text = {}, .file = path};
  std::array<char, 16384> block{};
  for (;;) {
    const auto size = ::read(file.get(), block.data(), block.size());
    if (size == 0) return pem;
    if (size > 0) {
      pem.text.append(block.data(), static_cast<std::size_t>(size));
    } else if (errno != EINTR) {
      return not_read(path);
    }
  }
}

Result<Pem> write_pem(const std::string& path, std::string text) {
  const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file) return not_written(path);
  std::size_t written = 0;
  while (written < text.size()) {
    const auto size = ::write(file.get(), text.data() + written, text.size() - written);
    if (size >= 0) {
      written += static_cast<std::size_t>(size);
    } else if (errno != EINTR) {
      return not_written(path);
    }
  }
  return Pem{.text = std::move(text), .file = path};
}

}  // namespace mqtts::pki
