// Findings about the host's clock, the broker's program, its configuration and its service.
#include <algorithm>
#include <cstdlib>
#include <iterator>

#include <fmt/format.h>

#include "harness/brokers/drivers.h"
#include "harness/doctor/findings.h"
#include "harness/util/clock.h"
#include "harness/util/shell_quote.h"
#include "harness/util/utc.h"

namespace mqtts::doctor {

namespace {

using remote::HostFacts;
using remote::Presence;

// Certificates are backdated by one hour, and people compare the logs of two machines.
constexpr std::int64_t noticed = 60;   // seconds
constexpr std::int64_t harmful = 300;  // seconds
constexpr std::int64_t rounding = 1;   // seconds, of the broker's start

Finding clock(const Target& target, const Facts& seen) {
  const std::int64_t ahead = skew_of(seen.facts->clock, seen.asked, seen.answered).off().count();
  const auto off = std::abs(ahead);
  const std::map<std::string, std::string> args = {
      {"span", span(off)}, {"there", date(seen.facts->clock)}, {"here", date(seen.answered)}};
  if (off <= noticed) return {"clock", State::fine, msg("the host's clock agrees with ours: {there} UTC", args)};
  return {"clock", off > harmful ? State::broken : State::warning,
          ahead > 0 ? msg("the host's clock is {span} ahead of ours: {there} UTC there, {here} here", args)
                    : msg("the host's clock is {span} behind ours: {there} UTC there, {here} here", args),
          command_on_host(target, "timedatectl set-ntp true")};
}

Finding program(const Target& target, const HostFacts& facts) {
  const std::map<std::string, std::string> args = {{"name", target.broker.process},
                                                   {"version", facts.version},
                                                   {"path", facts.program},
                                                   {"profile", target.broker.name}};
  if (facts.program.empty())
    return {"broker", State::broken, msg("there is no program {name} on the host", args),
            command_on_host(target, "apt install " + shell_word(target.broker.process))};
  if (facts.version.empty())
    return {"broker", State::unknown, msg("{path} does not tell its version (profile {profile})", args)};
  return {"broker", State::fine, msg("{name} {version}, {path} (profile {profile})", args)};
}

Finding configuration(const Target& target, const HostFacts& facts) {
  const auto& path = target.broker.configuration_path;
  const std::map<std::string, std::string> args = {{"path", path}, {"user", facts.account}};
  const auto presence = facts.configuration.empty() ? Presence::unknown : facts.configuration.front().presence;
  if (presence == Presence::missing)
    return {"configuration", State::warning,
            msg("there is no configuration {path}; a run makes one, and takes it away again", args),
            msg("if the broker's configuration is elsewhere, name it at broker.configuration in the target file")};
  if (presence == Presence::unknown)
    return {"configuration", State::broken, msg("{user} cannot read the configuration {path}", args),
            msg("set broker.sudo in the target file, or let {user} read it", args)};
  return {"configuration", State::fine,
          msg("{path} can be read; a run writes the whole of it, and puts it back at the end", args)};
}

Finding folder_of_configuration(const Target& target, const HostFacts& facts) {
  const auto found = std::ranges::find(facts.folders, "configuration", &remote::Folder::purpose);
  if (found == facts.folders.end())
    return {"configuration-folder", State::unknown, msg("whether a run may write the configuration is not known")};
  const std::map<std::string, std::string> args = {{"path", found->path}, {"user", facts.account}};
  if (found->writable)
    return {"configuration-folder", State::fine, msg("{user} may write in {path}, as a run does", args)};
  return {"configuration-folder", State::broken, msg("{user} may not write in {path}, as a run must", args),
          target.broker.sudo ? msg("look whether its file system is mounted read-only: findmnt -T {path}", args)
                             : msg("set broker.sudo in the target file, or let {user} write there", args)};
}

// In a run, an included file takes effect only if the target's own lines include it too.
Finding included(const Target& target, const HostFacts& facts) {
  std::string names;
  for (std::size_t i = 1; i < facts.configuration.size(); ++i)
    names += (names.empty() ? "" : ", ") + facts.configuration[i].path;
  if (names.empty()) return {"included", State::fine, msg("the configuration includes no other file")};
  const auto& driver = brokers::driver_of(target.broker);
  const bool outlives =
      std::ranges::any_of(target.broker.base, [&](const std::string& line) { return driver.includes_files(line); });
  if (!outlives)
    return {"included", State::fine,
            msg("a run leaves aside what the configuration includes: {files}", {{"files", names}})};
  return {"included", State::warning,
          msg("what the target's `base` includes goes on to count in a run, and may change its verdicts: {files}",
              {{"files", names}}),
          driver.hint_to_include_nothing()};
}

Finding service(const Target& target, const HostFacts& facts) {
  if (facts.running) {
    const auto& running = *facts.running;
    const auto since = facts.clock - running.seconds;
    const std::map<std::string, std::string> args = {{"name", target.broker.process},
                                                     {"user", running.user},
                                                     {"date", date(since)},
                                                     {"wanted", target.broker.user},
                                                     {"process", std::to_string(running.process_id)}};
    if (running.user != target.broker.user && running.user != "root")
      return {"service", State::broken,
              msg("{name} runs as {user}, but a run would put its keys for {wanted}, as the target says", args),
              msg("set broker.user to {user} in the target file", args)};
    if (running.started > 0 && facts.changed > running.started + rounding)
      return {"service", State::warning,
              msg("{name} was started before {path} changed: unless it has been told, it does not know of that",
                  {{"name", target.broker.process}, {"path", facts.newest}}),
              msg("on the broker's host: {command}", {{"command", restart_command(target.broker)}})};
    return {"service", State::fine, msg("{name} runs as {user}, since {date} UTC (process {process})", args)};
  }
  const std::map<std::string, std::string> args = {{"name", target.broker.process}};
  const bool is_new = !facts.configuration.empty() && facts.configuration.front().presence == Presence::missing;
  if (is_new)
    return {"service", State::warning,
            msg("{name} does not run, as it has no configuration; a run starts and stops it", args)};
  return {"service", State::broken,
          facts.last_error.empty()
              ? msg("{name} does not run", args)
              : msg("{name} does not run: {error}", {{"name", target.broker.process}, {"error", facts.last_error}}),
          msg("on the broker's host: {command}",
              {{"command", (target.broker.sudo ? sudo(target) : "") + target.broker.start_command}})};
}

}  // namespace

Findings broker_findings(const Target& target, const Facts& seen) {
  Findings all;
  if (!seen.facts) {
    for (const auto* id : {"clock", "broker", "configuration", "service"})
      all.push_back({id, State::not_looked_at, msg("not looked at: the host could not be asked")});
    return all;
  }
  return {clock(target, seen),
          program(target, *seen.facts),
          configuration(target, *seen.facts),
          folder_of_configuration(target, *seen.facts),
          included(target, *seen.facts),
          service(target, *seen.facts)};
}

}  // namespace mqtts::doctor
