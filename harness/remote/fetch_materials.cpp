#include "harness/remote/fetch_materials.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <map>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "harness/remote/scripts.h"
#include "harness/ssh/address.h"
#include "harness/util/fd.h"
#include "harness/util/shell_quote.h"

namespace mqtts::texts {
extern const std::string_view fetch_sh;
}  // namespace mqtts::texts

namespace mqtts::remote {

namespace {

constexpr std::string_view prefix = "host:";

bool is_on_host(const std::string& path) { return path.starts_with(prefix); }

using Visit = std::function<void(const std::string& entry, std::string& path)>;

std::string identity_entry(const std::string& name) { return "identities." + name; }
// Entry of an identity's N-th alternative, from 0, until one is chosen: no name has a space.
std::string alternative_entry(const std::string& name, std::size_t number) {
  return fmt::format("identities.{} {}", name, number);
}

// Visits each path of `given` on the host, with the name of its entry.
void for_each_on_host(MaterialSources& given, const Visit& visit) {
  const auto look = [&](const std::string& entry, std::string& path) {
    if (is_on_host(path)) visit(entry, path);
  };
  const auto look_at = [&](const std::string& entry, GivenIdentity& identity) {
    look(entry, identity.certificate_file);
    look(entry, identity.key_file);
  };
  look("ca", given.ca);
  look("ca_key", given.ca_key);
  for (auto& [name, path] : given.authorities) look("authorities." + name, path);
  for (auto& [name, identity] : given.identities) {
    look_at(identity_entry(name), identity);
    const auto others = given.alternatives.find(name);
    for (std::size_t i = 0; others != given.alternatives.end() && i < others->second.size(); ++i)
      look_at(alternative_entry(name, i), others->second[i]);
  }
  for (auto& [name, account] : given.accounts) look("accounts." + name, account.password_file);
}

// Keeps the existing ones of an identity and its alternatives. If there is none, the reason is the last one's: a lab
// may lack the first ones.
void leave_out_identity(const std::string& name, MaterialSources& given) {
  const auto entry = identity_entry(name);
  auto all = given.alternatives[name];
  all.insert(all.begin(), given.identities.at(name));
  std::vector<GivenIdentity> there;
  std::optional<Error> why;
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto missing = given.not_there.extract(i == 0 ? entry : alternative_entry(name, i - 1));
    if (missing)
      why = std::move(missing.mapped());
    else
      there.push_back(all[i]);
  }
  given.alternatives.erase(name);
  if (there.empty()) {
    given.identities.erase(name);
    given.not_there.emplace(entry, *std::move(why));
    return;
  }
  given.identities.at(name) = there.front();
  if (there.size() > 1) given.alternatives.emplace(name, std::vector(there.begin() + 1, there.end()));
}

void leave_out(MaterialSources& given) {
  if (given.not_there.contains("ca")) given.ca.clear();
  if (given.not_there.contains("ca_key")) given.ca_key.clear();
  std::erase_if(given.authorities, [&](const auto& it) { return given.not_there.contains("authorities." + it.first); });
  std::vector<std::string> names;
  for (const auto& [name, identity] : given.identities) names.push_back(name);
  for (const auto& name : names) leave_out_identity(name, given);
  std::erase_if(given.accounts, [&](const auto& it) { return given.not_there.contains("accounts." + it.first); });
}

constexpr std::string_view of_accounts = "accounts.";

// `entry`: the path's entry of `given`.
Error why_not(const std::string& state, const std::string& path, const std::string& entry) {
  const std::map<std::string, std::string> file{{"file", path}};
  // A password is in no file of the host until somebody writes it there for the checks.
  if (state == "missing" && entry.starts_with(of_accounts))
    return {
        ErrorKind::missing_material,
        msg("{file} is missing on the broker's host; it must hold the password of {name}, on one line that its owner "
            "alone may read. There: `(umask 077; cat >{word})`, then the password, Enter and Ctrl-D",
            {{"file", path}, {"name", entry.substr(of_accounts.size())}, {"word", shell_word(path)}}),
        {},
        {}};
  if (state == "missing")
    return {ErrorKind::missing_material,
            msg("{file} is missing on the broker's host", file),
            msg("the lab puts it there"),
            {}};
  if (state == "big")
    return {ErrorKind::missing_material,
            msg("{file} on the broker's host is larger than 64 KiB, and was not fetched", file),
            {},
            {}};
  if (state == "special")
    return {ErrorKind::missing_material, msg("{file} on the broker's host is not a regular file", file), {}, {}};
  return {ErrorKind::missing_material,
          msg("{file} on the broker's host cannot be read by the login user", file),
          msg("may that user read it and enter the folders above it, or does the target need `sudo`?"),
          {}};
}

Result<void> write_private(const std::string& path, std::string_view bytes) {
  const Fd file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  while (file.get() >= 0 && !bytes.empty()) {
    const auto size = write(file.get(), bytes.data(), bytes.size());
    if (size < 0 && errno != EINTR) break;
    if (size > 0) bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  if (file.get() >= 0 && bytes.empty()) return {};
  return failure(ErrorKind::local, msg("{file} cannot be written", {{"file", path}}));
}

Result<std::vector<Fetched>> bring(const std::vector<std::string>& paths, SshBrokerHost& host,
                                   const Deadline& deadline) {
  const auto token = fresh_token();
  const auto output = host.ask(fetch_script(paths, token), deadline);
  if (!output) return tl::make_unexpected(output.error());
  return parse_fetched(output->out, token, paths.size());
}

}  // namespace

bool lies_on_host(const MaterialSources& given) { return !paths_on_host(given).empty(); }

std::vector<std::string> paths_on_host(const MaterialSources& given) {
  std::vector<std::string> paths;
  auto copy = given;
  for_each_on_host(copy, [&](const auto&, const std::string& path) {
    const auto there = path.substr(prefix.size());
    if (std::ranges::find(paths, there) == paths.end()) paths.push_back(there);
  });
  return paths;
}

MaterialSources fetch(const MaterialSources& given, SshBrokerHost& host, const std::string& folder,
                      const Deadline& deadline) {
  auto all = given;
  const auto paths = paths_on_host(all);
  if (paths.empty()) return all;
  const auto fetched = bring(paths, host, deadline);
  if (!fetched) return without_host(std::move(all), fetched.error());

  for (std::size_t i = 0; i < paths.size(); ++i) {
    const auto& state = fetched->at(i).state;
    const auto here = fmt::format("{}/from-host.{}", folder, i + 1);
    const auto written = state == "file" ? write_private(here, fetched->at(i).bytes) : Result<void>();
    for_each_on_host(all, [&](const std::string& entry, std::string& path) {
      if (path.substr(prefix.size()) != paths[i]) return;
      if (state != "file")
        all.not_there.emplace(entry, why_not(state, paths[i], entry));
      else if (!written)
        all.not_there.emplace(entry, written.error());
      else
        path = here;
    });
    if (state == "file" && written) all.from_host.emplace(here, std::string(prefix) + paths[i]);
  }
  leave_out(all);
  return all;
}

MaterialSources without_host(MaterialSources given, const Error& why) {
  for_each_on_host(given, [&](const std::string& entry, const std::string&) { given.not_there.emplace(entry, why); });
  leave_out(given);
  return given;
}

Error no_way_to_host() {
  return {ErrorKind::missing_material,
          msg("the lab's own material lies on the broker's host, and the target says nothing of SSH"),
          msg("add `ssh` to the target file, or give files of this machine at `materials`"),
          {}};
}

std::string fetch_script(const std::vector<std::string>& paths, const std::string& token) {
  auto script = fmt::format("{}\ntoken={}\nmost={}\n", texts::fetch_sh, shell_quoted(token), longest_file);
  for (const auto& path : paths) script += fmt::format("bring {}\n", shell_quoted(path));
  return script + "printf '%s end\\n' \"$token\"\n";
}

Result<std::vector<Fetched>> parse_fetched(const std::string& output, const std::string& token, std::size_t count) {
  // Reports no part of the output: it may hold keys.
  const auto broken = failure(ErrorKind::remote, msg("the broker's host did not send all files that it was asked for"),
                              msg("it must have the usual commands of a GNU or busybox system, and /proc"));
  const auto mark = token + " ";
  std::vector<Fetched> all;
  std::string_view rest = output;
  while (rest.starts_with(mark)) {
    rest.remove_prefix(mark.size());
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line == "end") break;
    const auto end = rest.find(mark);
    if (end == std::string_view::npos) return broken;
    Fetched one{std::string(line), {}};
    if (line == "file") {
      if (end == 0) return broken;
      one.bytes = rest.substr(0, end - 1);  // without the newline after it
    }
    all.push_back(std::move(one));
    rest.remove_prefix(end);
  }
  if (all.size() != count) return broken;
  return all;
}

}  // namespace mqtts::remote
