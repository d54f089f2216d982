#include "harness/util/read_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "harness/util/fd.h"

namespace mqtts {

tl::expected<std::string, std::error_code> read_file(const std::filesystem::path& path, std::size_t most) {
  const auto failed = [] { return tl::unexpected(std::error_code(errno, std::generic_category())); };
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return failed();
  std::string text;
  std::array<char, 65536> block{};
  while (text.size() < most) {
    const auto size = ::read(file.get(), block.data(), std::min(block.size(), most - text.size()));
    if (size == 0) break;
    if (size > 0) {
      text.append(block.data(), static_cast<std::size_t>(size));
    } else if (errno != EINTR) {
      return failed();
    }
  }
  return text;
}

}  // namespace mqtts
