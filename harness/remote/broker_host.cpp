#include "harness/remote/broker_host.h"

#include <algorithm>
#include <random>

#include <fmt/format.h>

#include "harness/remote/scripts.h"

namespace mqtts::remote {

namespace {

constexpr std::uint64_t log_limit = 64 << 10;  // bytes

std::string fresh_tag() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}", random(), random());
}

// How long the host may wait by itself: less than we do, so that it can still tell us what it saw.
double host_seconds(const Deadline& deadline) {
  const double left = std::chrono::duration<double>(deadline.remaining()).count();
  return std::max(left - 0.5, left / 2);
}

tl::unexpected<Error> command_failed(const ShellOutput& output, Message what, Message hint = {}) {
  return failure(ErrorKind::remote, std::move(what), std::move(hint), output.err.empty() ? output.out : output.err);
}

// Why a broker is not up, from the state that host.sh gave it.
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
  return failure(ErrorKind::broker_down, why_down(answer.state, setup), hint, answer.words);
}

}  // namespace

SshBrokerHost::SshBrokerHost(ShellOpener open, BrokerProfile profile)
    : open_(std::move(open)), profile_(std::move(profile)), tag_(fresh_tag()) {}

// A shell that broke may still be at work over there, and would undo what the new one does.
Result<void> SshBrokerHost::open_shell(const Deadline& deadline) {
  shell_.reset();
  auto shell = open_(deadline);
  if (!shell) return tl::make_unexpected(shell.error());
  std::vector<std::string> paths;
  if (originals_) {
    for (const auto& file : originals_->files) paths.push_back(file.path);
  }
  const auto output = (*shell)->run(take_over_script(profile_, shell_identity_, paths, tag_), deadline);
  if (!output) return tl::make_unexpected(output.error());
  if (output->status != 0) {
    return command_failed(*output, msg("the shell of the broker's host cannot be used"),
                          msg("its `sh` must be a usual one, such as dash, bash or busybox"));
  }
  shell_identity_ = output->out.substr(0, output->out.find('\n'));
  shell_ = *std::move(shell);
  return {};
}

Result<ShellOutput> SshBrokerHost::run(const std::string& script, const Deadline& deadline) {
  if (!shell_ || !shell_->usable()) {
    if (auto opened = open_shell(deadline); !opened) return tl::make_unexpected(opened.error());
  }
  return shell_->run(script, deadline);
}

// The one place where originals come to be known: nothing is changed on the host before they are in hand.
Result<void> SshBrokerHost::remember_originals(const StageSetup& setup, const Deadline& deadline) {
  std::vector<std::string> paths;
  const auto remember = [&](const std::string& path) {
    if (!originals_ || originals_->find(path) == nullptr) paths.push_back(path);
  };
  for (const auto& file : setup.files) remember(file.path);
  remember(profile_.configuration_path);
  if (paths.empty()) return {};
  auto output = run(originals_script(profile_, paths), deadline);
  if (!output) return tl::make_unexpected(output.error());
  if (output->status != 0) {
    return command_failed(*output, msg("what stands on the broker's host could not be read; nothing was changed"),
                          msg("may the login user read these files? Does the target need `sudo`?"));
  }
  auto found = parse_originals(output->out);
  if (!found) return tl::make_unexpected(found.error());
  if (!originals_) {
    originals_ = *std::move(found);
  } else {
    originals_->add(*std::move(found));
  }
  return {};
}

Result<Applied> SshBrokerHost::apply(const StageSetup& setup, const Deadline& deadline) {
  const auto start = Clock::now();
  if (auto known = remember_originals(setup, deadline); !known) return tl::make_unexpected(known.error());
  const auto files = files_of(setup, profile_, *originals_);
  const auto output = run(apply_script(profile_, files, setup.listening, tag_, host_seconds(deadline)), deadline);
  if (!output) return tl::make_unexpected(output.error());
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

Result<bool> SshBrokerHost::broker_runs(const Deadline& deadline) {
  const auto output = run(runs_script(profile_), deadline);
  if (!output) return tl::make_unexpected(output.error());
  return output->status == 0;
}

Result<std::string> SshBrokerHost::version_words(const Deadline& deadline) {
  auto output = run(version_script(profile_), deadline);
  if (!output) return tl::make_unexpected(output.error());
  return std::move(output->out);
}

Result<void> SshBrokerHost::restore(const Deadline& deadline) {
  if (!originals_) return {};
  const std::string by_hand = fmt::format("{}\n", fmt::join(commands_by_hand(*originals_, profile_), "\n"));
  const auto with_commands = [&](const Error& error) {
    return failure(error.kind, error.what, msg("put it back by hand with the commands below"), by_hand);
  };
  const auto output = run(restore_script(profile_, *originals_, tag_, host_seconds(deadline)), deadline);
  if (!output) return with_commands(output.error());
  const auto now = parse_originals(output->out);
  if (!now) return with_commands(now.error());
  for (const auto& then : originals_->files) {
    const auto* file = now->find(then.path);
    if (file != nullptr && *file == then) continue;
    return with_commands({ErrorKind::remote, msg("{path} on the broker's host could not be put back: {why}",
                                                 {{"path", then.path}, {"why", output->err}})});
  }
  if (now->missing_folders != originals_->missing_folders) {
    return with_commands({ErrorKind::remote, msg("folders made on the broker's host could not be removed: {why}",
                                                 {{"why", output->err}})});
  }
  if (now->broker_ran != originals_->broker_ran || now->ports != originals_->ports) {
    const std::map<std::string, std::string> args = {{"why", output->err}};
    return with_commands({ErrorKind::remote, originals_->broker_ran
                                                 ? msg("the broker could not be started again as it was: {why}", args)
                                                 : msg("the broker could not be stopped again: {why}", args)});
  }
  originals_.reset();
  return {};
}

}  // namespace mqtts::remote
