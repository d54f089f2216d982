// Certificates and other files that the configuration names, the log, disk space, the journal.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "harness/brokers/drivers.h"
#include "harness/doctor/findings.h"
#include "harness/pki/dates.h"
#include "harness/util/shell_quote.h"

namespace mqtts::doctor {

namespace {

using brokers::FileRole;
using remote::Answer;
using remote::HostFacts;
using remote::NamedFile;
using Args = std::map<std::string, std::string>;

constexpr std::int64_t day = 86400;          // seconds
constexpr std::int64_t soon = 14 * day;      // seconds
constexpr std::uint64_t full_kib = 5 << 10;  // with less free space, a stage or its log may not fit
constexpr std::uint64_t tight_kib = 50 << 10;

bool holds_dates(FileRole role) {
  return role == FileRole::own_certificate || role == FileRole::authorities || role == FileRole::revocation_list;
}

std::string id_of(FileRole role) {
  switch (role) {
    case FileRole::own_certificate:
    case FileRole::authorities: return "certificate";
    case FileRole::revocation_list: return "revocation-list";
    case FileRole::private_key: return "key";
    case FileRole::accounts:
    case FileRole::other: break;
  }
  return "file";
}

// Returns what prevents the broker from reading the file, and the fix; none if no known cause does.
std::optional<Finding> barred(const Target& target, const HostFacts& facts, const NamedFile& file, FileRole role) {
  const Args args = {{"kind", file.kind}, {"path", file.path},      {"user", facts.reader},
                     {"mode", file.mode}, {"folder", file.blocked}, {"owner", file.owner}};
  if (file.missing)
    return Finding{id_of(role), State::broken, msg("{kind}: {path} does not exist", args),
                   msg("put the file there, or mend that line of the broker's configuration")};
  if (file.readable == Answer::yes) return std::nullopt;
  if (file.readable == Answer::unknown)
    return Finding{id_of(role), State::unknown,
                   msg("{kind}: whether {user} can read {path} cannot be told without root's rights", args)};
  if (!file.blocked.empty())
    return Finding{id_of(role), State::broken,
                   msg("{kind}: {user} cannot read {path}: it may not enter the folder {folder}", args),
                   command_on_host(target, "chmod o+x " + shell_word(file.blocked))};
  if (is_of_the_system(file.path))
    return Finding{id_of(role), State::broken,
                   msg("{kind}: {user} cannot read {path}, which is {owner}'s with mode {mode}", args),
                   msg("put the file there, or mend that line of the broker's configuration")};
  return Finding{id_of(role), State::broken,
                 msg("{kind}: {user} cannot read {path}, which is {owner}'s with mode {mode}", args),
                 command_on_host(target, fmt::format("chown {} {}", shell_word(facts.reader), shell_word(file.path)))};
}

// Returns the most severe finding about the dates of one file.
Finding dates(const NamedFile& file, FileRole role, std::int64_t now) {
  const bool is_list = role == FileRole::revocation_list;
  const auto renew = is_list
                         ? msg("make a new revocation list with its authority: until then the broker refuses everybody")
                         : msg("make a new one with its authority, and restart the broker");
  const auto all = pki::dates_in(file.pem);
  Args args = {{"kind", file.kind}, {"path", file.path}};
  if (all.empty())
    return {id_of(role), State::broken, msg("{kind}: no certificate or revocation list can be read in {path}", args),
            msg("it must be a PEM file that begins with -----BEGIN")};
  const pki::Dated* next = nullptr;  // the one that expires first
  for (const auto& each : all) {
    args["subject"] = each.subject;
    args["date"] = date(each.not_before);
    if (each.not_before > now)
      return {id_of(role), State::broken, msg("{kind}: {subject} in {path} holds only from {date} UTC", args),
              msg("compare the clocks of both machines, or make a new one")};
    if (each.not_after && (next == nullptr || *each.not_after < *next->not_after)) next = &each;
  }
  if (next == nullptr) return {id_of(role), State::fine, msg("{kind}: {path} holds, without an end", args)};
  args["subject"] = next->subject;
  args["date"] = date(*next->not_after);
  if (*next->not_after < now)
    return {id_of(role), State::broken, msg("{kind}: {subject} in {path} has expired, at {date} UTC", args), renew};
  if (*next->not_after - now < soon)
    return {id_of(role), State::warning,
            msg_n((*next->not_after - now) / day, "{kind}: {subject} in {path} expires in {count} day, at {date} UTC",
                  "{kind}: {subject} in {path} expires in {count} days, at {date} UTC", args),
            renew};
  return {id_of(role), State::fine, msg("{kind}: {path} can be read by the broker, and holds until {date} UTC", args)};
}

Finding finding_of_file(const Target& target, const Facts& seen, const NamedFile& file) {
  const auto role = brokers::driver_of(target.broker).role_of(file.kind);
  auto bar = barred(target, *seen.facts, file, role);
  if (bar && (bar->state == State::broken || !holds_dates(role) || file.pem.empty())) return *std::move(bar);
  if (!holds_dates(role))
    return {id_of(role), State::fine,
            msg("{kind}: {user} can read {path}",
                {{"kind", file.kind}, {"user", seen.facts->reader}, {"path", file.path}})};
  auto told = dates(file, role, seen.now);
  return bar && told.state == State::fine ? *std::move(bar) : told;
}

std::optional<Finding> home(const Target& target, const HostFacts& facts) {
  if (!facts.home_open) return std::nullopt;
  const Args args = {{"path", target.broker.home}, {"user", facts.reader}};
  if (*facts.home_open == Answer::yes)
    return Finding{"home", State::fine, msg("{user} may enter {path}, where the lab's certificates are put", args)};
  if (*facts.home_open == Answer::unknown)
    return Finding{"home", State::unknown,
                   msg("whether {user} may enter {path} cannot be told without root's rights", args)};
  return Finding{"home", State::broken, msg("{user} may not enter {path}, where the lab's certificates are put", args),
                 command_on_host(target, "chmod o+x " + shell_word(target.broker.home))};
}

Finding log(const Target& target, const HostFacts& facts) {
  const auto& path = target.broker.log_path;
  const Args args = {{"path", path}, {"user", facts.reader}, {"account", facts.account}};
  if (facts.log_writable == Answer::no)
    return {
        "log", State::broken, msg("{user} may not write the log {path}, without which the broker does not start", args),
        command_on_host(
            target, facts.log == remote::Presence::missing
                        ? fmt::format("install -o {} -m 640 /dev/null {}", shell_word(facts.reader), shell_word(path))
                        : fmt::format("chown {} {}", shell_word(facts.reader), shell_word(path)))};
  if (facts.log == remote::Presence::unknown)
    return {"log", State::broken, msg("{account} may not read the log {path}, which proves what the broker does", args),
            msg("set broker.sudo in the target file, or let {account} read it", args)};
  if (facts.log_writable == Answer::unknown)
    return {"log", State::unknown,
            msg("whether {user} may write the log {path} cannot be told without root's rights", args)};
  return {"log", State::fine,
          facts.log == remote::Presence::missing ? msg("there is no log {path} yet, and {user} may make it", args)
                                                 : msg("{user} may write the log {path}, and we read it", args)};
}

Finding space(const remote::Folder& folder) {
  Args args = {{"path", folder.path}};
  if (!folder.free_kib) return {"disk", State::unknown, msg("how much space is free for {path} cannot be told", args)};
  args["size"] = *folder.free_kib < 1024 ? fmt::format("{} KiB", *folder.free_kib)
                                         : fmt::format("{} MiB", *folder.free_kib / 1024);
  if (*folder.free_kib >= tight_kib) return {"disk", State::fine, msg("{size} are free for {path}", args)};
  return {"disk", *folder.free_kib < full_kib ? State::broken : State::warning,
          msg("only {size} are free for {path}", args),
          msg("make room there; to see what takes it: sudo du -xh {path} | sort -h | tail", args)};
}

Finding journal(const std::string& target_option, Answer left, const std::string& kept_since) {
  if (left == Answer::yes && !kept_since.empty())
    return {"journal", State::broken,
            msg("a run with --keep left its configuration in place (since {since})", {{"since", kept_since}}),
            command("mqtts-harness restore --target " + shell_word(target_option))};
  if (left == Answer::yes)
    return {"journal", State::broken, msg("a run was interrupted here, and what it changed has not been put back"),
            command("mqtts-harness restore --target " + shell_word(target_option))};
  if (left == Answer::unknown)
    return {"journal", State::unknown, msg("whether an interrupted run has left a journal cannot be told")};
  return {"journal", State::fine, msg("no interrupted run has left anything to put back")};
}

}  // namespace

Findings file_findings(const Target& target, const Facts& seen) {
  Findings all;
  if (!seen.facts) {
    for (const auto* id : {"certificate", "log", "disk"})
      all.push_back({id, State::not_looked_at, msg("not looked at: the host could not be asked")});
    return all;
  }
  const auto& facts = *seen.facts;
  for (const auto& file : facts.files) all.push_back(finding_of_file(target, seen, file));
  if (facts.files.empty())
    all.push_back({"certificate", State::fine, msg("the configuration names no certificate, key or password file")});
  if (auto found = home(target, facts)) all.push_back(*std::move(found));
  all.push_back(log(target, facts));
  for (const auto& folder : facts.folders) all.push_back(space(folder));
  if (facts.journal) all.push_back(journal(seen.target_option, *facts.journal, facts.kept_since));
  return all;
}

}  // namespace mqtts::doctor
