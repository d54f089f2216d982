#include "harness/pki/given_files.h"

#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "harness/pki/material_files.h"
#include "harness/pki/pem.h"
#include "harness/util/openssl.h"
#include "harness/util/shell_quote.h"

namespace mqtts::pki {
namespace {

Result<Credentials> password_from_file(const std::string& name, const std::string& file) {
  std::error_code ignored;
  if (std::filesystem::status(file, ignored).type() == std::filesystem::file_type::not_found)
    return failure(
        ErrorKind::local,
        msg("{file} is missing on this machine; it must hold the password of {name}, on one line that its owner "
            "alone may read. Here: `(umask 077; cat >{word})`, then the password, Enter and Ctrl-D",
            {{"file", file}, {"name", name}, {"word", shell_word(file)}}));
  const auto content = read_pem(file);
  if (!content) return tl::unexpected(content.error());
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  const std::size_t begin = content->text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
  const auto password = content->text.substr(begin, content->text.find_first_of("\r\n", begin) - begin);
  if (password.find('\0') != std::string::npos)
    return failure(ErrorKind::local,
                   msg("the password in {file} holds a zero byte, which no client sends whole", {{"file", file}}),
                   msg("save the file as UTF-8 text"));
  if (!password.empty()) return Credentials{.user_name = name, .password = password};
  return failure(ErrorKind::local, msg("there is no password in {file}", {{"file", file}}),
                 msg("its first line must be the password of {name}", {{"name", name}}));
}

}  // namespace

Result<Identity> read_identity(const std::string& certificate_file, const std::string& key_file) {
  const auto certificate_pem = read_pem(certificate_file);
  if (!certificate_pem) return tl::unexpected(certificate_pem.error());
  const auto certificate = parse_certificate(*certificate_pem);
  if (!certificate) return tl::unexpected(certificate.error());
  if (key_file.empty()) return Identity{.certificate = *certificate_pem, .key = {}};

  const auto key_pem = read_pem(key_file);
  if (!key_pem) return tl::unexpected(key_pem.error());
  const auto key = parse_key(*key_pem);
  if (!key) return tl::unexpected(key.error());
  if (!key_matches_certificate(**key, **certificate)) {
    return failure(ErrorKind::local,
                   msg("the key in {key_file} does not belong to the certificate in {certificate_file}",
                       {{"key_file", key_file}, {"certificate_file", certificate_file}}),
                   msg("name the two files that were made together"));
  }
  return Identity{.certificate = *certificate_pem, .key = *key_pem};
}

std::optional<Error> why_not_there(const std::string& entry, const MaterialSources& given) {
  const auto found = given.not_there.find(entry);
  return found == given.not_there.end() ? std::nullopt : std::optional(found->second);
}

Result<std::string> usable_ca_key(const MaterialSources& given) {
  if (const auto why = why_not_there("ca_key", given)) return tl::unexpected(*why);
  if (given.ca_key.empty() || given.ca.empty()) return given.ca_key;
  auto read = as_of_host(read_identity(given.ca, given.ca_key), given);
  if (read) return given.ca_key;
  const auto pem = read_pem(given.ca_key);
  if (pem && is_encrypted(*pem)) read.error().kind = ErrorKind::missing_material;
  if (read.error().kind != ErrorKind::missing_material) return given.ca_key;
  return tl::unexpected(read.error());
}

Result<Identity> given_authority(const std::string& name, const MaterialSources& given, const std::string& ca_key) {
  if (const auto own = given.authorities.find(name); own != given.authorities.end())
    return as_of_host(read_identity(own->second, {}), given);
  if (const auto why = why_not_there("authorities." + name, given)) return tl::unexpected(*why);
  if (!given.ca.empty()) return as_of_host(read_identity(given.ca, ca_key), given);
  if (const auto why = why_not_there("ca", given)) return tl::unexpected(*why);
  return failure(
      ErrorKind::missing_material,
      msg("the target file does not give the certificate of the CA {name}", {{"name", name}}),
      msg("put its path at materials.ca in the target file, or at materials.authorities.{name}", {{"name", name}}));
}

Result<Identity> for_clients(Identity identity) {
  const auto certificate = parse_certificate(identity.certificate);
  if (!certificate) return tl::unexpected(certificate.error());
  constexpr int as_a_leaf = 0;
  if (X509_check_purpose(certificate->get(), X509_PURPOSE_SSL_CLIENT, as_a_leaf) == 1) return identity;
  return failure(ErrorKind::missing_material,
                 msg("the certificate in {file} is of no use to a client: its extendedKeyUsage or keyUsage does not "
                     "allow it",
                     {{"file", identity.certificate.file}}),
                 msg("a client's certificate has no extendedKeyUsage, or clientAuth among it"));
}

std::string authority_file(const std::string& name, const MaterialSources& given) {
  const auto own = given.authorities.find(name);
  return own == given.authorities.end() ? given.ca : own->second;
}

Result<Credentials> given_account(const std::string& name, const MaterialSources& given) {
  const auto found = given.accounts.find(name);
  if (found == given.accounts.end()) {
    if (const auto why = why_not_there("accounts." + name, given)) return tl::unexpected(*why);
    return failure(
        ErrorKind::missing_material, msg("the target file does not give the password of {name}", {{"name", name}}),
        msg("put a password_file or a password_env at materials.accounts.{name} in the target file", {{"name", name}}));
  }
  const auto& [file, variable] = found->second;
  if (!file.empty()) return as_of_host(password_from_file(name, file), given);
  const auto* password = std::getenv(variable.c_str());
  if (password != nullptr && *password != '\0') return Credentials{.user_name = name, .password = password};
  return failure(ErrorKind::missing_material,
                 msg("the environment variable {variable} is not set", {{"variable", variable}}),
                 msg("set it to the password of {name}", {{"name", name}}));
}

std::string place_of(const std::string& file, const MaterialSources& given) {
  const auto found = given.from_host.find(file);
  return found == given.from_host.end() ? file : found->second;
}

}  // namespace mqtts::pki
