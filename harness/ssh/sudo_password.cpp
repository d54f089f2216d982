#include "harness/ssh/sudo_password.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "harness/ssh/address.h"
#include "harness/util/fd.h"

namespace mqtts::ssh {

Result<std::string> read_sudo_password(const std::string& file) {
  const std::map<std::string, std::string> args = {{"file", file}};
  const Fd descriptor(open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat facts {};
  if (descriptor.get() < 0 || fstat(descriptor.get(), &facts) != 0) {
    return failure(ErrorKind::local, msg("the sudo password file {file} cannot be read", args), {},
                   std::generic_category().message(errno));
  }
  if (S_ISREG(facts.st_mode) && (facts.st_mode & 077) != 0) {
    return failure(ErrorKind::denied, msg("the sudo password file {file} can be read by others than you", args),
                   msg("chmod 600 {file}", args));
  }
  std::array<char, 1024> bytes{};
  const ssize_t count = read(descriptor.get(), bytes.data(), bytes.size());
  const std::string text(bytes.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
  auto line = text.substr(0, text.find_first_of(std::string("\r\n\0", 3)));
  if (!line.empty()) return line;
  return failure(ErrorKind::local, msg("the sudo password file {file} holds no password in its first line", args));
}

}  // namespace mqtts::ssh
