#include "harness/doctor/collect_facts.h"

#include <sys/stat.h>

#include <array>
#include <cstdlib>
#include <ctime>
#include <string_view>

#include <fmt/format.h>

#include "harness/doctor/fit.h"
#include "harness/pki/material_files.h"
#include "harness/pki/pem.h"
#include "harness/remote/fetch_materials.h"
#include "harness/ssh/address.h"
#include "harness/ssh/shell.h"
#include "harness/util/fd.h"

namespace mqtts::doctor {

namespace {

std::int64_t clock_now() { return std::time(nullptr); }

// ---- this machine -------------------------------------------------------------------------------------------------

std::optional<Error> certificate_trouble(const std::string& file, const std::string& key_file) {
  const auto pem = pki::read_pem(file);
  if (!pem) return pem.error();
  const auto certificate = pki::parse_certificate(*pem);
  if (!certificate) return certificate.error();
  if (key_file.empty()) return std::nullopt;
  const auto key_pem = pki::read_pem(key_file);
  if (!key_pem) return key_pem.error();
  const auto key = pki::parse_key(*key_pem);
  if (!key) return key.error();
  if (pki::key_matches_certificate(**key, **certificate)) return std::nullopt;
  return Error{ErrorKind::local,
               msg("the key in {key_file} does not belong to the certificate in {certificate_file}",
                   {{"key_file", key_file}, {"certificate_file", file}}),
               msg("name the two files that were made together")};
}

std::optional<Error> account_trouble(const std::string& name, const GivenAccount& account) {
  if (account.password_file.empty()) {
    const char* value = std::getenv(account.password_env.c_str());
    if (value != nullptr && *value != '\0') return std::nullopt;
    return Error{ErrorKind::missing_material,
                 msg("the environment variable {variable} is not set", {{"variable", account.password_env}}),
                 msg("set it to the password of {name}", {{"name", name}})};
  }
  const auto content = pki::read_pem(account.password_file);
  if (!content) return content.error();
  if (content->text.find_first_of("\r\n") != 0 && !content->text.empty()) return std::nullopt;
  return Error{ErrorKind::local, msg("there is no password in {file}", {{"file", account.password_file}}),
               msg("its first line must be the password of {name}", {{"name", name}})};
}

// Files on the broker's host are fetched when a run observes it, so they are only counted here.
void look_at_materials(const MaterialSources& given, Facts& seen) {
  const auto look_at = [&](const std::string& file, const auto& trouble_with) {
    if (file.starts_with(on_host)) {
      ++seen.materials_on_host;
      return;
    }
    ++seen.materials;
    if (auto trouble = trouble_with()) seen.materials_trouble.push_back(*std::move(trouble));
  };
  if (!given.ca.empty())
    look_at(given.ca, [&] {
      return certificate_trouble(given.ca, given.ca_key.starts_with(on_host) ? std::string() : given.ca_key);
    });
  for (const auto& [name, identity] : given.identities)
    look_at(identity.certificate_file, [&, &files = identity] {
      return certificate_trouble(files.certificate_file,
                                 files.key_file.starts_with(on_host) ? std::string() : files.key_file);
    });
  for (const auto& [name, account] : given.accounts)
    look_at(account.password_file, [&, &user = name, &password = account] { return account_trouble(user, password); });
}

// Keeps the certificates, and of keys the public half.
void read_local(const MaterialSources& given, Facts& seen) {
  std::vector<std::string> paths{given.ca, given.ca_key};
  for (const auto& [name, identity] : given.identities) {
    paths.push_back(identity.certificate_file);
    paths.push_back(identity.key_file);
  }
  for (const auto& path : paths) {
    struct stat status {};
    if (path.empty() || path.starts_with(on_host) || stat(path.c_str(), &status) != 0) continue;
    const auto content = pki::read_pem(path);
    if (!content) continue;
    seen.local.push_back({.path = path,
                          .readable = remote::Answer::yes,
                          .mode = fmt::format("{:o}", status.st_mode & 07777),
                          .pem = pki::parse_certificate(*content) ? content->text : std::string(),
                          .public_key = public_half(content->text)});
  }
}

// ---- login --------------------------------------------------------------------------------------------------------

// Returns true if the peer greets as an SSH server, which may send other lines first (RFC 4253 section 4.2).
bool speaks_ssh(Fd connection, const Deadline& deadline) {
  const Fd socket(connection.release());
  std::string heard;
  std::array<unsigned char, 256> buffer{};
  while (heard.size() < 4096) {
    const auto io = wire::read_some(socket, buffer, deadline);
    if (io.outcome != wire::IoOutcome::done) return false;
    heard.append(reinterpret_cast<const char*>(buffer.data()), io.bytes);
    if (heard.starts_with("SSH-") || heard.find("\nSSH-") != std::string::npos) return true;
  }
  return false;
}

// Returns the failed step of the login that ended with `error`. Probes the network only if its kind does not say.
FailedStep place(const SshAddress& ssh, Error error, Clock::duration step_time, const Deadline& deadline) {
  if (error.kind == ErrorKind::interrupted) return {Step::name, std::move(error)};
  if (error.kind == ErrorKind::local) return {Step::login, std::move(error)};
  if (error.kind == ErrorKind::remote) return {Step::shell, std::move(error)};
  if (error.kind == ErrorKind::unknown_host || error.kind == ErrorKind::wrong_host)
    return {Step::host_key, std::move(error)};
  if (error.kind == ErrorKind::denied) return {Step::login, std::move(error)};
  if (auto named = ssh::look_up_name(ssh.host, deadline.within(step_time)); !named)
    return {Step::name, std::move(named.error())};
  auto connected = ssh::connect_tcp(ssh.host, ssh.port, deadline.within(step_time));
  if (!connected) return {Step::port, std::move(connected.error())};
  // An SSH server whose handshake failed before its key was known: the error itself says why.
  if (speaks_ssh(*std::move(connected), deadline.within(step_time))) return {Step::protocol, std::move(error)};
  return {Step::protocol,
          {ErrorKind::unreachable,
           msg("what answers on {host} port {port} is no SSH server",
               {{"host", ssh.host}, {"port", std::to_string(ssh.port)}}),
           msg("check ssh.port in the target file"), std::move(error.detail)}};
}

Result<remote::HostFacts> ask(ssh::Shell& shell, const remote::FactsQuestion& question, const Deadline& deadline,
                              Facts& seen) {
  seen.asked = clock_now();
  const auto output = shell.run(remote::facts_script(question), deadline);
  seen.answered = clock_now();
  if (!output) return tl::make_unexpected(output.error());
  auto facts = remote::parse_facts(output->out);
  if (!facts && !output->err.empty()) facts.error().detail = output->err.substr(0, 1000);
  return facts;
}

std::optional<FailedStep> look_at_host(const Target& target, Clock::duration step_time, const Deadline& deadline,
                                       Facts& seen) {
  using ssh::Privilege;
  auto shell = ssh::open_ssh_shell(*target.ssh, Privilege::login_user, deadline.within(step_time));
  if (!shell) return place(*target.ssh, std::move(shell.error()), step_time, deadline);
  if (target.broker.sudo) {
    auto privileged = ssh::open_ssh_shell(*target.ssh, Privilege::sudo, deadline.within(step_time));
    if (!privileged) return FailedStep{Step::sudo, std::move(privileged.error())};
    shell = std::move(privileged);
  }
  auto facts = ask(
      **shell,
      {.profile = target.broker, .journal = target.broker.journal, .given = remote::paths_on_host(target.materials)},
      deadline.within(step_time), seen);
  if (!facts) return FailedStep{Step::answers, std::move(facts.error())};
  seen.facts = *std::move(facts);
  return std::nullopt;
}

// ---- the broker's ports -------------------------------------------------------------------------------------------

PortSeen look_at_port(const std::string& address, std::uint16_t port, const Deadline& deadline) {
  const auto connection = wire::connect_tcp(address, port, deadline);
  if (!connection) return {.outcome = std::nullopt, .reason = {}, .error = connection.error()};
  return {.outcome = connection->outcome, .reason = connection->reason};
}

}  // namespace

Facts observe(const Target& target, Clock::duration step_time, const Deadline& deadline) {
  Facts seen;
  look_at_materials(target.materials, seen);
  read_local(target.materials, seen);
  if (target.ssh) seen.trouble = look_at_host(target, step_time, deadline, seen);
  const auto addresses = wire::addresses_of(target.mqtt.host, deadline.within(step_time));
  if (!addresses) {
    seen.plain = seen.tls = {.outcome = std::nullopt, .reason = {}, .error = addresses.error()};
  } else {
    seen.plain = look_at_port(addresses->front(), target.mqtt.plain_port, deadline.within(step_time));
    seen.tls = look_at_port(addresses->front(), target.mqtt.tls_port, deadline.within(step_time));
  }
  seen.now = clock_now();
  return seen;
}

}  // namespace mqtts::doctor
