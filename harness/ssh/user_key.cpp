#include "harness/ssh/user_key.h"

#include <memory>
#include <system_error>

#include <libssh/libssh.h>

#include "harness/util/free_with.h"

namespace mqtts::ssh {

namespace {

using KeyPtr = std::unique_ptr<ssh_key_struct, FreeWith<ssh_key_free>>;
using CharsPtr = std::unique_ptr<char, FreeWith<ssh_string_free_char>>;

tl::unexpected<Error> cannot_make(const std::filesystem::path& path) {
  return failure(ErrorKind::local, msg("the SSH key {path} cannot be made", {{"path", path}}),
                 msg("make room there, or set TMPDIR to a folder that you can write"));
}

}  // namespace

Result<std::string> make_ssh_key(const std::filesystem::path& path) {
  ssh_key raw_key = nullptr;
  if (ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &raw_key) != SSH_OK) return cannot_make(path);
  const KeyPtr key(raw_key);
  if (ssh_pki_export_privkey_file(key.get(), nullptr, nullptr, nullptr, path.c_str()) != SSH_OK) {
    return cannot_make(path);
  }
  std::error_code error;
  std::filesystem::permissions(path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, error);
  char* raw_text = nullptr;
  if (error || ssh_pki_export_pubkey_base64(key.get(), &raw_text) != SSH_OK) return cannot_make(path);
  const CharsPtr text(raw_text);
  return std::string("ssh-ed25519 ") + text.get();
}

}  // namespace mqtts::ssh
