#include "harness/remote/broker_host.h"

#include <poll.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <ctime>
#include <random>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "harness/remote/firewall.h"
#include "harness/remote/scripts.h"
#include "harness/remote/security_answer.h"
#include "harness/remote/security_facts.h"
#include "harness/util/digest.h"

namespace mqtts::remote {

namespace {

constexpr std::uint64_t log_limit = 64 << 10;  // bytes

// Time that the host may wait by itself: less than ours, so that it can still report its result.
double host_seconds(const Deadline& deadline) {
  const double left = std::chrono::duration<double>(deadline.remaining()).count();
  return std::max(left - 0.5, left / 2);
}

// Returns true if another attempt would fail in the same way.
bool is_final(ErrorKind kind) {
  return kind == ErrorKind::denied || kind == ErrorKind::unknown_host || kind == ErrorKind::wrong_host ||
         kind == ErrorKind::local;
}

tl::unexpected<Error> command_failed(const ssh::ShellOutput& output, Message what, Message hint = {}) {
  return failure(ErrorKind::remote, std::move(what), std::move(hint), output.err.empty() ? output.out : output.err);
}

// Returns the error for a host that another run holds.
tl::unexpected<Error> refused_by(const JournalOwner& holder, const BrokerProfile& profile) {
  const std::map<std::string, std::string> args = {{"who", holder.description}, {"journal", profile.journal}};
  if (holder.state == JournalOwner::State::held)
    return failure(ErrorKind::denied, msg("another run is at work on the broker's host: {who}", args),
                   msg("wait until it has ended"));
  if (!holder.kept_since.empty())
    return failure(
        ErrorKind::denied,
        msg("a run with --keep left its configuration in place (since {since}); what it was lies in {journal}",
            {{"since", holder.kept_since}, {"journal", profile.journal}}),
        msg("put it back first: mqtts-harness restore --target with the same target"));
  return failure(
      ErrorKind::denied,
      msg("an interrupted run has left the broker's host changed: {who}; what it was lies in {journal}", args),
      msg("put it back first: mqtts-harness restore --target with the same target"));
}

tl::unexpected<Error> taken_over(const std::string& description) {
  return failure(ErrorKind::denied,
                 msg("the broker's host is no longer this run's: somebody has put it back meanwhile"),
                 msg("was `restore --take-over` called?"), description);
}

// Explains why a broker is not up, from the state that host.sh reports.
Message why_down(const std::string& state, const StageSetup& setup) {
  std::string ports;
  for (const auto port : setup.listening) ports += (ports.empty() ? "" : ", ") + std::to_string(port);
  const std::map<std::string, std::string> args = {{"stage", setup.stage}, {"ports", ports}};
  if (state == "refused") return msg("the broker does not start with the configuration of stage {stage}", args);
  if (state == "old")
    return msg("the broker could not be stopped for stage {stage}: the former process still runs", args);
  if (state == "died") return msg("the broker started with the configuration of stage {stage}, and died", args);
  if (state == "mute") return msg("the broker runs in stage {stage}, but has made no log that we can read", args);
  if (state == "absent") return msg("the broker was started for stage {stage}, and no process of it runs", args);
  return msg("the broker runs in stage {stage}, but has not opened ports {ports} and said so in its log in time", args);
}

tl::unexpected<Error> broker_down(const RestartAnswer& answer, const StageSetup& setup, const BrokerProfile& profile) {
  const Message hint =
      answer.log_readable
          ? msg("see the broker's own words below")
          : msg("its log {path} is not there or cannot be read: can the broker's user write it, and we read it?",
                {{"path", profile.log_path}});
  return failure(ErrorKind::broker_down, why_down(answer.state, setup), hint, answer.detail);
}

}  // namespace

std::string fresh_token() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}", random(), random());
}

std::string this_process() {
  std::array<char, 256> machine{};
  gethostname(machine.data(), machine.size() - 1);
  const passwd* user = getpwuid(geteuid());
  std::string description = fmt::format("{}@{}, process {}, since {:%Y-%m-%d %H:%M:%S} UTC",
                                        user != nullptr ? user->pw_name : std::to_string(geteuid()), machine.data(),
                                        getpid(), fmt::gmtime(std::time(nullptr)));
  std::ranges::replace_if(
      description, [](char c) { return c == '|' || std::iscntrl(static_cast<unsigned char>(c)); }, '_');
  return description;
}

SshBrokerHost::SshBrokerHost(ssh::ShellOpener open, BrokerProfile profile, const std::string& who)
    : open_(std::move(open)), profile_(std::move(profile)), us_{fresh_token(), who} {}

// A broken shell may still run on the host, and would undo what the new one does.
Result<void> SshBrokerHost::open_shell(const Deadline& deadline) {
  shell_.reset();
  auto shell = open_(deadline);
  if (!shell) return tl::make_unexpected(shell.error());
  const auto asked = std::time(nullptr);
  const auto output = (*shell)->run(take_over_script(profile_, us_, shell_identity_), deadline);
  if (!output) return tl::make_unexpected(output.error());
  if (output->status != 0) {
    return command_failed(*output, msg("the shell of the broker's host cannot be used"),
                          msg("its `sh` must be a usual one, such as dash, bash or busybox"));
  }
  auto greeting = parse_greeting(output->out);
  shell_identity_ = std::move(greeting.identity);
  if (greeting.clock) clock_ = skew_of(*greeting.clock, asked, std::time(nullptr));
  shell_ = *std::move(shell);
  host_key_ = shell_->host_key();
  return {};
}

Result<ssh::ShellOutput> SshBrokerHost::run(const std::string& script, const Deadline& deadline) {
  if (!shell_ || !shell_->usable()) {
    if (auto opened = open_shell(deadline); !opened) return tl::make_unexpected(opened.error());
  }
  return shell_->run(script, deadline);
}

// For scripts that are safe to repeat: tries again after a broken or silent connection, or during a restart of the SSH
// server, as long as there is time.
Result<ssh::ShellOutput> SshBrokerHost::run_persistently(const std::string& script, const Deadline& deadline) {
  for (;;) {
    auto output = run(script, deadline.within(deadline.remaining() / 2));
    if (output || is_final(output.error().kind)) return output;
    poll(nullptr, 0, static_cast<int>(deadline.slice().count()));
    if (deadline.passed()) return output;
  }
}

// The only function that takes a host: nothing is changed on it before its journal exists.
Result<void> SshBrokerHost::acquire(const std::vector<std::string>& paths, const Deadline& deadline) {
  auto all = paths;
  if (std::ranges::find(all, profile_.configuration_path) == all.end()) all.push_back(profile_.configuration_path);
  if (ownership_ == Ownership::ours &&
      std::ranges::all_of(all, [&](auto& path) { return journal_.find(path) != nullptr; }))
    return {};
  ownership_ = Ownership::perhaps;
  const auto output = run(acquire_script(profile_, us_, all), deadline);
  if (!output) return tl::make_unexpected(output.error());
  if (output->status != 0) {
    ownership_ = Ownership::none;
    return command_failed(*output,
                          msg("what stands on the broker's host could not be kept in {journal}; nothing was changed",
                              {{"journal", profile_.journal}}),
                          msg("is there room on its disk? May the login user read these files and write there, or does "
                              "the target need `sudo`?"));
  }
  auto taken = parse_taken(output->out);
  if (!taken) return tl::make_unexpected(taken.error());
  if (const auto* holder = std::get_if<JournalOwner>(&*taken)) {
    ownership_ = Ownership::none;
    return refused_by(*holder, profile_);
  }
  journal_ = std::get<Journal>(*std::move(taken));
  ownership_ = Ownership::ours;
  return {};
}

Result<Applied> SshBrokerHost::apply(const StageSetup& setup, const Deadline& deadline) {
  const auto start = Clock::now();
  last_look_.reset();
  const auto files = files_of(setup, profile_, journal_);
  for (const auto& file : files) {
    if (ownership_ == Ownership::ours && journal_.find(file.path) != nullptr) continue;
    return failure(ErrorKind::local, msg("{path} would be changed without having been kept", {{"path", file.path}}));
  }
  const auto output = run(apply_script(profile_, us_, files, setup.listening, host_seconds(deadline)), deadline);
  if (!output) return tl::make_unexpected(output.error());
  if (output->status == not_held) return taken_over(output->err);
  if (output->status != 0) {
    return command_failed(*output, msg("the files of stage {stage} could not be put", {{"stage", setup.stage}}),
                          msg("may the login user write there? Does the target need `sudo`?"));
  }
  const auto answer = parse_applied(output->out);
  if (!answer) return tl::make_unexpected(answer.error());
  log_offset_ = answer->log_size;
  if (answer->state != "up") return broker_down(*answer, setup, profile_);
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (i < answer->sums.size() && answer->sums[i] == sha256_hex(files[i].content)) continue;
    return failure(ErrorKind::remote,
                   msg("{path} on the broker's host is not what was put there", {{"path", files[i].path}}),
                   msg("does another program manage this file?"));
  }
  return Applied{std::max(0.0, seconds_since(start) - answer->seconds), answer->seconds, answer->process_id};
}

Result<std::string> SshBrokerHost::new_log_lines(const Deadline& deadline) {
  const auto output = run(log_script(profile_, log_offset_, log_limit), deadline);
  if (!output) return tl::make_unexpected(output.error());
  if (output->status != 0) {
    return command_failed(*output, msg("the broker's log {path} cannot be read", {{"path", profile_.log_path}}),
                          msg("does it exist, and may the login user read it?"));
  }
  auto answer = parse_log(output->out);
  if (!answer) return tl::make_unexpected(answer.error());
  log_offset_ = answer->size;
  if (answer->left_out == 0) return std::move(answer->lines);
  return fmt::format("[{} bytes of the log left out]\n{}", answer->left_out, answer->lines);
}

Result<bool> SshBrokerHost::yes_or_no(const std::string& script, const Deadline& deadline) {
  const auto output = run(script, deadline);
  if (!output) return tl::make_unexpected(output.error());
  if (output->status == 0 || output->status == 1) return output->status == 0;
  return command_failed(*output, msg("the broker's host does not tell this user what runs and listens there"),
                        msg("it must have /proc, and show in it the processes of other users"));
}

Result<bool> SshBrokerHost::broker_runs(const Deadline& deadline) { return yes_or_no(runs_script(profile_), deadline); }

std::uint16_t SshBrokerHost::port_there(std::uint16_t port) const {
  const auto found = port_there_.find(port);
  return found == port_there_.end() ? port : found->second;
}

Result<bool> SshBrokerHost::listens(std::uint16_t port, const Deadline& deadline) {
  return yes_or_no(listens_script(profile_, port_there(port)), deadline);
}

Result<bool> SshBrokerHost::drops(const std::string& address, std::uint16_t port, const Deadline& deadline) {
  if (address.starts_with("127.") || address == "::1") return false;
  const auto output = run(firewall_script(), deadline);
  if (!output) return tl::make_unexpected(output.error());
  const auto family = address.find(':') == std::string::npos ? Family::ipv4 : Family::ipv6;
  return surely_drops(parse_firewall(output->out), port_there(port), family);
}

Result<HostLook> SshBrokerHost::look(const Deadline& deadline) {
  constexpr double fresh = 10;  // seconds: the checks of a stage ask one after the other
  if (last_look_ && seconds_since(looked_at_) < fresh) return *last_look_;
  const auto output = run(security_script(profile_), deadline);
  if (!output) return tl::make_unexpected(output.error());
  const auto answer = parse_security(output->out);
  if (!answer) return tl::make_unexpected(answer.error());
  last_look_ = security_facts(*answer, profile_);
  looked_at_ = Clock::now();
  return *last_look_;
}

Result<std::string> SshBrokerHost::last_error(const Deadline& deadline) {
  auto output = run(last_error_script(profile_), deadline);
  if (!output) return tl::make_unexpected(output.error());
  return output->out.substr(0, output->out.find('\n'));
}

std::string SshBrokerHost::restart_command() const { return mqtts::restart_command(profile_); }

Result<ssh::ShellOutput> SshBrokerHost::ask(const std::string& script, const Deadline& deadline) {
  return run(script, deadline);
}

Result<std::string> SshBrokerHost::version_words(const Deadline& deadline) {
  auto output = run(version_script(profile_), deadline);
  if (!output) return tl::make_unexpected(output.error());
  return std::move(output->out);
}

tl::unexpected<Error> SshBrokerHost::not_put_back(const Error& error) const {
  return failure(error.kind, error.what, msg("put it back by hand with the commands below"),
                 fmt::format("{}\n", fmt::join(commands_by_hand(journal_, profile_), "\n")));
}

Result<void> SshBrokerHost::restore(const Deadline& deadline) {
  last_look_.reset();
  if (ownership_ == Ownership::none) return {};
  if (ownership_ == Ownership::perhaps) {
    // A new shell is the holder if the journal was made; if it was not, nothing was changed.
    const auto output = run_persistently(state_script(profile_, us_), deadline);
    if (!output) return tl::make_unexpected(output.error());
    const auto holder = parse_holder(output->out);
    if (!holder) return tl::make_unexpected(holder.error());
    ownership_ = holder->state == JournalOwner::State::ours ? Ownership::ours : Ownership::none;
    if (ownership_ == Ownership::none) return {};
  }
  const auto output = run_persistently(
      restore_script(profile_, us_, host_seconds(deadline.within(deadline.remaining() / 2))), deadline);
  if (!output) return not_put_back(output.error());
  if (output->status == not_held) return taken_over(output->err);
  auto answer = parse_restored(output->out);
  if (!answer) return not_put_back({answer.error().kind, answer.error().what, {}, output->err});
  journal_ = std::move(answer->then);
  if (auto what = difference(journal_, answer->now, output->err)) {
    return not_put_back({ErrorKind::remote, *std::move(what)});
  }
  const auto forgotten = run_persistently(forget_script(profile_, us_), deadline);
  if (!forgotten) return tl::make_unexpected(forgotten.error());
  if (forgotten->status != 0) {
    return command_failed(*forgotten, msg("everything was put back, but the journal {journal} could not be removed",
                                          {{"journal", profile_.journal}}));
  }
  ownership_ = Ownership::none;
  return {};
}

Result<void> SshBrokerHost::keep(const Deadline& deadline) {
  const auto output = run_persistently(keep_script(profile_, us_), deadline);
  if (!output) return tl::make_unexpected(output.error());
  if (output->status == not_held) return taken_over(output->err);
  if (output->status == 0) return {};
  return command_failed(*output, msg("the journal {journal} could not be written", {{"journal", profile_.journal}}));
}

Result<JournalOwner> SshBrokerHost::take_over(TakeOver succession, const Deadline& deadline) {
  const auto output = run(take_over_journal_script(profile_, us_, succession), deadline);
  if (!output) return tl::make_unexpected(output.error());
  auto holder = parse_holder(output->out);
  if (holder && holder->state == JournalOwner::State::ours) ownership_ = Ownership::ours;
  return holder;
}

}  // namespace mqtts::remote
