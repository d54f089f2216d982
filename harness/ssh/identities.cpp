#include "harness/ssh/identities.h"

#include <map>
#include <mutex>
#include <optional>

#include "harness/ssh/login.h"

namespace mqtts::ssh {

namespace {

// Passphrases known to this process.
class KeyRing {
 public:
  std::optional<std::string> find(const std::string& file) {
    const std::lock_guard lock(mutex_);
    const auto found = passphrases_.find(file);
    return found == passphrases_.end() ? std::nullopt : std::optional(found->second);
  }
  void keep(const std::string& file, const std::string& passphrase) {
    const std::lock_guard lock(mutex_);
    passphrases_[file] = passphrase;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::string> passphrases_;
};

KeyRing& key_ring() {
  static KeyRing ring;
  return ring;
}

// libssh calls this for a key with a passphrase. Without it OpenSSL would ask on the terminal.
int note_that_it_is_locked(const char*, char*, size_t, int, int, void* locked) {
  *static_cast<bool*>(locked) = true;
  return -1;
}

KeyPtr import(const std::string& file, const char* passphrase, bool& locked) {
  ssh_key key = nullptr;
  if (ssh_pki_import_privkey_file(file.c_str(), passphrase, note_that_it_is_locked, &locked, &key) != SSH_OK)
    return nullptr;
  return KeyPtr(key);
}

// OpenSSH's own format stores the public half beside the locked one; with PEM it may be in its own file.
KeyPtr public_half(const std::string& file) {
  for (const auto& place : {file, file + ".pub"}) {
    ssh_key key = nullptr;
    if (ssh_pki_import_pubkey_file(place.c_str(), &key) == SSH_OK) return KeyPtr(key);
  }
  return nullptr;
}

}  // namespace

Identity read_identity(const std::string& file) {
  using enum Identity::State;
  bool is_locked = false;
  if (auto key = import(file, nullptr, is_locked)) return {open, std::move(key)};
  if (!is_locked) return {};
  if (const auto passphrase = key_ring().find(file)) {
    if (auto key = import(file, passphrase->c_str(), is_locked)) return {open, std::move(key)};
  }
  return {locked, public_half(file)};
}

bool unlock_key(const std::string& file, const std::string& passphrase) {
  bool is_locked = false;
  if (import(file, passphrase.c_str(), is_locked) == nullptr) return false;
  key_ring().keep(file, passphrase);
  return true;
}

bool has_locked_key(const SshAddress& address) {
  for (const auto& file : address.identity_files) {
    if (read_identity(file).state == Identity::State::locked) return true;
  }
  return false;
}

}  // namespace mqtts::ssh
