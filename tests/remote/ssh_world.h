// What SSH tests need beside the embedded host: keys, an agent, and changes to the host's sshd, which reads its
// configuration anew for every connection.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "harness/ssh/address.h"
#include "harness/util/fd.h"
#include "tests/remote/embedded.h"

namespace mqtts::remote {

inline std::size_t open_files() {
  const std::filesystem::directory_iterator files("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

// A socket on loopback that accepts connections, if `backlog` is positive, and never says a word.
class SilentServer {
 public:
  explicit SilentServer(int backlog) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
    if (backlog > 0) listen(socket_.get(), backlog);
    socklen_t size = sizeof address;
    getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
  }
  std::uint16_t port = 0;

 private:
  Fd socket_;
};

class SshWorld : public OnEmbeddedHost {
 protected:
  std::filesystem::path folder() const { return std::filesystem::path(host->target_file()).parent_path(); }
  std::filesystem::path ssh_folder() const { return std::filesystem::path(target.ssh->known_hosts_file).parent_path(); }

  void command(const std::string& line) const {
    ASSERT_EQ(std::system((line + " >/dev/null 2>&1").c_str()), 0) << line;
  }

  // A fresh key; its path. `options` are ssh-keygen's.
  std::string make_key(const std::string& name, const std::string& passphrase, const std::string& options = "") const {
    const auto file = (folder() / name).string();
    command("ssh-keygen -q -t ed25519 -N '" + passphrase + "' -f " + file + " " + options);
    return file;
  }
  void let_in(const std::string& file) const {
    const auto known = ssh_folder() / "authorized_keys";
    write_file(known, read_file(known) + "\n" + read_file(file + ".pub"));
  }

  void change_sshd(const std::string& from, const std::string& to) const {
    const auto file = ssh_folder() / "sshd_config";
    auto text = read_file(file);
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos) << text;
    write_file(file, text.replace(at, from.size(), to));
  }
};

}  // namespace mqtts::remote
