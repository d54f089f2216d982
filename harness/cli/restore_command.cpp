// `restore --target T`: restores what an interrupted run, or one with --keep, has left changed on a broker's host.
#include <iostream>

#include <CLI/CLI.hpp>

#include "harness/cli/command.h"
#include "harness/cli/output.h"
#include "harness/cli/target_options.h"
#include "harness/cli/terminal_interaction.h"
#include "harness/remote/broker_host.h"
#include "harness/targets/open_target.h"
#include "harness/util/exit_status.h"
#include "harness/util/signals.h"
#include "reports/plain_text.h"

namespace mqtts::cli {
namespace {

using State = remote::JournalOwner::State;

constexpr auto restore_time = std::chrono::seconds(60);

struct RestoreOptions {
  std::shared_ptr<targets::TargetOptions> target;
  bool take_over = false;
  std::shared_ptr<ConsoleOptions> console;
};

int tell_by_hand(const Error& error, const reports::Translator& tr) {
  Error told = error;
  told.hint = {};
  print_error(told, tr);
  std::cerr << tr(error.hint) << '\n';
  return exit_not_restored;
}

int restore(const RestoreOptions& options) {
  const auto tr = translator_for(*options.console);
  // Ctrl-C only prevents it from starting; once started, it finishes.
  const auto deadline = Deadline::in(restore_time, &watch_signals());
  TerminalInteraction interaction(tr);
  const auto opened = targets::open_target(*options.target, deadline, interaction);
  if (!opened) return print_error(opened.error(), tr);
  const auto& target = opened->target;
  if (!target.ssh)
    return print_error({ErrorKind::usage,
                        msg("the target {target} says nothing of SSH, so nothing on it can have been changed",
                            {{"target", target.name}}),
                        msg("add `ssh` to the target file")},
                       tr);
  const auto privilege = target.broker.sudo ? ssh::Privilege::sudo : ssh::Privilege::login_user;
  remote::SshBrokerHost host(ssh::ssh_opener(*target.ssh, privilege), target.broker);

  const auto succession = options.take_over ? remote::TakeOver::by_force : remote::TakeOver::if_left;
  const auto holder = host.take_over(succession, deadline);
  if (!holder) return print_error(holder.error(), tr);
  if (holder->state == State::none) {
    std::cout << tr(msg("Nothing is to be put back: no run has left this host changed.")) << '\n';
    return exit_ok;
  }
  if (holder->state != State::ours)
    return print_error(
        {ErrorKind::denied, msg("another run is at work on the broker's host: {who}", {{"who", holder->description}}),
         msg("wait until it has ended; if it is gone for good, add --take-over")},
        tr);
  const auto restored = host.restore(Deadline::in(restore_time));
  if (!restored) return tell_by_hand(restored.error(), tr);
  if (!holder->kept_since.empty()) {
    std::cout << reports::plain_line(tr(msg("Put back, and proven to be as it was before the run with --keep of {who}, "
                                            "which left its configuration in place (since {since}).",
                                            {{"who", holder->description}, {"since", holder->kept_since}})))
              << '\n';
    return exit_ok;
  }
  std::cout << reports::plain_line(tr(msg("Put back, and proven to be as it was before the run of {who}.",
                                          {{"who", holder->description}})))
            << '\n';
  return exit_ok;
}

}  // namespace

Body add_restore(CLI::App& command) {
  auto options = std::make_shared<RestoreOptions>();
  options->target = add_target_options(command);
  command.add_flag("--take-over", options->take_over,
                   "Also from a run that still seems to be at work, and end what it runs on the host");
  options->console = add_console_options(command);
  return [options](const std::vector<std::string>&) { return restore(*options); };
}

}  // namespace mqtts::cli
