// `lab up|status|down`: the embedded broker host, for manual tests.
#include <iostream>

#include <CLI/CLI.hpp>

#include "harness/cli/command.h"
#include "harness/cli/output.h"
#include "harness/targets/embedded/lab.h"
#include "harness/targets/load_target.h"
#include "harness/util/exit_status.h"
#include "harness/util/signals.h"

namespace mqtts::cli {
namespace {

constexpr auto lab_time = std::chrono::seconds(15);

void show_lab(const targets::LabStatus& lab, const reports::Translator& tr) {
  const auto row = [&](const Message& name, const std::string& value) {
    std::cout << "  " << tr(name) << ' ' << value << '\n';
  };
  std::cout << tr(msg("The lab is up.")) << '\n';
  row(msg("log in:           "), lab.ssh_command);
  row(msg("configuration:    "), lab.configuration);
  row(msg("broker's log:     "), lab.log);
  row(msg("try it:           "),
      "mosquitto_pub -h 127.0.0.1 -p " + std::to_string(lab.plain_port) + " -t your/topic -m hello");
  row(msg("ports:            "), std::to_string(lab.plain_port) + ", TLS " + std::to_string(lab.tls_port));
  if (const auto loaded = targets::load_target(lab.target_file); loaded.target)
    row(msg("restart:          "), restart_command(loaded.target->broker));
  row(msg("run the plan:     "), "mqtts-harness run mqtts-lab --target " + lab.target_file);
  row(msg("watch your work:  "), "mqtts-harness watch mqtts-lab --target " + lab.target_file);
  row(msg("end it:           "), "mqtts-harness lab down");
}

int up(const reports::Translator& tr) {
  const auto lab = targets::lab_up(Deadline::in(lab_time, &watch_signals()));
  if (!lab) return print_error(lab.error(), tr);
  show_lab(*lab, tr);
  return exit_ok;
}

int status(const reports::Translator& tr) {
  const auto lab = targets::lab_status();
  if (!lab) return print_error(lab.error(), tr);
  if (*lab)
    show_lab(**lab, tr);
  else
    std::cout << tr(msg("No lab is up; `mqtts-harness lab up` starts one.")) << '\n';
  return exit_ok;
}

int down(const reports::Translator& tr) {
  const auto ended = targets::lab_down(Deadline::in(lab_time, &watch_signals()));
  if (!ended) return print_error(ended.error(), tr);
  std::cout << tr(*ended ? msg("The lab is down; nothing of it is left.") : msg("No lab was up.")) << '\n';
  return exit_ok;
}

}  // namespace

Body add_lab(CLI::App& command) {
  command.require_subcommand(1);
  const auto chosen = std::make_shared<std::function<int()>>();
  const auto add = [&](const char* name, const char* summary, int (*body)(const reports::Translator&)) {
    auto* verb = command.add_subcommand(name, summary);
    verb->callback([chosen, body, console = add_console_options(*verb)] {
      *chosen = [body, console] { return body(translator_for(*console)); };
    });
  };
  add("up", "Start a private sshd and broker on this machine; they stay until `lab down`", up);
  add("status", "Tell where the lab is and how to reach it", status);
  add("down", "End the lab and remove its folder", down);
  return [chosen](const std::vector<std::string>&) { return (*chosen)(); };
}

}  // namespace mqtts::cli
