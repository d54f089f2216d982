#include "harness/ssh/host_key.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "harness/ssh/address.h"
#include "harness/ssh/identities.h"
#include "harness/util/fd.h"

namespace mqtts::ssh {

namespace {

using CharsPtr = std::unique_ptr<char, FreeWith<ssh_string_free_char>>;

// Arguments for messages about the server's key.
std::map<std::string, std::string> facts_of(const Session& session, const SshAddress& address) {
  return {
      {"where", session.where()}, {"fingerprint", fingerprint_of_server(session)}, {"file", address.known_hosts_file},
      {"host", address.host},     {"port", std::to_string(address.port)},          {"wanted", address.fingerprint}};
}

bool ends_with_a_line_end(const std::string& file) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  if (!in || in.tellg() <= 0) return true;
  in.seekg(-1, std::ios::end);
  return in.get() == '\n';
}

// Uses one write(2), so that concurrent runs do not mix their lines.
bool append(const std::string& file, std::string line) {
  const auto folder = std::filesystem::path(file).parent_path();
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return false;
  if (!ends_with_a_line_end(file)) line.insert(0, "\n");
  const Fd out(open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  return out.get() >= 0 && write(out.get(), line.data(), line.size()) == static_cast<ssize_t>(line.size());
}

Result<void> learn(const Session& session, const SshAddress& address, LoginNotes& notes) {
  char* raw_entry = nullptr;
  ssh_session_export_known_hosts_entry(session.handle(), &raw_entry);
  const CharsPtr entry(raw_entry);
  const auto args = facts_of(session, address);
  if (entry && append(address.known_hosts_file, entry.get())) {
    notes.learnt.push_back(msg("the host key of {where} was not known, and is now in {file}: {fingerprint}", args));
    return {};
  }
  return failure(ErrorKind::local, msg("the host key of {where} cannot be written to {file}", args), {},
                 std::generic_category().message(errno));
}

Result<void> check_fingerprint(const Session& session, const SshAddress& address) {
  if (fingerprint_of_server(session) == address.fingerprint) return {};
  const auto args = facts_of(session, address);
  return failure(ErrorKind::wrong_host, msg("{where} shows the host key {fingerprint}, and not {wanted}", args),
                 msg("another machine may be answering; a machine has several keys, and this is which one it shows: "
                     "ssh-keyscan -p {port} {host} | ssh-keygen -lf -",
                     args));
}

}  // namespace

std::string fingerprint_of_server(const Session& session) {
  ssh_key raw_key = nullptr;
  if (ssh_get_server_publickey(session.handle(), &raw_key) != SSH_OK) return "?";
  const KeyPtr key(raw_key);
  unsigned char* hash = nullptr;
  size_t size = 0;
  if (ssh_get_publickey_hash(key.get(), SSH_PUBLICKEY_HASH_SHA256, &hash, &size) != 0) return "?";
  const CharsPtr text(ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, size));
  ssh_clean_pubkey_hash(&hash);
  return text ? text.get() : "?";
}

Result<void> check_host_key(const Session& session, const SshAddress& address, LoginNotes& notes) {
  if (address.host_key == HostKeyPolicy::pinned) return check_fingerprint(session, address);
  const auto state = ssh_session_is_known_server(session.handle());
  if (state == SSH_KNOWN_HOSTS_OK) return {};
  const auto args = facts_of(session, address);
  if (state == SSH_KNOWN_HOSTS_CHANGED) {
    return failure(
        ErrorKind::wrong_host,
        msg("the host key of {where} has changed: it now shows {fingerprint}, which is not the key in {file}", args),
        msg("another machine may be answering; if the machine was made anew, take its old line out of {file}", args));
  }
  if (state == SSH_KNOWN_HOSTS_OTHER) {
    return failure(ErrorKind::wrong_host,
                   msg("{where} shows a host key of another type than the one in {file}: {fingerprint}", args),
                   msg("compare it with the machine's own, then add it: ssh-keyscan -p {port} {host} >> {file}", args));
  }
  if (state == SSH_KNOWN_HOSTS_ERROR) {
    return failure(ErrorKind::unknown_host, msg("the host key of {where} cannot be checked against {file}", args), {},
                   session.last_words());
  }
  if (address.host_key == HostKeyPolicy::accept_new) return learn(session, address, notes);
  return failure(ErrorKind::unknown_host, msg("the host key of {where} is not in {file}: {fingerprint}", args),
                 msg("compare it with the machine's own, then add it: ssh-keyscan -p {port} {host} >> {file}", args));
}

}  // namespace mqtts::ssh
